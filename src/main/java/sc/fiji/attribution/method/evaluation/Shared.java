/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import sc.fiji.attribution.core.Tensor;

/** Maps that several metrics of one trial ask for: made once, kept while there is memory. */
public final class Shared {

    private final Map<Object, SoftReference<Tensor>> maps = new HashMap<>();

    /**
     * @param key what it is a map of
     * @param maker makes the same map each time
     */
    public Tensor map(Object key, Supplier<Tensor> maker) {
        SoftReference<Tensor> kept = maps.get(key);
        Tensor map = kept == null ? null : kept.get();
        if (map == null) {
            map = maker.get();
            maps.put(key, new SoftReference<>(map));
        }
        return map;
    }
}
