/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import com.google.gson.JsonElement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.network.Value;

/** Dot products, a softmax over places, and sums with its weights (Vaswani et al. 2017). */
final class Attention {

    private Attention() {}

    static List<Value> multiHead(LayerCall call) {
        Config config = call.config();
        List<Value> given = tensors(call);
        Value query = sequence(call, given.get(0));
        Value value = given.size() > 1 ? sequence(call, given.get(1)) : query;
        Value key = given.size() > 2 ? sequence(call, given.get(2)) : value;
        boolean grouped = config.has("num_key_value_heads");
        int heads = config.count(grouped ? "num_query_heads" : "num_heads");
        int shared = grouped ? config.count("num_key_value_heads") : heads;
        int width = config.count(grouped ? "head_dim" : "key_dim");
        int valueWidth = config.whole("value_dim", width);
        if (config.has("sliding_window")) {
            throw config.unsupported("a sliding window");
        }
        axes(call, given.get(0));
        Ops g = call.ops();
        Output q = heads(call, "query_dense", query, heads, width);
        Output k = repeated(g, heads(call, "key_dense", key, shared, width), heads, shared);
        Output v =
                repeated(g, heads(call, "value_dense", value, shared, valueWidth), heads, shared);
        Output scores =
                g.emit("BatchMatMulV2", List.of(g.mul(q, 1 / Math.sqrt(width)), k), "adj_y", true);
        scores = masked(call, scores, query, key);
        Output weights = g.emit("Softmax", scores);
        Output mixed = g.emit("BatchMatMulV2", weights, v);
        Output joined = g.emit("Transpose", mixed, g.vector(0, 2, 1, 3));
        int[] shape = {-1, query.extent(1), heads * valueWidth};
        Output flat = g.reshape(joined, rows(call, query, heads * valueWidth));
        if (config.flag("use_gate", false)) {
            Value gate = projected(call, "gate_dense", query, new int[] {heads, valueWidth}, true);
            flat = g.mul(flat, g.emit("Sigmoid", gate.output()));
        }
        int out = given.get(0).extent(-1);
        if (config.has("output_shape")) {
            int[] target = config.wholes("output_shape");
            if (target.length != 1) {
                throw config.unsupported("output_shape " + Arrays.toString(target));
            }
            out = target[0];
        }
        Output matrix =
                call.weight(
                        "output_dense/kernel",
                        new int[] {heads, valueWidth, out},
                        new int[] {heads * valueWidth, out});
        Value y = DenseLayers.times(call, LayerCall.value(flat, shape), matrix, out);
        Output result = y.output();
        if (config.flag("use_bias", true)) {
            result = g.add(result, call.weight("output_dense/bias", out));
        }
        int[] extents = call.plain(given.get(0)).shape().clone();
        extents[extents.length - 1] = out;
        Value answer =
                extents.length == 3
                        ? LayerCall.value(result, extents)
                        : LayerCall.value(g.reshape(result, g.vector(extents)), extents);
        return List.of(answer, LayerCall.value(weights, -1, heads, query.extent(1), key.extent(1)));
    }

    /** Query, value and key, by name or by place. */
    private static List<Value> tensors(LayerCall call) {
        List<Value> found = LayerCall.tensors(call.arguments());
        for (String name : List.of("query", "value", "key")) {
            if (call.named().get(name) instanceof Value value) {
                found.add(
                        Math.min(found.size(), List.of("query", "value", "key").indexOf(name)),
                        value);
            }
        }
        if (found.isEmpty() || found.size() > 3) {
            throw call.config().wrong("it is called with " + found.size() + " tensors");
        }
        return found;
    }

    /** All places in one axis. */
    private static Value sequence(LayerCall call, Value given) {
        Value x = call.plain(given);
        if (x.rank() == 3) {
            return x;
        }
        if (x.rank() < 3) {
            throw call.config().wrong("its input has " + x.rank() + " axes");
        }
        call.requireKnown(x, 1);
        int[] places = Arrays.copyOf(x.shape(), x.rank() - 1);
        int count = Shaping.size(call, places, 1);
        int[] shape = {-1, count, x.extent(-1)};
        return LayerCall.value(call.reshape(x, shape), shape);
    }

    private static void axes(LayerCall call, Value query) {
        if (query.rank() > 3 && call.config().has("attention_axes")) {
            int axes = call.config().wholes("attention_axes").length;
            if (axes != query.rank() - 2) {
                throw call.config().unsupported("attention_axes");
            }
        }
    }

    private static Value projected(LayerCall call, String name, Value x, int[] to, boolean biased) {
        int size = to[0] * to[1];
        int in = call.channels(x);
        Output matrix =
                call.weight(name + "/kernel", new int[] {in, to[0], to[1]}, new int[] {in, size});
        Value y = DenseLayers.times(call, x, matrix, size);
        return biased && call.config().flag("use_bias", true)
                ? y.as(
                        call.ops()
                                .add(y.output(), call.weight(name + "/bias", to, new int[] {size})))
                : y;
    }

    /** [batch, head, place, channel]. */
    private static Output heads(LayerCall call, String name, Value x, int heads, int width) {
        Ops g = call.ops();
        Value y = projected(call, name, x, new int[] {heads, width}, true);
        Output parted = g.reshape(y.output(), rows(call, x, heads, width));
        return g.emit("Transpose", parted, g.vector(0, 2, 1, 3));
    }

    /** Each head of several queries (Ainslie et al. 2023) as often as it is used. */
    private static Output repeated(Ops g, Output x, int heads, int shared) {
        if (heads == shared) {
            return x;
        }
        int[] each = IntStream.range(0, heads).map(head -> head * shared / heads).toArray();
        return g.emit("GatherV2", x, g.vector(each), g.scalar(1));
    }

    private static Output rows(LayerCall call, Value x, int... behind) {
        Ops g = call.ops();
        return x.extent(1) >= 0
                ? g.concat(g.vector(-1, x.extent(1)), g.vector(behind))
                : g.concat(g.slice(g.shape(x.output()), 0, 2), g.vector(behind));
    }

    /** Without what comes later, where that is asked for. */
    private static Output masked(LayerCall call, Output scores, Value query, Value key) {
        Ops g = call.ops();
        Optional<JsonElement> causal = call.setting("use_causal_mask", -1);
        boolean masks =
                causal.isPresent() && causal.get().getAsBoolean()
                        || call.config().flag("causal", false);
        if (!masks) {
            return scores;
        }
        int from = query.extent(1);
        int to = key.extent(1);
        if (from < 1 || to < 1 || (long) from * to > 1 << 22) {
            throw call.config().unsupported("a causal mask of that size");
        }
        float[] far = new float[from * to];
        for (int i = 0; i < from; i++) {
            for (int j = i + 1; j < to; j++) {
                far[i * to + j] = -1e9f;
            }
        }
        return g.add(scores, call.constant(far, from, to));
    }

    /** Keras' {@code Attention}, of query, value and key as they are. */
    static List<Value> plain(LayerCall call) {
        Ops g = call.ops();
        List<Value> given = tensors(call).stream().map(call::plain).toList();
        Value query = given.get(0);
        Value value = given.size() > 1 ? given.get(1) : query;
        Value key = given.size() > 2 ? given.get(2) : value;
        boolean additive = call.layer().className().equals("AdditiveAttention");
        boolean scaled = call.config().flag("use_scale", additive);
        Output scores;
        if (additive || call.config().text("score_mode", "dot").equals("concat")) {
            Output q = g.emit("ExpandDims", query.output(), g.scalar(2));
            Output k = g.emit("ExpandDims", key.output(), g.scalar(1));
            Output sum = g.add(q, k);
            if (!additive && scaled) {
                sum = g.mul(sum, call.weight("scale"));
            }
            Output curved = g.emit("Tanh", sum);
            if (additive && scaled) {
                curved = g.mul(curved, call.weight("scale", call.channels(query)));
            }
            scores = g.sum(curved, g.vector(3));
            if (!additive) {
                scores = g.mul(scores, call.weight("concat_score_weight"));
            }
        } else {
            scores = g.emit("BatchMatMulV2", List.of(query.output(), key.output()), "adj_y", true);
            scores = scaled ? g.mul(scores, call.weight("scale")) : scores;
        }
        scores = masked(call, scores, query, key);
        Output weights = g.emit("Softmax", scores);
        int[] shape = {-1, query.extent(1), value.extent(-1)};
        return List.of(
                LayerCall.value(g.emit("BatchMatMulV2", weights, value.output()), shape),
                LayerCall.value(weights, -1, query.extent(1), key.extent(1)));
    }
}
