/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.ImageChannels;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * Input gradient of a convolution of stride 1 by the forward kernel: dy, padded to where the filter
 * reaches, convolved with the flipped filter at the same dilation. It runs everywhere and is right.
 * TensorFlow's backward kernels are not:
 *
 * <ul>
 *   <li>That of {@code Conv2D} takes no dilation on the CPU but with oneDNN, which macOS builds
 *       lack; that of {@code DepthwiseConv2dNative} takes it for 1.
 *   <li>On processors with AVX-512, oneDNN's for {@code Conv2D} and {@code Conv3D} of stride 1 give
 *       gradients that are wrong by half their maximum where the image's channels, in blocks of 16,
 *       are an odd number of blocks above one: 33 to 48, 65 to 80 and so on. {@code
 *       ConvolutionKernelsTest} tries them.
 * </ul>
 */
public final class ForwardKernelRule {

    /** Channels that oneDNN takes together. */
    private static final int BLOCK = 16;

    private ForwardKernelRule() {}

    /** Whether the backward kernel for a convolution (x, filter) is not to be had or trusted. */
    static boolean applies(Ops g, Node n) {
        if (n.channelsFirst() || max(n.list("strides")) > 1) {
            return false;
        }
        if (max(n.list("dilations")) > 1) {
            return !n.op().equals("Conv3D");
        }
        return !isDepthwise(n) && (isMisread(g, n.in(1)) || isPointwise(g, n));
    }

    /**
     * A window of one place: the kernels are as fast as each other, and the forward one is right.
     */
    private static boolean isPointwise(Ops g, Node n) {
        return StaticShape.ofWeight(g.graph(), n.in(1))
                .map(shape -> Arrays.stream(shape).limit(shape.length - 2).allMatch(e -> e == 1))
                .orElse(false);
    }

    /**
     * Whether oneDNN's backward kernel may be wrong.
     *
     * @param filter [window…, in, out]
     */
    public static boolean isMisread(Ops g, Output filter) {
        return StaticShape.ofWeight(g.graph(), filter)
                .map(shape -> (shape[shape.length - 2] + BLOCK - 1) / BLOCK)
                .map(blocks -> blocks > 1 && blocks % 2 == 1)
                .orElse(true);
    }

    private static boolean isDepthwise(Node n) {
        return n.op().equals("DepthwiseConv2dNative");
    }

    private static long max(long[] values) {
        return Arrays.stream(values).max().orElse(1);
    }

    static Output pullback(Ops g, Node n, Output dy) {
        boolean lone = StaticShape.ofWeight(g.graph(), n.in(1)).filter(f -> f[2] == 1).isPresent();
        return isDepthwise(n) || n.op().equals("Conv2D") && lone
                ? channelByChannel(g, n, dy)
                : convolved(g, n, n.op(), n.in(1), dy);
    }

    /**
     * The transposed convolution.
     *
     * @param n has the attributes of the convolution
     * @param op the convolution
     * @param filter of the convolution
     * @param dy of the convolution's result
     */
    public static Output convolved(Ops g, Node n, String op, Output filter, Output dy) {
        Output flipped = flipped(g, filter, space(n));
        boolean whole =
                n.op().equals(op)
                        && StaticShape.ofWeight(g.graph(), filter)
                                .filter(f -> ImageChannels.meetAll(g.graph(), n.in(0), f))
                                .isPresent();
        if (whole) {
            return emit(g, n, op, swapped(g, flipped, space(n)), filter, dy);
        }
        // The channels of the result, for the number of groups.
        Output in = n.op().equals(op) ? g.shape(n.in(0)) : n.in(0);
        return emit(g, n, op, transposed(g, flipped, in, space(n)), filter, dy);
    }

    private static int space(Node n) {
        return n.text("data_format").length() - 2;
    }

    private static Output emit(Ops g, Node n, String op, Output flipped, Output filter, Output dy) {
        Optional<long[]> known = StaticShape.ofWeight(g.graph(), filter);
        boolean same =
                n.text("padding").equals("SAME")
                        && known.isPresent()
                        && IntStream.range(0, space(n)).allMatch(i -> known.get()[i] % 2 == 1);
        return g.emit(
                op,
                List.of(same ? dy : padded(g, n, filter, dy), flipped),
                "strides",
                n.attr("strides"),
                "padding",
                same ? "SAME" : "VALID",
                "dilations",
                n.attr("dilations"));
    }

    private static Output padded(Ops g, Node n, Output filter, Output dy) {
        int space = space(n);
        long[] dilations = n.list("dilations");
        Optional<long[]> known = StaticShape.ofWeight(g.graph(), filter);
        if (known.isPresent() && !n.text("padding").equals("EXPLICIT")) {
            return padded(g, dy, paddings(known.get(), dilations, n.text("padding")));
        }
        int[] steps = IntStream.range(0, space).map(i -> (int) dilations[i + 1]).toArray();
        int[] ones = new int[space];
        Arrays.fill(ones, 1);
        Output window = g.slice(g.shape(filter), 0, space);
        Output reach = g.mul(g.sub(window, g.vector(ones)), g.vector(steps));
        Output low = before(g, n, reach);
        Output high = after(g, n, reach);
        Output before = g.concat(g.vector(0), g.sub(reach, low), g.vector(0));
        Output after = g.concat(g.vector(0), g.sub(reach, high), g.vector(0));
        return g.emit("Pad", dy, g.emit("Pack", List.of(before, after), "axis", 1));
    }

    /** Low and high end of each axis in turn. */
    private static int[] paddings(long[] filter, long[] dilations, String padding) {
        int[] paddings = new int[2 * filter.length];
        for (int axis = 1; axis < filter.length - 1; axis++) {
            int reach = (int) ((filter[axis - 1] - 1) * dilations[axis]);
            int low = padding.equals("SAME") ? reach / 2 : 0;
            int high = padding.equals("SAME") ? reach - low : 0;
            paddings[2 * axis] = reach - low;
            paddings[2 * axis + 1] = reach - high;
        }
        return paddings;
    }

    private static Output padded(Ops g, Output dy, int... paddings) {
        return Arrays.stream(paddings).allMatch(p -> p == 0)
                ? dy
                : g.emit("Pad", dy, g.reshape(g.vector(paddings), g.vector(-1, 2)));
    }

    /** How far the forward convolution padded space at the low end. */
    private static Output before(Ops g, Node n, Output reach) {
        return switch (n.text("padding")) {
            case "SAME" -> g.emit("FloorDiv", reach, g.scalar(2));
            case "EXPLICIT" -> explicit(g, n, 0);
            default -> g.mul(reach, g.scalar(0));
        };
    }

    private static Output after(Ops g, Node n, Output reach) {
        return switch (n.text("padding")) {
            case "SAME" -> g.sub(reach, before(g, n, reach));
            case "EXPLICIT" -> explicit(g, n, 1);
            default -> g.mul(reach, g.scalar(0));
        };
    }

    private static Output explicit(Ops g, Node n, int end) {
        long[] pads = n.list("explicit_paddings");
        return g.vector((int) pads[2 + end], (int) pads[4 + end]);
    }

    private static Output flipped(Ops g, Output filter, int space) {
        return g.emit("ReverseV2", filter, g.vector(IntStream.range(0, space).toArray()));
    }

    /** The filter [window…, in, out] as [window…, out, in]. */
    private static Output swapped(Ops g, Output filter, int space) {
        int[] order = IntStream.range(0, space + 2).toArray();
        order[space] = space + 1;
        order[space + 1] = space;
        return g.emit("Transpose", filter, g.vector(order));
    }

    /**
     * The filter [window…, in/groups, out] as [window…, out/groups, in].
     *
     * @param shape of the image
     */
    private static Output transposed(Ops g, Output filter, Output shape, int space) {
        Output extents = g.shape(filter);
        Output window = g.slice(extents, 0, space);
        Output in = g.slice(extents, space, 1);
        Output groups = g.emit("FloorDiv", g.slice(shape, space + 1, 1), in);
        Output out = g.emit("FloorDiv", g.slice(extents, space + 1, 1), groups);
        Output grouped = g.reshape(filter, g.concat(window, in, groups, out));
        int[] order = IntStream.range(0, space + 3).toArray();
        order[space] = space + 2;
        order[space + 2] = space;
        Output swapped = g.emit("Transpose", grouped, g.vector(order));
        return g.reshape(swapped, g.concat(window, out, g.mul(groups, in)));
    }

    /** Where no channel of the result has more than one of the image's: each alone, then summed. */
    private static Output channelByChannel(Ops g, Node n, Output dy) {
        Output window = g.slice(g.shape(n.in(1)), 0, 2);
        Output each =
                g.reshape(flipped(g, n.in(1), 2), g.concat(window, g.vector(-1), g.vector(1)));
        // Only oneDNN's kernel of the depthwise op takes dilations; a network that has them needs
        // it.
        boolean spread = !isDepthwise(n) && max(n.list("dilations")) > 1;
        Output apart =
                spread
                        ? g.emit(
                                "DepthwiseConv2dNative",
                                List.of(padded(g, n, n.in(1), dy), spread(g, n, each, window)),
                                "strides",
                                n.attr("strides"),
                                "padding",
                                "VALID")
                        : emit(g, n, "DepthwiseConv2dNative", each, n.in(1), dy);
        Output shape = g.shape(n.in(0));
        return g.sum(g.reshape(apart, g.concat(shape, g.vector(-1))), g.vector(4));
    }

    /** A filter [window…, channels, 1] with zeros in between instead of dilations. */
    private static Output spread(Ops g, Node n, Output filter, Output window) {
        long[] dilations = n.list("dilations");
        Output one = g.vector(1);
        Output height = g.slice(window, 0, 1);
        Output width = g.slice(window, 1, 1);
        Output channels = g.vector(-1);
        Output apart = g.reshape(filter, g.concat(height, one, width, one, channels));
        int down = (int) dilations[1];
        int across = (int) dilations[2];
        Output none = g.vector(0, 0);
        Output pads =
                g.emit(
                        "Pack",
                        List.of(none, g.vector(0, down - 1), none, g.vector(0, across - 1), none));
        Output steps = g.vector(down, across);
        Output grown = g.mul(window, steps);
        Output zeros = g.reshape(g.emit("Pad", apart, pads), g.concat(grown, channels, one));
        Output extent = g.sub(grown, g.vector(down - 1, across - 1));
        Output all = g.vector(-1, -1);
        return g.emit("Slice", List.of(zeros, g.vector(0, 0, 0, 0), g.concat(extent, all)));
    }
}
