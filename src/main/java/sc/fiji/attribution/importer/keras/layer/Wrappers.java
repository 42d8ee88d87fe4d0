/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.network.Value;

/** Layers that run others over a sequence. */
final class Wrappers {

    private Wrappers() {}

    /** One layer forwards and one backwards. */
    static List<Value> bothWays(LayerCall call) {
        boolean states = !LayerCall.tensors(call.named().get("initial_state")).isEmpty();
        if (call.inputs().size() > 1 || states) {
            throw call.config().unsupported("states that it is called with");
        }
        Ops g = call.ops();
        SavedLayer forward = call.layer().wrapped().get("layer");
        if (forward == null) {
            throw call.config().wrong("it holds no layer");
        }
        SavedLayer own = call.layer().wrapped().get("backward_layer");
        SavedLayer backward = own == null ? reversed(forward) : own;
        Value there = run(call, forward, "forward_layer").get(0);
        Value back = run(call, backward, "backward_layer").get(0);
        if (forward.config().flag("return_state", false)) {
            throw call.config().unsupported("return_state");
        }
        if (forward.config().flag("return_sequences", false)) {
            back = back.as(g.emit("ReverseV2", back.output(), g.vector(1)));
        }
        String mode = call.config().text("merge_mode", "");
        return switch (mode) {
            case "" -> List.of(there, back);
            case "concat" -> List.of(Merging.concatenate(call, List.of(there, back), -1));
            case "sum" -> List.of(there.as(g.add(there.output(), back.output())));
            case "ave" -> List.of(there.as(g.mul(g.add(there.output(), back.output()), 0.5)));
            case "mul" -> List.of(there.as(g.mul(there.output(), back.output())));
            default -> throw call.config().wrong("merge_mode is '" + mode + "'");
        };
    }

    private static SavedLayer reversed(SavedLayer layer) {
        JsonObject config = layer.config().json().deepCopy();
        config.addProperty("go_backwards", !layer.config().flag("go_backwards", false));
        return new SavedLayer(
                layer.name(),
                layer.kind(),
                new Config(layer.title(), config),
                layer.calls(),
                layer.network(),
                layer.wrapped(),
                layer.trainable());
    }

    private static List<Value> run(LayerCall call, SavedLayer layer, String attribute) {
        LayerCall inner = Recurrent.within(call, layer, call.weights().inner(attribute));
        return LayerTable.of(layer).orElseThrow().rule().call(inner);
    }

    /** Another layer at every step. */
    static Value atEveryStep(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        if (x.rank() < 3) {
            throw call.config().wrong("its input has " + x.rank() + " axes");
        }
        int[] each = new int[x.rank() - 1];
        each[0] = -1;
        System.arraycopy(x.shape(), 2, each, 1, each.length - 1);
        Output given = g.shape(x.output());
        Output together =
                x.isKnown(2)
                        ? g.reshape(x.output(), g.vector(each))
                        : g.reshape(
                                x.output(),
                                g.concat(g.vector(-1), g.slice(given, 2, x.rank() - 2)));
        Value y = call.plain(call.inner().apply("layer", LayerCall.value(together, each)));
        int[] shape = new int[y.rank() + 1];
        shape[0] = -1;
        shape[1] = x.extent(1);
        System.arraycopy(y.shape(), 1, shape, 2, y.rank() - 1);
        Output extents =
                Arrays.stream(shape).skip(1).allMatch(extent -> extent >= 0)
                        ? g.vector(shape)
                        : g.concat(
                                g.slice(given, 0, 2),
                                g.slice(g.shape(y.output()), 1, y.rank() - 1));
        return LayerCall.value(g.reshape(y.output(), extents), shape);
    }
}
