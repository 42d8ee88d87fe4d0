/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import java.util.List;
import sc.fiji.attribution.fiji.input.SlicedMap;

/** Maps of several classes as one with a channel for each. */
public final class ClassChannels {

    private ClassChannels() {}

    /**
     * @param maps one for each class, on one grid
     * @return of each its sum over its own channels
     */
    public static SlicedMap of(List<SlicedMap> maps) {
        return maps.get(0)
                .with(
                        maps.size(),
                        (c, z) -> {
                            SlicedMap map = maps.get(c);
                            return MapPlane.of(map, z, 0, map.channels()).values();
                        });
    }
}
