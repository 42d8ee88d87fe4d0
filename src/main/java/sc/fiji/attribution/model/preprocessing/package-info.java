/**
 * What happens to an image before the network sees it, by a description. Formulas of bioimage.io.
 * Start reading at {@link sc.fiji.attribution.model.preprocessing.Preprocessing}.
 */
package sc.fiji.attribution.model.preprocessing;
