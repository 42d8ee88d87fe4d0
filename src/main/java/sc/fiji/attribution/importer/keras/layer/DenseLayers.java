/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Products with matrices. */
final class DenseLayers {

    private DenseLayers() {}

    static Value dense(LayerCall call) {
        Value x = call.plain();
        int units =
                call.config().has("units")
                        ? call.config().count("units")
                        : call.config().count("output_dim");
        Value y = times(call, x, call.weight("kernel", call.channels(x), units), units);
        return call.finished(y.output(), y.shape());
    }

    /** The last axis through a matrix. */
    static Value times(LayerCall call, Value x, Output matrix, int units) {
        Ops g = call.ops();
        int[] shape = x.shape().clone();
        shape[shape.length - 1] = units;
        if (x.rank() == 2) {
            return LayerCall.value(g.emit("MatMul", x.output(), matrix), shape);
        }
        Output rows = g.reshape(x.output(), g.vector(-1, call.channels(x)));
        Output product = g.emit("MatMul", rows, matrix);
        Output extents =
                Arrays.stream(shape).skip(1).allMatch(extent -> extent >= 0)
                        ? g.vector(shape)
                        : g.concat(g.slice(g.shape(x.output()), 0, x.rank() - 1), g.vector(units));
        return LayerCall.value(g.reshape(product, extents), shape);
    }

    static Value einsum(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        String equation = call.config().text("equation", "").replace(" ", "");
        String[] sides = equation.split("->");
        String[] in = sides[0].split(",");
        if (sides.length != 2 || in.length != 2) {
            throw call.config().wrong("its equation is '" + equation + "'");
        }
        int hidden = x.rank() - in[0].replace("...", "").length();
        String letters = "ABCDEFGH".substring(0, Math.max(0, Math.min(8, hidden)));
        String from = in[0].replace("...", letters);
        String to = sides[1].replace("...", letters);
        if (from.length() != x.rank() || in[1].contains(".")) {
            throw call.config().wrong("its equation is '" + equation + "'");
        }
        List<Integer> given = new ArrayList<>();
        JsonElement output =
                call.config()
                        .get("output_shape")
                        .orElseThrow(() -> call.config().wrong("output_shape is missing"));
        if (output.isJsonArray()) {
            output.getAsJsonArray().forEach(e -> given.add(e.isJsonNull() ? -1 : e.getAsInt()));
        } else {
            given.add(output.getAsInt());
        }
        int[] shape = new int[to.length()];
        for (int i = 0; i < shape.length; i++) {
            int stated = i - shape.length + given.size();
            int known = from.indexOf(to.charAt(i));
            shape[i] = known >= 0 ? x.extent(known) : stated >= 0 ? given.get(stated) : -1;
        }
        int[] kernel = new int[in[1].length()];
        for (int i = 0; i < kernel.length; i++) {
            int at = from.indexOf(in[1].charAt(i));
            int behind = to.indexOf(in[1].charAt(i));
            kernel[i] = at >= 0 ? x.extent(at) : behind >= 0 ? shape[behind] : -1;
        }
        Output y =
                g.emit(
                        "Einsum",
                        List.of(x.output(), call.weight("kernel", kernel)),
                        "equation",
                        from + "," + in[1] + "->" + to);
        String axes = call.config().text("bias_axes", "");
        if (!axes.isEmpty()) {
            List<Integer> bias = new ArrayList<>();
            List<Integer> spread = new ArrayList<>();
            for (int i = 0; i < shape.length; i++) {
                boolean has = axes.indexOf(to.charAt(i)) >= 0;
                if (has) {
                    bias.add(shape[i]);
                }
                spread.add(has ? shape[i] : 1);
            }
            y = g.add(y, call.weight("bias", ints(bias), ints(spread)));
        }
        return Activations.of(call, "activation", LayerCall.value(y, shape));
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    static Value embedding(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        int words = call.config().count("input_dim");
        int width = call.config().count("output_dim");
        if (call.config().flag("mask_zero", false)) {
            throw call.config().unsupported("mask_zero");
        }
        Output table = call.weight("embeddings", words, width);
        int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
        shape[x.rank()] = width;
        return LayerCall.value(
                g.emit("GatherV2", table, g.cast(x.output(), DataType.DT_INT32), g.scalar(0)),
                shape);
    }
}
