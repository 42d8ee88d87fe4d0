/**
 * Where the map is strong, against a mask. Masks are taken as they are, without dilation. Positive,
 * negative and net shares stand beside each other. Start reading at {@link
 * sc.fiji.attribution.method.evaluation.localisation.MaskMetric}.
 */
package sc.fiji.attribution.method.evaluation.localisation;
