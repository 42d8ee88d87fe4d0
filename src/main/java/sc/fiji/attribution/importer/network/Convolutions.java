/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.Weight;
import sc.fiji.attribution.importer.WeightView;

/**
 * Convolutions of images with one to three axes of space, the channels second. TensorFlow has less
 * than the formats ask for: what it lacks is made of what it has, so that every op has its
 * gradient.
 */
public final class Convolutions {

    private Convolutions() {}

    /**
     * A convolution.
     *
     * @param x [batch, channels, space…]
     * @param filter [out, channels / groups, window…]
     * @param bias one number for each output channel
     */
    public static Value convolve(
            NetworkBuilder b,
            Value x,
            Value filter,
            Optional<Value> bias,
            Window window,
            int groups) {
        if (x.rank() == 3) {
            Value flat = Shaping.unsqueeze(b, x, 2);
            Value wide = Shaping.unsqueeze(b, filter, 2);
            return Shaping.squeeze(b, convolve(b, flat, wide, bias, window.flat(), groups), 2);
        }
        int channels = filter.extent(1) * groups;
        if (x.extent(1) >= 0 && x.extent(1) != channels || filter.extent(0) % groups != 0) {
            throw b.refuse(
                    "a filter for " + channels + " channels meets an image of " + x.extent(1));
        }
        boolean depthwise = groups > 1 && groups == channels && window.axes() == 2;
        Value y =
                depthwise
                        ? depthwise(b, x, filter, window, groups)
                        : dense(b, x, filter, window, groups);
        return bias.map(each -> biased(b, y, each)).orElse(y);
    }

    /** One number added for each channel. */
    public static Value biased(NetworkBuilder b, Value x, Value bias) {
        Output sum = b.ops().emit("BiasAdd", b.outputLast(x), b.output(bias));
        return Value.last(sum, x.type(), x.shape());
    }

    private static int[] space(Value x) {
        return Arrays.copyOfRange(x.shape(), 2, x.rank());
    }

    private static int[] shape(Value x, Window window, int channels) {
        int[] shape = x.shape().clone();
        shape[1] = channels;
        for (int i = 0; i < window.axes(); i++) {
            shape[i + 2] = window.places(i, x.extent(i + 2));
            if (shape[i + 2] == 0 || x.extent(i + 2) >= 0 && shape[i + 2] < 0) {
                throw new IllegalArgumentException("its window is larger than the image");
            }
        }
        return shape;
    }

    /** [out, in, window…] to [window…, in, out]. */
    private static int[] toFilter(int rank) {
        return IntStream.range(0, rank).map(i -> i < rank - 2 ? i + 2 : rank - 1 - i).toArray();
    }

    private static int[] toFilter(Value filter) {
        int[] order = toFilter(filter.rank());
        return Arrays.stream(order).map(filter::extent).toArray();
    }

    private static Value dense(NetworkBuilder b, Value x, Value filter, Window window, int groups) {
        boolean volume = x.rank() == 5;
        if (window.isDilated() && window.isStrided() || window.isDilated() && volume) {
            return volume && !window.isStrided()
                    ? apart(b, x, filter, window, groups)
                    : dense(b, x, dilated(b, filter, window), undilated(window), groups);
        }
        int[] shape = shape(x, window, filter.extent(0));
        boolean same = window.isPadded() && window.isSame(space(x));
        Value padded = same ? x : Padding.space(b, x, window.before(), window.after(), 0);
        Output weights = b.output(Shaping.transpose(b, filter, toFilter(x.rank())));
        Ops g = b.ops();
        Output y =
                Groups.convolve(
                        g,
                        b.outputLast(padded),
                        weights,
                        toFilter(filter),
                        groups,
                        (part, own) ->
                                g.emit(
                                        volume ? "Conv3D" : "Conv2D",
                                        List.of(part, own),
                                        "strides",
                                        Ops.list(Window.held(window.strides())),
                                        "dilations",
                                        Ops.list(Window.held(window.dilations())),
                                        "padding",
                                        same ? "SAME" : "VALID",
                                        "data_format",
                                        volume ? "NDHWC" : "NHWC"));
        return Value.last(y, x.type(), shape);
    }

    private static Window undilated(Window w) {
        int[] size = IntStream.range(0, w.axes()).map(w::reach).toArray();
        return new Window(size, w.strides(), Window.filled(w.axes(), 1), w.before(), w.after());
    }

    /** The filter with zeros between its elements. */
    private static Value dilated(NetworkBuilder b, Value filter, Window window) {
        if (!filter.isConstant()) {
            throw b.refuse("a dilated filter is computed in the network");
        }
        Weight weight = filter.weight() != null ? filter.weight() : Numbers.of(filter);
        return Value.of(new WeightView.Dilated(weight, window.dilations()));
    }

    /** A dilated convolution of a volume as an undilated one of voxels laid apart. */
    private static Value apart(NetworkBuilder b, Value x, Value filter, Window window, int groups) {
        int axes = window.axes();
        int[] shape = shape(x, window, filter.extent(0));
        Ops g = b.ops();
        Output in = b.outputLast(x);
        Output block = g.vector(window.dilations());
        Output low = g.vector(window.before());
        Output high;
        Output rest;
        if (Arrays.stream(space(x)).allMatch(e -> e >= 0)) {
            int[] extra =
                    IntStream.range(0, axes)
                            .map(
                                    i ->
                                            Math.floorMod(
                                                    -(x.extent(i + 2)
                                                            + window.before()[i]
                                                            + window.after()[i]),
                                                    window.dilations()[i]))
                            .toArray();
            rest = g.vector(extra);
            high =
                    g.vector(
                            IntStream.range(0, axes)
                                    .map(i -> window.after()[i] + extra[i])
                                    .toArray());
        } else {
            Output extents = g.slice(g.shape(in), 1, axes);
            Output padded = g.add(extents, g.add(low, g.vector(window.after())));
            rest = g.emit("FloorMod", g.neg(padded), block);
            high = g.add(g.vector(window.after()), rest);
        }
        Output paddings = g.emit("Pack", List.of(low, high), "axis", 1);
        Output parts = g.emit("SpaceToBatchND", in, block, paddings);
        Output weights = b.output(Shaping.transpose(b, filter, toFilter(x.rank())));
        Output y =
                Groups.convolve(
                        g,
                        parts,
                        weights,
                        toFilter(filter),
                        groups,
                        (part, own) ->
                                g.emit(
                                        "Conv3D",
                                        List.of(part, own),
                                        "strides",
                                        Ops.list(1, 1, 1, 1, 1),
                                        "padding",
                                        "VALID"));
        Output crops = g.emit("Pack", List.of(g.vector(new int[axes]), rest), "axis", 1);
        return Value.last(g.emit("BatchToSpaceND", y, block, crops), x.type(), shape);
    }

    /** Each channel by filters of its own. */
    private static Value depthwise(
            NetworkBuilder b, Value x, Value given, Window dilated, int channels) {
        boolean zeros = dilated.isDilated();
        Value filter = zeros ? dilated(b, given, dilated) : given;
        Window window = zeros ? undilated(dilated) : dilated;
        int[] shape = shape(x, window, filter.extent(0));
        int each = filter.extent(0) / channels;
        int axes = window.axes();
        int[] split = new int[axes + 2];
        split[0] = channels;
        split[1] = each;
        System.arraycopy(window.size(), 0, split, 2, axes);
        Value parts = Shaping.reshape(b, filter, Shaping.extents(filter, split));
        int[] order = IntStream.range(0, axes + 2).map(i -> i < axes ? i + 2 : i - axes).toArray();
        Value weights = Shaping.transpose(b, parts, order);
        boolean same = window.isPadded() && window.isSame(space(x));
        Value padded = same ? x : Padding.space(b, x, window.before(), window.after(), 0);
        int stride = Math.max(window.strides()[0], window.strides()[1]);
        boolean even = window.strides()[0] == window.strides()[1];
        Output y = image(b, b.outputLast(padded), b.output(weights), even ? stride : 1, same);
        Value full =
                Value.last(
                        y,
                        x.type(),
                        even ? shape : shape(x, window.withStrides(1, 1), filter.extent(0)));
        return even ? full : every(b, full, window.strides());
    }

    private static Output image(
            NetworkBuilder b, Output x, Output weights, int stride, boolean same) {
        return b.ops()
                .emit(
                        "DepthwiseConv2dNative",
                        List.of(x, weights),
                        "strides",
                        Ops.list(1, stride, stride, 1),
                        "padding",
                        same ? "SAME" : "VALID");
    }

    private static Value every(NetworkBuilder b, Value x, int... strides) {
        long[] steps = Arrays.stream(strides).asLongStream().toArray();
        long[] ends = new long[strides.length];
        Arrays.fill(ends, Integer.MAX_VALUE);
        return Slicing.slice(
                b,
                x,
                Value.ints(new long[strides.length]),
                Value.ints(ends),
                IntStream.range(2, 2 + strides.length).toArray(),
                steps);
    }

    /**
     * A transposed convolution.
     *
     * @param filter [channels, out / groups, window…]
     * @param window its padding is cut from the result
     * @param more elements that the result has more at its high end
     */
    public static Value transposed(
            NetworkBuilder b,
            Value x,
            Value filter,
            Optional<Value> bias,
            Window window,
            int[] more,
            int groups) {
        if (x.rank() == 3) {
            Value flat = Shaping.unsqueeze(b, x, 2);
            Value wide = Shaping.unsqueeze(b, filter, 2);
            int[] also = {0, more[0]};
            Value y = transposed(b, flat, wide, bias, window.flat(), also, groups);
            return Shaping.squeeze(b, y, 2);
        }
        if (window.isDilated()) {
            Value zeros = dilated(b, filter, window);
            return transposed(b, x, zeros, bias, undilated(window), more, groups);
        }
        int[] gaps =
                IntStream.range(0, window.axes())
                        .map(i -> Math.max(0, window.strides()[i] - window.size()[i]))
                        .toArray();
        if (Arrays.stream(gaps).anyMatch(gap -> gap > 0)) {
            // TensorFlow's gradient of volumes is wrong where windows leave gaps between them.
            return transposed(
                    b, x, widened(b, filter, gaps), bias, wide(window, gaps), more, groups);
        }
        Value y = spread(b, x, filter, window, groups);
        int[] low = new int[x.rank()];
        int[] high = new int[x.rank()];
        for (int i = 0; i < window.axes(); i++) {
            low[i + 2] = -window.before()[i];
            high[i + 2] = more[i] - window.after()[i];
        }
        Value cut = Padding.pad(b, y, low, high, Padding.Mode.CONSTANT, 0);
        return bias.map(each -> biased(b, cut, each)).orElse(cut);
    }

    private static Value widened(NetworkBuilder b, Value filter, int[] gaps) {
        return Padding.space(b, filter, new int[gaps.length], gaps, 0);
    }

    private static Window wide(Window w, int[] gaps) {
        int[] size = IntStream.range(0, gaps.length).map(i -> w.size()[i] + gaps[i]).toArray();
        int[] after = IntStream.range(0, gaps.length).map(i -> w.after()[i] + gaps[i]).toArray();
        return new Window(size, w.strides(), w.dilations(), w.before(), after);
    }

    /** Without cutting anything. */
    private static Value spread(
            NetworkBuilder b, Value x, Value filter, Window window, int groups) {
        int axes = window.axes();
        int[] s = window.strides();
        int[] shape = x.shape().clone();
        int[] order = toFilter(filter);
        int block = filter.extent(1) * Groups.together(filter.extent(1), groups);
        shape[1] = block;
        int[] rest = new int[axes];
        for (int i = 0; i < axes; i++) {
            rest[i] = window.size()[i] - s[i];
            shape[i + 2] = x.extent(i + 2) < 0 ? -1 : x.extent(i + 2) * s[i] + rest[i];
        }
        Ops g = b.ops();
        Output in = b.outputLast(x);
        Output batch = x.extent(0) < 0 ? g.slice(g.shape(in), 0, 1) : g.vector(x.extent(0));
        Output space =
                Arrays.stream(space(x)).anyMatch(e -> e < 0)
                        ? g.add(g.mul(g.slice(g.shape(in), 1, axes), g.vector(s)), g.vector(rest))
                        : g.vector(Arrays.copyOfRange(shape, 2, 2 + axes));
        Output sizes =
                x.extent(0) >= 0 && Arrays.stream(shape).allMatch(e -> e >= 0)
                        ? g.vector(NetworkBuilder.shapeLast(shape))
                        : g.concat(batch, space, g.vector(block));
        Output weights = b.output(Shaping.transpose(b, filter, toFilter(x.rank())));
        Output y =
                Groups.convolve(
                        g,
                        in,
                        weights,
                        order,
                        groups,
                        (part, own) ->
                                g.emit(
                                        axes == 3 ? "Conv3DBackpropInputV2" : "Conv2DBackpropInput",
                                        List.of(sizes, own, part),
                                        "T",
                                        DataType.DT_FLOAT,
                                        "strides",
                                        Ops.list(Window.held(s)),
                                        "padding",
                                        "VALID"));
        shape[1] = filter.extent(1) * groups;
        return Value.last(y, x.type(), shape);
    }
}
