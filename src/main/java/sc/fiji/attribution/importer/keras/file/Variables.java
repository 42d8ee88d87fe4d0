/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.NetworkBuilder;

/** Takes weights on their way from the file into the model, each once. */
public final class Variables {

    private final boolean before3;
    private final Map<List<Object>, Output> taken = new HashMap<>();

    /**
     * @param before3 whether the file is of a Keras before version 3, which had other hard sigmoids
     */
    public Variables(boolean before3) {
        this.before3 = before3;
    }

    public boolean before3() {
        return before3;
    }

    /**
     * A weight in the graph.
     *
     * @param shape that the graph is to see
     */
    public Output of(NetworkBuilder builder, StoredArray array, int[] shape) {
        long[] extents = Arrays.stream(shape).asLongStream().toArray();
        List<Object> key = List.of(array.path(), Arrays.toString(shape));
        Output known = taken.get(key);
        if (known == null) {
            known = builder.weight(array.reshaped(extents));
            taken.put(key, known);
        }
        return known;
    }
}
