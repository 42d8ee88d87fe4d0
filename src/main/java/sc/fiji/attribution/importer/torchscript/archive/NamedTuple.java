/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;

/** A value of a named tuple or of an enumeration, fields by name. */
public record NamedTuple(String type, List<String> fields, Tuple values) {

    /**
     * A member of an enumeration.
     *
     * @param value its value alone
     */
    public static NamedTuple member(String type, String name, List<Object> value) {
        return new NamedTuple(type, List.of("name", "value"), Tuple.of(name, value.get(0)));
    }
}
