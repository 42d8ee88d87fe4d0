/**
 * Where images of ImageJ meet the rest: {@code ImagePlus} to imglib2 and back, geometry, colours,
 * tables and file formats. Nothing here knows an engine. Start reading, for files, at {@link
 * sc.fiji.attribution.fiji.Nifti}.
 */
package sc.fiji.attribution.fiji;
