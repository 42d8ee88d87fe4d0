/**
 * What a TorchScript file holds: the archive, its code as a tree, its pickles as plain data, and
 * where its weights lie. Nothing of it runs. Start reading at {@link
 * sc.fiji.attribution.importer.torchscript.archive.TorchArchive}.
 */
package sc.fiji.attribution.importer.torchscript.archive;
