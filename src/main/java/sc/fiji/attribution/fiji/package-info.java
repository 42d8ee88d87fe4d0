/**
 * Everything between ImageJ's images and the model's tensors: calibrated pixels, the resampling to
 * the model's grid and back, the map as an image with its look and its provenance, pictures, files.
 * Nothing here computes an attribution or shows a window. Start reading at {@link
 * sc.fiji.attribution.fiji.input.ModelInput} for the way in and at {@link
 * sc.fiji.attribution.fiji.map.MapImage} for the way out.
 */
package sc.fiji.attribution.fiji;
