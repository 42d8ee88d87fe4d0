/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What each of Keras' layers computes and which weights it has. Start at {@link
 * sc.fiji.attribution.importer.keras.layer.LayerTable}, whose rules add the nodes of one {@link
 * sc.fiji.attribution.importer.keras.layer.LayerCall}.
 */
package sc.fiji.attribution.importer.keras.layer;
