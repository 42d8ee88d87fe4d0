/**
 * What the evaluation of maps needs of images, and what it leaves behind: which methods and masks
 * are meant, a map on the model's grid, planted artefacts, tables and pictures. Start reading at
 * {@link sc.fiji.attribution.fiji.EvaluationTool}, which calls all of it.
 */
package sc.fiji.attribution.fiji.evaluation;
