/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Layers that move values about: reshaping, padding, cropping, resampling. */
public final class Shaping {

    private static final long LARGEST = 1L << 31;

    private Shaping() {}

    static Value identity(LayerCall call) {
        return call.input().as(call.ops().emit("Identity", call.input().output()));
    }

    static Value flatten(LayerCall call) {
        Value x = call.channelsFirst() ? call.channelsLast(call.input()) : call.plain();
        return flatten(call, x);
    }

    private static Value flatten(LayerCall call, Value x) {
        Ops g = call.ops();
        if (x.rank() == 2) {
            return x;
        }
        if (x.isKnown(1)) {
            int size = size(call, x.shape(), 1);
            return LayerCall.value(call.reshape(x, -1, size), -1, size);
        }
        Output shape = g.concat(g.slice(g.shape(x.output()), 0, 1), g.vector(-1));
        return LayerCall.value(g.reshape(x.output(), shape), -1, -1);
    }

    /** Number of elements from an axis on. */
    static int size(LayerCall call, int[] shape, int from) {
        long size = 1;
        for (int i = from; i < shape.length; i++) {
            size *= shape[i];
            if (size > LARGEST || size < 0) {
                throw call.config().wrong("it makes " + Arrays.toString(shape) + " values");
            }
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    public static Value reshape(LayerCall call) {
        return reshape(call, call.config().wholes("target_shape"));
    }

    /**
     * To other extents.
     *
     * @param target without the batch; one may be -1
     */
    public static Value reshape(LayerCall call, int[] target) {
        Value x = call.plain();
        int[] shape = new int[target.length + 1];
        shape[0] = -1;
        System.arraycopy(target, 0, shape, 1, target.length);
        int free = IntStream.range(1, shape.length).filter(i -> shape[i] < 0).findFirst().orElse(0);
        if (free > 0 && x.isKnown(1)) {
            long others = 1;
            for (int i = 1; i < shape.length; i++) {
                others *= i == free ? 1 : shape[i];
            }
            int size = size(call, x.shape(), 1);
            if (others < 1 || size % others != 0) {
                throw call.config()
                        .wrong(
                                Arrays.toString(x.shape())
                                        + " cannot become "
                                        + Arrays.toString(shape));
            }
            shape[free] = (int) (size / others);
        } else if (free > 0) {
            Ops g = call.ops();
            Output extents = g.concat(g.slice(g.shape(x.output()), 0, 1), g.vector(target));
            return LayerCall.value(g.reshape(x.output(), extents), shape);
        }
        if (x.isKnown(1) && size(call, x.shape(), 1) != size(call, shape, 1)) {
            throw call.config()
                    .wrong(Arrays.toString(x.shape()) + " cannot become " + Arrays.toString(shape));
        }
        return LayerCall.value(call.reshape(x, shape), shape);
    }

    static Value permute(LayerCall call) {
        int[] dims = call.config().wholes("dims");
        int[] order = new int[dims.length + 1];
        System.arraycopy(dims, 0, order, 1, dims.length);
        return transpose(call, call.plain(), order);
    }

    public static Value transpose(LayerCall call, Value x, int[] order) {
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.range(0, x.rank()).toArray())) {
            throw call.config().wrong("it orders axes as " + Arrays.toString(order));
        }
        int[] shape = Arrays.stream(order).map(i -> x.shape()[i]).toArray();
        return LayerCall.value(
                call.ops().emit("Transpose", x.output(), call.ops().vector(order)), shape);
    }

    static Value repeatVector(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        int n = call.config().count("n");
        Output row = g.emit("ExpandDims", x.output(), g.scalar(1));
        return LayerCall.value(g.emit("Tile", row, g.vector(1, n, 1)), -1, n, x.extent(-1));
    }

    /** Two numbers for each axis of space, from one, one for each axis, or two for each. */
    private static int[][] sides(LayerCall call, String key, int space) {
        int[][] sides = new int[space][2];
        JsonElement given = call.config().get(key).orElse(null);
        if (!(given instanceof JsonArray array)) {
            for (int[] side : sides) {
                Arrays.fill(side, call.config().whole(key, 1));
            }
            return checked(call, key, sides);
        }
        if (space == 1 && array.size() == 2 && array.get(0).isJsonPrimitive()) {
            sides[0] = call.config().wholes(key, 2, 0);
            return checked(call, key, sides);
        }
        if (array.size() != space) {
            throw call.config().wrong(key + " is " + given);
        }
        for (int i = 0; i < space; i++) {
            JsonElement side = array.get(i);
            boolean both = side instanceof JsonArray;
            for (int j = 0; j < 2; j++) {
                sides[i][j] = (both ? side.getAsJsonArray().get(j) : side).getAsInt();
            }
        }
        return checked(call, key, sides);
    }

    private static int[][] checked(LayerCall call, String key, int[][] sides) {
        for (int[] side : sides) {
            if (side[0] < 0 || side[1] < 0 || side[0] > 1 << 20 || side[1] > 1 << 20) {
                throw call.config().wrong(key + " is " + Arrays.deepToString(sides));
            }
        }
        return sides;
    }

    static Value pad(LayerCall call, int space) {
        Value x = call.image(space + 2);
        int[][] sides = sides(call, "padding", space);
        int[] shape = x.shape().clone();
        for (int i = 0; i < space; i++) {
            shape[i + 1] = shape[i + 1] < 0 ? -1 : shape[i + 1] + sides[i][0] + sides[i][1];
        }
        return call.fromImage(LayerCall.value(Window.pad(call.ops(), x.output(), sides), shape));
    }

    static Value crop(LayerCall call, int space) {
        Value x = call.image(space + 2);
        return call.fromImage(crop(call, x, sides(call, "cropping", space)));
    }

    /** Cuts planes off an image with its channels last. */
    static Value crop(LayerCall call, Value x, int[][] sides) {
        Ops g = call.ops();
        int rank = x.rank();
        int[] begin = new int[rank];
        int[] end = new int[rank];
        int[] shape = x.shape().clone();
        int endMask = 1 | 1 << rank - 1;
        for (int i = 0; i < sides.length; i++) {
            begin[i + 1] = sides[i][0];
            end[i + 1] = -sides[i][1];
            if (sides[i][1] == 0) {
                endMask |= 1 << i + 1;
            }
            if (shape[i + 1] >= 0) {
                shape[i + 1] -= sides[i][0] + sides[i][1];
                if (shape[i + 1] <= 0) {
                    throw call.config().wrong("it crops all of its input");
                }
            }
        }
        Output y =
                g.emit(
                        "StridedSlice",
                        List.of(
                                x.output(),
                                g.vector(begin),
                                g.vector(end),
                                g.vector(Window.ones(rank))),
                        "begin_mask",
                        1 | 1 << rank - 1,
                        "end_mask",
                        endMask);
        return LayerCall.value(y, shape);
    }

    static Value upSample(LayerCall call, int space) {
        Value x = call.image(space + 2);
        int[] factors = call.config().counts("size", space, 2);
        String interpolation = call.config().text("interpolation", "nearest");
        int[] shape = x.shape().clone();
        for (int i = 0; i < space; i++) {
            shape[i + 1] = shape[i + 1] < 0 ? -1 : Math.multiplyExact(shape[i + 1], factors[i]);
        }
        Ops g = call.ops();
        Output y = x.output();
        if (space == 2) {
            Output size =
                    x.isKnown(1)
                            ? g.vector(shape[1], shape[2])
                            : g.mul(g.slice(g.shape(y), 1, 2), g.vector(factors));
            y = Resampling.resize(call, y, size, interpolation, false);
        } else {
            for (int i = 0; i < space; i++) {
                y = repeat(call, y, x.rank(), i + 1, factors[i]);
            }
        }
        return call.fromImage(LayerCall.value(y, shape));
    }

    /** Every plane several times. */
    private static Output repeat(LayerCall call, Output x, int rank, int axis, int times) {
        Ops g = call.ops();
        if (times == 1) {
            return x;
        }
        Output shape = g.shape(x);
        Output before = g.slice(shape, 0, axis + 1);
        Output behind = g.slice(shape, axis + 1, rank - axis - 1);
        Output inner = g.emit("Prod", List.of(behind, g.vector(0)), "keep_dims", true);
        Output rows = g.reshape(x, g.concat(g.vector(-1, 1), inner));
        Output tiled = g.emit("Tile", rows, g.vector(1, times, 1));
        int[] factors = Window.ones(axis + 1);
        factors[axis] = times;
        return g.reshape(tiled, g.concat(g.mul(before, g.vector(factors)), behind));
    }
}
