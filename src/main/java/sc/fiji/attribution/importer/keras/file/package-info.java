/**
 * What a Keras file holds: the architecture as layers and calls, and the arrays of its HDF5 file
 * with the layers that they belong to. Start reading at {@link
 * sc.fiji.attribution.importer.keras.file.Architecture}.
 */
package sc.fiji.attribution.importer.keras.file;
