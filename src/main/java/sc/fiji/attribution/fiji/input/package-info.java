/**
 * From an image to what the model takes, and the way back. Start reading at {@link
 * sc.fiji.attribution.fiji.input.ModelInput}. Axes and resampling are settled here.
 */
package sc.fiji.attribution.fiji.input;
