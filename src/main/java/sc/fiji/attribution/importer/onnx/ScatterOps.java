/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.Arrays;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Places;
import sc.fiji.attribution.importer.network.Value;

/** Ops that write into a copy of a tensor, as exporters spell out {@code x[:, 0] = y}. */
final class ScatterOps {

    private ScatterOps() {}

    /** Slices of x at indices [..., depth] are replaced by updates, or these are added. */
    static Value atIndices(Call c) {
        return written(c, c.in(0), c.in(1), c.in(2));
    }

    private static Value written(Call c, Value target, Value indices, Value source) {
        Value x = c.b().known(target);
        Value at = c.b().known(indices);
        Value updates = c.b().known(source);
        boolean adds = adds(c);
        boolean known =
                x.allNumbers().isPresent()
                        && at.allNumbers().isPresent()
                        && updates.allNumbers().isPresent();
        return known ? folded(x, at, updates, adds) : emitted(c, x, at, updates, adds);
    }

    private static boolean adds(Call c) {
        String reduction = c.text("reduction", "none");
        if (!reduction.equals("none") && !reduction.equals("add")) {
            throw c.refuse("reduction=" + reduction);
        }
        return reduction.equals("add");
    }

    private static Value folded(Value x, Value at, Value updates, boolean adds) {
        int depth = at.extent(-1);
        int[] shape = x.shape();
        int inner = Arrays.stream(shape, depth, shape.length).reduce(1, (a, b) -> a * b);
        double[] result = x.numbers().clone();
        for (int row = 0; row < at.numbers().length / Math.max(1, depth); row++) {
            int place = 0;
            for (int i = 0; i < depth; i++) {
                int index = (int) at.numbers()[row * depth + i];
                place = place * shape[i] + (index < 0 ? index + shape[i] : index);
            }
            for (int i = 0; i < inner; i++) {
                double value = updates.numbers()[row * inner + i];
                result[place * inner + i] = value + (adds ? result[place * inner + i] : 0);
            }
        }
        return Value.known(x.type(), shape, result);
    }

    private static Value emitted(Call c, Value x, Value at, Value updates, boolean adds) {
        NetworkBuilder b = c.b();
        Ops g = b.ops();
        Output target = b.output(x);
        Output indices = g.cast(b.output(at), DataType.DT_INT32);
        boolean negative =
                at.allNumbers().map(n -> Arrays.stream(n).anyMatch(i -> i < 0)).orElse(false);
        if (negative) {
            Output extents = g.slice(g.shape(target), 0, at.extent(-1));
            indices = g.emit("FloorMod", indices, extents);
        }
        String op = adds ? "TensorScatterAdd" : "TensorScatterUpdate";
        return Value.of(g.emit(op, target, indices, b.output(updates)), x.type(), x.shape());
    }

    /** Elements of x are replaced by updates, their index along an axis given for each. */
    static Value alongAxis(Call c) {
        Value x = c.in(0);
        Value updates = c.in(2);
        int axis = c.axis(c.integer("axis", 0), x.rank());
        if (c.b().known(c.in(1)).allNumbers().isEmpty()) {
            return Places.put(c.b(), x, c.in(1), axis, updates, adds(c));
        }
        Value index = c.b().known(c.in(1));
        return written(c, x, Places.coordinates(index, axis, x.extent(axis)), updates);
    }
}
