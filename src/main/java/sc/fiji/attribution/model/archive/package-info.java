/**
 * Files of packages and archives, unpacked with path checks and limits. Whatever is unpacked is
 * owned by the model and goes with it. Start reading at {@link
 * sc.fiji.attribution.model.archive.PackageFiles}.
 */
package sc.fiji.attribution.model.archive;
