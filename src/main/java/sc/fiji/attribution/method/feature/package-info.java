/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What hidden layers hold and what they look for. Start reading with {@link
 * sc.fiji.attribution.method.feature.LayerFeatures} and {@link
 * sc.fiji.attribution.method.feature.ActivationMaximisation}.
 */
package sc.fiji.attribution.method.feature;
