/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;

/** A tuple of values. */
public record Tuple(List<Object> values) {

    public Tuple {
        values = List.copyOf(values);
    }

    public static Tuple of(Object... values) {
        return new Tuple(List.of(values));
    }

    int size() {
        return values.size();
    }

    public Object get(int index) {
        return values.get(index);
    }
}
