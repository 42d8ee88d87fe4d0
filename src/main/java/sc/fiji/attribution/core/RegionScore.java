/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.OptionalDouble;

/**
 * What a method found for one region.
 *
 * @param region its name
 * @param value in the unit of the map
 * @param standardError of the value, for sampled methods
 * @param voxels the region's size in space on the model's grid
 */
public record RegionScore(String region, double value, OptionalDouble standardError, int voxels) {}
