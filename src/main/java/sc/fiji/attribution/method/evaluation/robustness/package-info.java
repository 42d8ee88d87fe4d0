/**
 * How much the map changes when the image hardly does: noise, a shift, a rotation. Every sample is
 * explained anew by the method that made the map. Start reading at {@link
 * sc.fiji.attribution.method.evaluation.robustness.Neighbours}.
 */
package sc.fiji.attribution.method.evaluation.robustness;
