/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Layers of several inputs. */
public final class Merging {

    private Merging() {}

    /** Element by element: an op of two inputs, from the first input to the last. */
    static Value fold(LayerCall call, String op) {
        List<Value> inputs = aligned(call, call.inputs());
        if (inputs.isEmpty()) {
            throw call.config().wrong("it is called with nothing");
        }
        Value result = inputs.get(0);
        for (Value next : inputs.subList(1, inputs.size())) {
            result = pair(call, op, result, next);
        }
        return result;
    }

    static Value average(LayerCall call) {
        Value sum = fold(call, "AddV2");
        return sum.as(call.ops().mul(sum.output(), 1.0 / call.inputs().size()));
    }

    /** Of the Inception-ResNet that comes with Keras: a + scale · b. */
    static Value scaledSum(LayerCall call) {
        if (call.inputs().size() != 2) {
            throw call.config().wrong("it needs two inputs");
        }
        List<Value> inputs = aligned(call, call.inputs());
        Value b = inputs.get(1);
        double scale = call.config().number("scale", 1);
        return pair(call, "AddV2", inputs.get(0), b.as(call.ops().mul(b.output(), scale)));
    }

    /** Values that broadcast with each other. */
    public static Value pair(LayerCall call, String op, Value a, Value b) {
        int rank = Math.max(a.rank(), b.rank());
        int[] shape = new int[rank];
        for (int i = 0; i < rank; i++) {
            int left = i < rank - a.rank() ? 1 : a.shape()[i - rank + a.rank()];
            int right = i < rank - b.rank() ? 1 : b.shape()[i - rank + b.rank()];
            if (left > 1 && right > 1 && left != right) {
                throw call.config()
                        .wrong(
                                "its inputs have the shapes "
                                        + Arrays.toString(a.shape())
                                        + " and "
                                        + Arrays.toString(b.shape()));
            }
            shape[i] =
                    left < 0 || right < 0
                            ? (Math.max(left, right) > 1 ? Math.max(left, right) : -1)
                            : Math.max(left, right);
        }
        shape[0] =
                rank == a.rank() && a.shape()[0] < 0 || rank == b.rank() && b.shape()[0] < 0
                        ? -1
                        : shape[0];
        return LayerCall.value(
                call.ops().emit(op, a.output(), b.output()), shape, a.last() && b.last());
    }

    /** All channels last in the graph, or none; as many axes, new ones behind the batch. */
    private static List<Value> aligned(LayerCall call, List<Value> inputs) {
        int rank = inputs.stream().mapToInt(Value::rank).max().orElse(0);
        boolean last = inputs.stream().allMatch(x -> x.last() && x.rank() == rank);
        List<Value> aligned = new ArrayList<>();
        for (Value input : inputs) {
            Value x = last ? input : call.plain(input);
            while (x.rank() < rank) {
                int[] shape = new int[x.rank() + 1];
                shape[0] = x.shape()[0];
                shape[1] = 1;
                System.arraycopy(x.shape(), 1, shape, 2, x.rank() - 1);
                Output wider = call.ops().emit("ExpandDims", x.output(), call.ops().scalar(1));
                x = LayerCall.value(wider, shape);
            }
            aligned.add(x);
        }
        return aligned;
    }

    public static Value concatenate(LayerCall call) {
        return concatenate(call, call.inputs(), call.config().whole("axis", -1));
    }

    public static Value concatenate(LayerCall call, List<Value> inputs, int axis) {
        Ops g = call.ops();
        if (inputs.isEmpty()) {
            throw call.config().wrong("it is called with nothing");
        }
        int rank = inputs.get(0).rank();
        int at = axis < 0 ? axis + rank : axis;
        boolean last = at == 1 && inputs.stream().allMatch(Value::last);
        List<Output> parts = new ArrayList<>();
        int[] shape = inputs.get(0).shape().clone();
        shape[Math.min(Math.max(at, 0), rank - 1)] = 0;
        for (Value input : inputs) {
            if (input.rank() != rank || at < 0 || at >= rank) {
                throw call.config().wrong("its inputs do not fit each other");
            }
            int extent = input.extent(at);
            shape[at] = extent < 0 || shape[at] < 0 ? -1 : shape[at] + extent;
            for (int i = 1; i < rank; i++) {
                shape[i] = i != at && shape[i] < 0 ? input.extent(i) : shape[i];
            }
            parts.add((last ? input : call.plain(input)).output());
        }
        if (parts.size() == 1) {
            return inputs.get(0);
        }
        parts.add(g.scalar(last ? rank - 1 : at));
        return LayerCall.value(g.emit("ConcatV2", parts, "N", parts.size() - 1), shape, last);
    }

    /** Products along one axis of each. */
    static Value dot(LayerCall call) {
        Ops g = call.ops();
        if (call.inputs().size() != 2) {
            throw call.config().wrong("it needs two inputs");
        }
        Value a = call.plain(call.inputs().get(0));
        Value b = call.plain(call.inputs().get(1));
        int[] axes = call.config().wholes("axes", 2, 1);
        int left = axes[0] < 0 ? axes[0] + a.rank() : axes[0];
        int right = axes[1] < 0 ? axes[1] + b.rank() : axes[1];
        if (left < 1
                || right < 1
                || a.rank() > 3
                || b.rank() > 3
                || left >= a.rank()
                || right >= b.rank()) {
            throw call.config().unsupported("axes " + Arrays.toString(axes));
        }
        if (call.config().flag("normalize", false)) {
            a = normalised(g, a, left);
            b = normalised(g, b, right);
        }
        String equation = subscripts(a, left, "ij") + "," + subscripts(b, right, "kl") + "->b";
        List<Integer> shape = new ArrayList<>(List.of(-1));
        StringBuilder rest = new StringBuilder();
        collect(a, left, "ij", rest, shape);
        collect(b, right, "kl", rest, shape);
        Output y = g.emit("Einsum", List.of(a.output(), b.output()), "equation", equation + rest);
        Value result = LayerCall.value(y, shape.stream().mapToInt(Integer::intValue).toArray());
        return result.rank() > 1
                ? result
                : LayerCall.value(g.emit("ExpandDims", y, g.scalar(1)), -1, 1);
    }

    private static Value normalised(Ops g, Value x, int axis) {
        Output sum = g.sumKeepingAxes(g.emit("Square", x.output()), g.vector(axis));
        return x.as(
                g.mul(x.output(), g.emit("Rsqrt", g.emit("Maximum", sum, g.scalar(1e-12, sum)))));
    }

    private static String subscripts(Value x, int axis, String free) {
        StringBuilder text = new StringBuilder("b");
        int next = 0;
        for (int i = 1; i < x.rank(); i++) {
            text.append(i == axis ? 'x' : free.charAt(next++));
        }
        return text.toString();
    }

    private static void collect(
            Value x, int axis, String free, StringBuilder text, List<Integer> shape) {
        int next = 0;
        for (int i : IntStream.range(1, x.rank()).filter(i -> i != axis).toArray()) {
            text.append(free.charAt(next++));
            shape.add(x.extent(i));
        }
    }
}
