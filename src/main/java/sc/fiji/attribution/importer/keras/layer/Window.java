/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.network.Value;

/**
 * What slides over an image: of a convolution or a pooling.
 *
 * @param size along each axis of space
 * @param padding SAME, VALID, or CAUSAL: all of it before the beginning
 */
public record Window(int[] size, int[] strides, int[] dilations, String padding) {

    private static final int LARGEST = 1 << 16;

    static Window of(LayerCall call, int space) {
        Config config = call.config();
        int[] dilations = config.counts("dilation_rate", space, 1);
        int[] strides = config.counts("strides", space, 1);
        return new Window(
                        config.counts("kernel_size", space, 0), strides, dilations, padding(config))
                .checked(config);
    }

    static Window ofPooling(LayerCall call, int space) {
        Config config = call.config();
        int[] size = config.counts("pool_size", space, 2);
        int[] strides = size.clone();
        if (config.has("strides")) {
            strides = config.counts("strides", space, 1);
        }
        return new Window(size, strides, ones(space), padding(config)).checked(config);
    }

    /** One voxel. */
    static Window point(LayerCall call, int space) {
        return new Window(ones(space), ones(space), ones(space), "VALID");
    }

    private Window checked(Config config) {
        long reach = 1;
        for (int i = 0; i < size.length; i++) {
            reach = Math.max(reach, (long) dilations[i] * size[i]);
            if (strides[i] > 1 && dilations[i] > 1) {
                throw config.unsupported("strides and dilation together");
            }
        }
        if (reach > LARGEST) {
            throw config.wrong("its kernel reaches over " + reach + " voxels");
        }
        return this;
    }

    private static String padding(Config config) {
        String padding = config.text("padding", config.text("border_mode", "valid"));
        return switch (padding.toLowerCase(java.util.Locale.ROOT)) {
            case "same" -> "SAME";
            case "valid" -> "VALID";
            case "causal" -> "CAUSAL";
            default -> throw config.wrong("padding is '" + padding + "'");
        };
    }

    public static int[] ones(int length) {
        int[] ones = new int[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    int space() {
        return size.length;
    }

    /** The shape of a kernel of it. */
    int[] kernel(int in, int out) {
        int[] kernel = Arrays.copyOf(size, size.length + 2);
        kernel[size.length] = in;
        kernel[size.length + 1] = out;
        return kernel;
    }

    private int reach(int axis) {
        return (size[axis] - 1) * dilations[axis] + 1;
    }

    /** Extents of the result over an image with its channels last; -1 stays -1. */
    int[] result(Value x, int channels) {
        int[] shape = x.shape().clone();
        for (int i = 0; i < space(); i++) {
            int extent = shape[i + 1];
            if (extent >= 0) {
                shape[i + 1] =
                        padding.equals("VALID")
                                ? Math.max(0, (extent - reach(i)) / strides[i] + 1)
                                : (extent + strides[i] - 1) / strides[i];
                if (padding.equals("VALID") && extent < reach(i)) {
                    shape[i + 1] = 0;
                }
            }
        }
        shape[shape.length - 1] = channels;
        return shape;
    }

    /** One number for each axis of an image, for an op's attribute. */
    AttrValue list(int[] values) {
        long[] list = new long[Math.max(space(), 2) + 2];
        Arrays.fill(list, 1);
        if (space() == 1) {
            // TensorFlow pads no axis of one.
            list[2] = values[0];
        } else {
            for (int i = 0; i < space(); i++) {
                list[i + 1] = values[i];
            }
        }
        return Ops.list(list);
    }

    /** By an op over planes, where this is over lines. */
    Output flattened(Ops g, Output x, UnaryOperator<Output> op) {
        if (space() != 1) {
            return op.apply(x);
        }
        Output plane = g.emit("ExpandDims", x, g.scalar(1));
        return g.emit("Squeeze", java.util.List.of(op.apply(plane)), "squeeze_dims", Ops.list(1));
    }

    /** A sliding op: of an image, SAME or VALID, and with dilations of its own. */
    interface Sliding {
        Output of(Output image, String padding, int[] dilations);
    }

    /** By an op that knows dilations, but for three axes of space. */
    Output dilated(LayerCall call, Value x, Sliding op) {
        if (space() == 3) {
            return dilatedBySpace(call, x, op);
        }
        Output input = padding.equals("CAUSAL") ? causal(call.ops(), x) : x.output();
        return op.of(input, padding.equals("CAUSAL") ? "VALID" : padding, dilations);
    }

    /** By an op that knows no dilations: over every n-th voxel of n images. */
    Output dilatedBySpace(LayerCall call, Value x, Sliding op) {
        Ops g = call.ops();
        if (Arrays.stream(dilations).allMatch(each -> each == 1)) {
            Output input = padding.equals("CAUSAL") ? causal(g, x) : x.output();
            return op.of(input, padding.equals("CAUSAL") ? "VALID" : padding, dilations);
        }
        Output[] pads = new Output[space()];
        Output[] crops = new Output[space()];
        Output shape = g.shape(x.output());
        for (int i = 0; i < space(); i++) {
            int added = padding.equals("VALID") ? 0 : reach(i) - 1;
            int before = padding.equals("SAME") ? added / 2 : added;
            int extent = x.extent(i + 1);
            if (extent >= 0) {
                int over = Math.floorMod(-(extent + added), dilations[i]);
                pads[i] = g.vector(before, added - before + over);
                crops[i] = g.vector(0, over);
            } else {
                Output total = g.add(g.slice(shape, i + 1, 1), g.vector(added));
                Output over = g.emit("FloorMod", g.neg(total), g.vector(dilations[i]));
                pads[i] = g.concat(g.vector(before), g.add(g.vector(added - before), over));
                crops[i] = g.concat(g.vector(0), over);
            }
        }
        Output block = g.vector(dilations);
        Output many = g.emit("SpaceToBatchND", x.output(), block, pairs(g, pads));
        Output y = op.of(many, "VALID", ones(space()));
        return g.emit("BatchToSpaceND", y, block, pairs(g, crops));
    }

    private static Output pairs(Ops g, Output[] rows) {
        return g.emit("Pack", java.util.List.of(rows), "axis", 0);
    }

    private Output causal(Ops g, Value x) {
        int before = reach(0) - 1;
        return before == 0 ? x.output() : pad(g, x.output(), new int[][] {{before, 0}});
    }

    /** Zeros around an image. */
    static Output pad(Ops g, Output x, int[][] amounts) {
        return g.emit("Pad", x, table(g, amounts));
    }

    /** One row for each axis, none at the batch and the channels. */
    static Output table(Ops g, int[][] amounts) {
        int[] flat = new int[2 * amounts.length + 4];
        for (int i = 0; i < amounts.length; i++) {
            flat[2 * i + 2] = amounts[i][0];
            flat[2 * i + 3] = amounts[i][1];
        }
        return g.constant(
                org.tensorflow.proto.DataType.DT_INT32,
                flat.length * Integer.BYTES,
                buffer -> buffer.asIntBuffer().put(flat),
                amounts.length + 2,
                2);
    }

    /** The same window at every voxel of an image that {@link #padded} made. */
    Window unstrided(LayerCall call, Value x) {
        return new Window(size, ones(space()), dilations, "VALID");
    }

    /** What SAME would pad, done. */
    Value padded(LayerCall call, Value x) {
        if (padding.equals("VALID")) {
            return x;
        }
        call.requireKnown(x, 1);
        int[][] amounts = new int[space()][];
        int[] shape = x.shape().clone();
        for (int i = 0; i < space(); i++) {
            int steps = (shape[i + 1] + strides[i] - 1) / strides[i];
            int added = Math.max((steps - 1) * strides[i] + reach(i) - shape[i + 1], 0);
            amounts[i] = new int[] {added / 2, added - added / 2};
            shape[i + 1] += added;
        }
        return LayerCall.value(pad(call.ops(), x.output(), amounts), shape);
    }

    /** Every n-th voxel. */
    Output everyStride(Ops g, Output x) {
        int[] begin = new int[space() + 2];
        int[] step = ones(space() + 2);
        System.arraycopy(strides, 0, step, 1, space());
        int all = (1 << begin.length) - 1;
        return g.emit(
                "StridedSlice",
                java.util.List.of(x, g.vector(begin), g.vector(begin), g.vector(step)),
                "begin_mask",
                all,
                "end_mask",
                all);
    }
}
