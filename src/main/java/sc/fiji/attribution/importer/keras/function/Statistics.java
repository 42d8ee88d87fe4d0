/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonElement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.network.Places;
import sc.fiji.attribution.importer.network.Reductions;
import sc.fiji.attribution.importer.network.Value;

/** Functions that make one number of many along axes, and sums that run along one. */
final class Statistics {

    private Statistics() {}

    /** Enters them into the table. */
    static void add() {
        Map.of(
                        "Mean", new String[] {"Mean", "reduce_mean"},
                        "Sum", new String[] {"Sum", "reduce_sum"})
                .forEach((op, names) -> Operators.put(call -> Along.of(call).reduce(op), names));
        Operators.put(call -> extreme(call, "Max", "Maximum"), "Max", "Amax", "reduce_max");
        Operators.put(call -> extreme(call, "Min", "Minimum"), "Min", "Amin", "reduce_min");
        Operators.put(Statistics::product, "Prod", "reduce_prod");
        Operators.put(call -> variance(Along.of(call)), "Var", "reduce_variance");
        Operators.put(
                call -> {
                    Value variance = variance(Along.of(call));
                    return variance.as(call.ops().emit("Sqrt", variance.output()));
                },
                "Std",
                "reduce_std");
        Operators.put(call -> Along.of(call).logSumExp(), "Logsumexp", "reduce_logsumexp");
        Operators.put(call -> norm(Along.of(call, 2)), "Norm", "norm");
        Operators.put(Statistics::average, "Average");
        Operators.put(Statistics::normalised, "Normalize");
        // TensorFlow bounds the square.
        Operators.put(
                call -> divided(call, Operands.setting(call, 2, 1e-12, "epsilon")), "l2_normalize");
        Operators.put(call -> cumulated(call, "Cumsum"), "Cumsum", "cumsum");
        Operators.put(call -> cumulated(call, "Cumprod"), "Cumprod", "cumprod");
        Operators.several(Statistics::largest, "TopK", "top_k");
        Operators.put(Statistics::sorted, "Sort");
    }

    /** A tensor, and the axes along which a function is asked for. */
    private record Along(LayerCall call, Value x, boolean[] gone, boolean keep) {

        static Along of(LayerCall call) {
            return of(call, 1);
        }

        /**
         * @param place of the axes among the arguments, behind which is whether they are kept
         */
        static Along of(LayerCall call, int place) {
            Value x = call.plain(Operands.first(call));
            boolean keep = Operands.flag(call, place + 1, "keepdims");
            int[] axes =
                    call.setting("axis", place)
                            .map(value -> Operands.wholes(call, value))
                            .orElseGet(() -> IntStream.range(0, x.rank()).toArray());
            boolean[] gone = new boolean[x.rank()];
            for (int axis : axes) {
                gone[Operands.checked(call, axis, x.rank())] = true;
            }
            if (gone[0]) {
                throw call.config().unsupported("a reduction over the batch");
            }
            return new Along(call, x, gone, keep);
        }

        Value reduce(String op) {
            return reduce(op, x.output(), keep);
        }

        Value logSumExp() {
            long[] axes = Arrays.stream(axes()).asLongStream().toArray();
            return Reductions.logSumExp(call.builder(), x, axes, keep);
        }

        private int[] axes() {
            return IntStream.range(0, gone.length).filter(i -> gone[i]).toArray();
        }

        private Value reduce(String op, Output of, boolean keep) {
            Ops g = call.ops();
            Output y = g.emit(op, List.of(of, g.vector(axes())), "keep_dims", keep);
            return LayerCall.value(
                    y,
                    IntStream.range(0, gone.length)
                            .filter(i -> keep || !gone[i])
                            .map(i -> gone[i] ? 1 : x.shape()[i])
                            .toArray());
        }
    }

    /** Of the elements and, where one is said, the initial value. */
    private static Value extreme(LayerCall call, String op, String pair) {
        Value most = Along.of(call).reduce(op);
        if (call.setting("initial", -1).isEmpty()) {
            return most;
        }
        double initial = Operands.setting(call, -1, 0, "initial");
        Ops g = call.ops();
        return most.as(g.emit(pair, most.output(), g.scalar(initial, most.output())));
    }

    /** Another type than float is heeded by some of what Keras runs on, and by some not. */
    private static Value product(LayerCall call) {
        DataType type = Operands.type(call, -1);
        if (type != DataType.DT_FLOAT) {
            throw call.config().unsupported("a product in whole numbers");
        }
        return Along.of(call).reduce("Prod");
    }

    /** Of all, not of all but one. */
    private static Value variance(Along along) {
        Ops g = along.call().ops();
        Output x = along.x().output();
        Output centred = g.sub(x, along.reduce("Mean", x, true).output());
        return along.reduce("Mean", g.emit("Square", centred), along.keep());
    }

    private static Value norm(Along along) {
        Ops g = along.call().ops();
        Output x = along.x().output();
        String order =
                along.call().setting("ord", 1).map(JsonElement::getAsString).orElse("euclidean");
        boolean matrix = along.axes().length > 1;
        if (matrix && !order.equals("fro") && !order.equals("euclidean")) {
            throw along.call().config().unsupported("the norm '" + order + "' of a matrix");
        }
        return switch (order) {
            case "2", "2.0", "fro", "euclidean" -> {
                Value sum = along.reduce("Sum", g.emit("Square", x), along.keep());
                yield sum.as(g.emit("Sqrt", sum.output()));
            }
            case "1", "1.0" -> along.reduce("Sum", g.emit("Abs", x), along.keep());
            case "Infinity", "inf" -> along.reduce("Max", g.emit("Abs", x), along.keep());
            default -> throw along.call().config().unsupported("the norm '" + order + "'");
        };
    }

    private static Value average(LayerCall call) {
        if (call.inputs().size() > 1 || call.setting("weights", 1).isPresent()) {
            throw call.config().unsupported("weights");
        }
        return Along.of(call).reduce("Mean");
    }

    /** By the norm, which Keras bounds. */
    private static Value normalised(LayerCall call) {
        if (Operands.setting(call, 2, 2, "order") != 2) {
            throw call.config().unsupported("another norm than 2");
        }
        double least = Operands.setting(call, 3, 1e-7, "epsilon");
        return divided(call, least * least);
    }

    /**
     * By the length along axes.
     *
     * @param least that its square is taken to have
     */
    private static Value divided(LayerCall call, double least) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        int[] axes = Arrangement.axes(call, "axis", 1, x.rank());
        Output sum = g.sumKeepingAxes(g.emit("Square", x.output()), g.vector(axes));
        Output bounded = g.emit("Maximum", sum, g.scalar(least, sum));
        return x.as(g.mul(x.output(), g.emit("Rsqrt", bounded)));
    }

    /** Of the elements in the type that is asked for. */
    private static Value cumulated(LayerCall call, String op) {
        Value given = call.plain(Operands.first(call));
        Value x = Operators.cast(call, given, Operands.type(call, -1));
        int axis = Arrangement.axes(call, "axis", 1, x.rank())[0];
        return x.as(
                call.ops()
                        .emit(
                                op,
                                List.of(x.output(), call.ops().scalar(axis)),
                                "exclusive",
                                Operands.flag(call, 2, "exclusive"),
                                "reverse",
                                Operands.flag(call, 3, "reverse")));
    }

    private static Value sorted(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int axis = Arrangement.axes(call, "axis", 1, x.rank())[0];
        return Places.extremes(call.builder(), x, x.extent(axis), axis, false).get(0);
    }

    /** The values alone: places are no numbers that a network can be explained by. */
    private static List<Value> largest(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int count = (int) Operands.setting(call, 1, 1, "k");
        return Places.extremes(call.builder(), x, count, x.rank() - 1, true).subList(0, 1);
    }
}
