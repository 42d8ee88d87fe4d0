/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sc.fiji.attribution.importer.network.Value;

/** What is known of the format's ops: from name to a few lines that emit what the op is made of. */
final class OnnxOps {

    /** The outputs of a node. */
    @FunctionalInterface
    interface Rule {
        List<Value> apply(Call call);
    }

    static final Map<String, Rule> TABLE = table();

    private OnnxOps() {}

    private static Map<String, Rule> table() {
        Map<String, Rule> table = new HashMap<>();
        table.putAll(ElementOps.TABLE);
        table.putAll(ShapeOps.TABLE);
        table.putAll(LayerOps.TABLE);
        table.putAll(ResizeOps.TABLE);
        table.putAll(RecurrentOps.TABLE);
        table.putAll(ControlOps.TABLE);
        return Map.copyOf(table);
    }

    /** An op of one output. */
    static Rule one(Function<Call, Value> formula) {
        return call -> List.of(formula.apply(call));
    }
}
