/**
 * Packages and archives of models, unpacked with path checks and limits. Whatever is unpacked is
 * owned by the model and goes with it. Start reading at {@link
 * sc.fiji.attribution.model.archive.ModelPackage}.
 */
package sc.fiji.attribution.model.archive;
