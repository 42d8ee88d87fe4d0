/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What hidden layers hold. Start reading with {@link
 * sc.fiji.attribution.method.feature.LayerFeatures}.
 */
package sc.fiji.attribution.method.feature;
