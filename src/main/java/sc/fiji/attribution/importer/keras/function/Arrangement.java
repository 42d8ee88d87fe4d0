/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.Shaping;
import sc.fiji.attribution.importer.network.Slicing;
import sc.fiji.attribution.importer.network.Value;

/** Functions that put a tensor's elements elsewhere, or repeat them, along axes but the batch's. */
final class Arrangement {

    private Arrangement() {}

    /** Enters them into the table. */
    static void add() {
        Operators.put(Arrangement::flip, "Flip", "reverse");
        Operators.put(Arrangement::roll, "Roll", "roll");
        Operators.put(Arrangement::swapAxes, "Swapaxes");
        Operators.put(Arrangement::moveAxis, "Moveaxis");
        Operators.put(Arrangement::tile, "Tile", "tile");
        Operators.put(Arrangement::repeat, "Repeat", "repeat");
        Operators.put(Arrangement::take, "Take", "gather");
        Operators.several(Arrangement::split, "Split", "split");
        Operators.several(Arrangement::unstack, "Unstack", "unstack");
    }

    /** Axes that are said, counted from the front; the batch's is refused. */
    static int[] axes(LayerCall call, String name, int place, int rank) {
        int[] axes =
                call.setting(name, place)
                        .map(value -> Operands.wholes(call, value))
                        .orElseThrow(() -> call.config().unsupported("the axes of the batch"));
        return Arrays.stream(axes).map(axis -> axis(call, axis, rank)).toArray();
    }

    private static int axis(LayerCall call, int axis, int rank) {
        int at = Operands.checked(call, axis, rank);
        if (at == 0) {
            throw call.config().unsupported("the axis of the batch");
        }
        return at;
    }

    private static Value flip(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        return x.as(g.emit("ReverseV2", x.output(), g.vector(axes(call, "axis", 1, x.rank()))));
    }

    private static Value roll(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        int[] axes = axes(call, "axis", 2, x.rank());
        int[] shift =
                call.setting("shift", 1)
                        .map(value -> Operands.wholes(call, value))
                        .orElseThrow(() -> call.config().unsupported("a shift that is computed"));
        int[] shifts = shift.length == axes.length ? shift : filled(axes.length, shift[0]);
        return x.as(g.emit("Roll", x.output(), g.vector(shifts), g.vector(axes)));
    }

    private static int[] filled(int length, int value) {
        int[] filled = new int[length];
        Arrays.fill(filled, value);
        return filled;
    }

    private static Value swapAxes(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int a = axes(call, "axis1", 1, x.rank())[0];
        int b = axes(call, "axis2", 2, x.rank())[0];
        int[] order = IntStream.range(0, x.rank()).toArray();
        order[a] = b;
        order[b] = a;
        return Shaping.transpose(call, x, order);
    }

    private static Value moveAxis(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int[] from = axes(call, "source", 1, x.rank());
        int[] to = axes(call, "destination", 2, x.rank());
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
        Arrays.stream(from).forEach(axis -> order.remove((Integer) axis));
        int[] places = IntStream.range(0, to.length).toArray();
        Arrays.stream(places)
                .boxed()
                .sorted((i, j) -> to[i] - to[j])
                .forEach(i -> order.add(to[i], from[i]));
        return Shaping.transpose(call, x, order.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Value tile(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int[] given =
                call.setting("repeats", 1)
                        .or(() -> call.setting("multiples", 1))
                        .map(value -> Operands.wholes(call, value))
                        .orElseThrow(() -> call.config().unsupported("repeats that are computed"));
        if (given.length > x.rank()) {
            throw call.config().unsupported("more axes than it is given");
        }
        int[] times = filled(x.rank(), 1);
        System.arraycopy(given, 0, times, x.rank() - given.length, given.length);
        return tiled(call, x, times);
    }

    private static Value tiled(LayerCall call, Value x, int[] times) {
        if (times[0] != 1 || Arrays.stream(times).anyMatch(n -> n < 1)) {
            throw call.config().unsupported("repeats " + Arrays.toString(times));
        }
        int[] shape =
                IntStream.range(0, x.rank())
                        .map(i -> x.extent(i) < 0 ? -1 : Math.multiplyExact(x.extent(i), times[i]))
                        .toArray();
        return LayerCall.value(
                call.ops().emit("Tile", x.output(), call.ops().vector(times)), shape);
    }

    /** Each element so many times, behind each other. */
    private static Value repeat(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        int axis = axes(call, "axis", 2, x.rank())[0];
        int[] times =
                call.setting("repeats", 1)
                        .map(value -> Operands.wholes(call, value))
                        .filter(each -> each.length == 1)
                        .orElseThrow(() -> call.config().unsupported("repeats of its elements"));
        call.requireKnown(x, 1);
        int[] wider =
                IntStream.concat(
                                IntStream.concat(
                                        Arrays.stream(x.shape(), 0, axis + 1), IntStream.of(1)),
                                Arrays.stream(x.shape(), axis + 1, x.rank()))
                        .toArray();
        int[] tiles = filled(wider.length, 1);
        tiles[axis + 1] = times[0];
        Output apart = g.emit("ExpandDims", x.output(), g.scalar(axis + 1));
        Value all = tiled(call, LayerCall.value(apart, wider), tiles);
        int[] shape = x.shape().clone();
        shape[axis] = Math.multiplyExact(shape[axis], times[0]);
        return LayerCall.value(call.reshape(all, shape), shape);
    }

    private static Value take(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int axis = axes(call, "axis", 3, x.rank())[0];
        if (Operands.setting(call, 4, 0, "batch_dims") != 0) {
            throw call.config().unsupported("batch_dims");
        }
        Value at =
                call.setting("indices", 1)
                        .map(value -> Operands.places(call, value))
                        .orElseThrow(() -> call.config().unsupported("places that are computed"));
        return Slicing.gather(call.builder(), x, at, axis);
    }

    /** Into so many pieces of one length, or at places. */
    private static List<Value> split(LayerCall call) {
        Value x = call.plain(Operands.first(call));
        int axis = call.setting("axis", 2).isPresent() ? axes(call, "axis", 2, x.rank())[0] : -1;
        JsonElement how =
                call.setting("indices_or_sections", 1)
                        .or(() -> call.setting("num_or_size_splits", 1))
                        .orElseThrow(() -> call.config().unsupported("pieces that are computed"));
        int[] given = Operands.wholes(call, how);
        if (axis < 0 || x.extent(axis) < 0) {
            throw call.config().unsupported("an axis whose extent is not known");
        }
        int extent = x.extent(axis);
        int[] ends;
        if (how.isJsonPrimitive()) {
            int parts = given[0];
            if (parts < 1 || extent % parts != 0) {
                throw call.config().wrong("it cuts " + extent + " into " + parts);
            }
            ends = IntStream.rangeClosed(1, parts).map(i -> i * extent / parts).toArray();
        } else if (call.setting("num_or_size_splits", 1).isPresent()) {
            ends = given.clone();
            Arrays.parallelPrefix(ends, Integer::sum);
        } else {
            ends = IntStream.concat(Arrays.stream(given), IntStream.of(extent)).toArray();
        }
        return pieces(call, x, axis, ends);
    }

    private static List<Value> pieces(LayerCall call, Value x, int axis, int[] ends) {
        long[] lengths = new long[ends.length];
        int begin = 0;
        for (int i = 0; i < ends.length; i++) {
            lengths[i] = (long) ends[i] - begin;
            begin = ends[i];
            if (lengths[i] < 0 || begin > x.extent(axis)) {
                throw call.config().wrong("it cuts at " + Arrays.toString(ends));
            }
        }
        return Slicing.split(call.builder(), x, axis, lengths);
    }

    private static List<Value> unstack(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        int axis = axes(call, "axis", 2, x.rank())[0];
        int count = x.extent(axis);
        if (count < 1) {
            throw call.config().unsupported("an axis whose extent is not known");
        }
        Output all = g.emit("Unpack", List.of(x.output()), "num", count, "axis", axis);
        int[] shape = IntStream.range(0, x.rank()).filter(i -> i != axis).map(x::extent).toArray();
        return IntStream.range(0, count)
                .mapToObj(i -> LayerCall.value(new Output(all.node(), i), shape))
                .toList();
    }
}
