/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Keras models, {@code .keras} and {@code .h5}: the architecture from their JSON, the weights from
 * HDF5. Nothing that their authors wrote is run. Start at {@link
 * sc.fiji.attribution.importer.keras.KerasFile}, which reads, and at {@link
 * sc.fiji.attribution.importer.keras.Translation}, which writes the network layer by layer.
 */
package sc.fiji.attribution.importer.keras;
