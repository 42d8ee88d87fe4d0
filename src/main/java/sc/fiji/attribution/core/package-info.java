/**
 * What is said about every map: tensors with explicit axes, targets, baselines, results, progress
 * and the exception family. Nothing here knows of an engine, a host or a file. Start reading at
 * {@link sc.fiji.attribution.core.Tensor} and {@link sc.fiji.attribution.core.Attribution}.
 */
package sc.fiji.attribution.core;
