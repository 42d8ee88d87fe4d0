/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Methods that look at a hidden layer: class-activation maps, and attributions to a layer's
 * activations. A method says what is at each place of the layer's grid, and {@link
 * sc.fiji.attribution.method.cam.LayerMethod} chooses the layers and carries the map to the image.
 * Start reading there, and at {@link sc.fiji.attribution.method.cam.GradCam}.
 */
package sc.fiji.attribution.method.cam;
