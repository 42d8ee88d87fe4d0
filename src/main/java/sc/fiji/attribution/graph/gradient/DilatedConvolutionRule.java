/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.List;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Input gradient of a dilated {@code Conv2D} of stride 1: dy, padded to where the filter reaches,
 * convolved with the flipped filter at the same dilation.
 *
 * <p>TensorFlow's {@code Conv2DBackpropInput} takes no dilation on the CPU but with oneDNN, which
 * macOS builds lack; the forward convolution runs everywhere.
 */
final class DilatedConvolutionRule {

    private DilatedConvolutionRule() {}

    static boolean applies(Node n) {
        return !n.channelsFirst() && max(n.list("dilations")) > 1 && max(n.list("strides")) == 1;
    }

    private static long max(long[] values) {
        long max = 1;
        for (long value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    static Output pullback(Ops g, Node n, Output dy) {
        long[] dilations = n.list("dilations");
        Output window = g.slice(g.shape(n.in(1)), 0, 2);
        Output reach =
                g.mul(
                        g.sub(window, g.vector(1, 1)),
                        g.vector((int) dilations[1], (int) dilations[2]));
        Output before = g.concat(g.vector(0), g.sub(reach, before(g, n, reach)), g.vector(0));
        Output after = g.concat(g.vector(0), g.sub(reach, after(g, n, reach)), g.vector(0));
        Output padded = g.emit("Pad", dy, g.emit("Pack", List.of(before, after), "axis", 1));
        return g.emit(
                "Conv2D",
                List.of(padded, transposed(g, n)),
                "strides",
                n.attr("strides"),
                "padding",
                "VALID",
                "dilations",
                n.attr("dilations"));
    }

    /** How far the forward convolution padded [y, x] at the low end. */
    private static Output before(Ops g, Node n, Output reach) {
        long[] explicit = n.list("explicit_paddings");
        return switch (n.text("padding")) {
            case "SAME" -> g.emit("FloorDiv", reach, g.scalar(2));
            case "EXPLICIT" -> g.vector((int) explicit[2], (int) explicit[4]);
            default -> g.vector(0, 0);
        };
    }

    private static Output after(Ops g, Node n, Output reach) {
        long[] explicit = n.list("explicit_paddings");
        return switch (n.text("padding")) {
            case "SAME" -> g.sub(reach, before(g, n, reach));
            case "EXPLICIT" -> g.vector((int) explicit[3], (int) explicit[5]);
            default -> g.vector(0, 0);
        };
    }

    /**
     * The filter [y, x, in/groups, out], flipped along y and x, as [y, x, out/groups, in]. With one
     * group that is a transposition.
     */
    private static Output transposed(Ops g, Node n) {
        Output filter = n.in(1);
        Output shape = g.shape(filter);
        Output window = g.slice(shape, 0, 2);
        Output in = g.slice(shape, 2, 1);
        Output groups = g.emit("FloorDiv", g.slice(g.shape(n.in(0)), 3, 1), in);
        Output out = g.emit("FloorDiv", g.slice(shape, 3, 1), groups);
        Output flipped = g.emit("ReverseV2", filter, g.vector(0, 1));
        Output grouped = g.reshape(flipped, g.concat(window, in, groups, out));
        Output swapped = g.emit("Transpose", grouped, g.vector(0, 1, 4, 3, 2));
        return g.reshape(swapped, g.concat(window, out, g.mul(groups, in)));
    }
}
