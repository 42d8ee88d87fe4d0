/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import sc.fiji.attribution.graph.ir.ImageChannels;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * Input gradient of a strided convolution with very few input channels, such as the first layer of
 * a ResNet, whose stock kernel takes a seventh of forward and backward pass together.
 *
 * <p>Along one axis, with stride s, padding p at the low end and the filter w of extent K, voxel
 * s·q + r − p of the gradient is Σₘ dy[q − m]·w[s·m + r]: for each r < s a convolution of dy of
 * stride 1 whose filter has every s-th element of w. All r are channels of one convolution, and are
 * moved into space then.
 */
final class NarrowStridedRule {

    /** Beyond this the stock kernel is as fast. */
    private static final int MOST_CHANNELS = 4;

    private NarrowStridedRule() {}

    /** Whether it applies: strided, no dilation, few input channels that are all convolved. */
    static boolean applies(Ops g, Node n) {
        boolean image = n.op().equals("Conv2D") || n.op().equals("Conv3D");
        if (!image
                || n.channelsFirst()
                || Arrays.stream(n.list("dilations")).anyMatch(d -> d > 1)
                || Arrays.stream(n.list("strides")).allMatch(s -> s == 1)) {
            return false;
        }
        Optional<long[]> filter = StaticShape.ofWeight(g.graph(), n.in(1));
        return filter.isPresent() && fits(g, n, filter.get());
    }

    private static boolean fits(Ops g, Node n, long[] filter) {
        int space = filter.length - 2;
        long channels = filter[space];
        long[] strides = n.list("strides");
        boolean explicit = n.text("padding").equals("EXPLICIT");
        long[] pads = explicit ? n.list("explicit_paddings") : new long[2 * filter.length];
        for (int a = 0; a < space; a++) {
            boolean far = Math.max(pads[2 + 2 * a], pads[3 + 2 * a]) >= filter[a];
            if (strides[a + 1] > filter[a] || far) {
                return false;
            }
        }
        return channels <= MOST_CHANNELS
                && filter[space + 1] >= 2 * channels
                && ImageChannels.meetAll(g.graph(), n.in(0), filter);
    }

    static Output pullback(Ops g, Node n, Output dy) {
        int[] filter = ints(StaticShape.ofWeight(g.graph(), n.in(1)).orElseThrow());
        int space = filter.length - 2;
        int[] window = Arrays.copyOf(filter, space);
        int[] strides = Arrays.copyOfRange(ints(n.list("strides")), 1, space + 1);
        int[] taps =
                IntStream.range(0, space)
                        .map(a -> (window[a] + strides[a] - 1) / strides[a])
                        .toArray();
        Output extents = g.slice(g.shape(n.in(0)), 1, space);
        Output low = low(g, n, dy, extents, window, strides);
        Output last = g.add(g.sub(extents, ones(g, space)), low);
        Output coarse = g.add(g.emit("FloorDiv", last, g.vector(strides)), ones(g, space));

        Output more = g.sub(coarse, g.slice(g.shape(dy), 1, space));
        Output reach = g.vector(Arrays.stream(taps).map(tap -> tap - 1).toArray());
        Output before = g.concat(g.vector(0), reach, g.vector(0));
        Output after = g.concat(g.vector(0), more, g.vector(0));
        // What the channels are does not show in the paddings.
        long[] wide = LongStream.generate(() -> -1).limit(space + 2).toArray();
        wide[space + 1] = filter[space + 1];
        Output padded =
                g.ensureShape(
                        g.emit("Pad", dy, g.emit("Pack", List.of(before, after), "axis", 1)), wide);
        Output phases =
                g.emit(
                        n.op(),
                        List.of(padded, kernel(g, n.in(1), filter, strides, taps)),
                        "strides",
                        Ops.list(LongStream.generate(() -> 1).limit(space + 2).toArray()),
                        "padding",
                        "VALID");
        Output fine = toSpace(g, phases, coarse, strides, filter[space]);
        Output begin = g.concat(g.vector(0), low, g.vector(0));
        return g.emit("Slice", fine, begin, g.shape(n.in(0)));
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    private static Output ones(Ops g, int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return g.vector(ones);
    }

    /** How far the convolution padded space at the low end. */
    private static Output low(
            Ops g, Node n, Output dy, Output extents, int[] window, int[] strides) {
        int space = window.length;
        return switch (n.text("padding")) {
            case "SAME" -> {
                Output steps = g.sub(g.slice(g.shape(dy), 1, space), ones(g, space));
                Output covered = g.add(g.mul(steps, g.vector(strides)), g.vector(window));
                Output all = g.emit("Maximum", g.sub(covered, extents), g.vector(new int[space]));
                yield g.emit("FloorDiv", all, g.scalar(2));
            }
            case "EXPLICIT" -> {
                long[] pads = n.list("explicit_paddings");
                yield g.vector(IntStream.range(1, space + 1).map(a -> (int) pads[2 * a]).toArray());
            }
            default -> g.vector(new int[space]);
        };
    }

    /** [taps…, out, strides…·in] from the filter [window…, in, out]. */
    private static Output kernel(Ops g, Output filter, int[] shape, int[] strides, int[] taps) {
        int space = strides.length;
        int in = shape[space];
        int out = shape[space + 1];
        int[] paddings = new int[2 * (space + 2)];
        int[] apart = new int[2 * space + 2];
        int[] order = new int[2 * space + 2];
        int[] whole = new int[space + 2];
        int[] mirrored = new int[space];
        whole[space + 1] = in;
        for (int a = 0; a < space; a++) {
            paddings[2 * a + 1] = taps[a] * strides[a] - shape[a];
            apart[2 * a] = taps[a];
            apart[2 * a + 1] = strides[a];
            mirrored[a] = 2 * a;
            order[a] = 2 * a;
            order[space + 1 + a] = 2 * a + 1;
            whole[a] = taps[a];
            whole[space + 1] *= strides[a];
        }
        apart[2 * space] = in;
        apart[2 * space + 1] = out;
        order[space] = 2 * space + 1;
        order[2 * space + 1] = 2 * space;
        whole[space] = out;
        Output full = g.emit("Pad", filter, g.reshape(g.vector(paddings), g.vector(space + 2, 2)));
        Output split = g.reshape(full, g.vector(apart));
        Output turned = g.emit("ReverseV2", split, g.vector(mirrored));
        return g.reshape(g.emit("Transpose", turned, g.vector(order)), g.vector(whole));
    }

    /** [b, coarse…, strides…·c] to [b, coarse·strides…, c]. */
    private static Output toSpace(
            Ops g, Output phases, Output coarse, int[] strides, int channels) {
        int space = strides.length;
        Output batch = g.slice(g.shape(phases), 0, 1);
        Output split =
                g.reshape(phases, g.concat(batch, coarse, g.vector(strides), g.vector(channels)));
        int[] order = new int[2 * space + 2];
        for (int a = 0; a < space; a++) {
            order[1 + 2 * a] = 1 + a;
            order[2 + 2 * a] = 1 + space + a;
        }
        order[2 * space + 1] = 2 * space + 1;
        Output mixed = g.emit("Transpose", split, g.vector(order));
        Output fine = g.mul(coarse, g.vector(strides));
        return g.reshape(mixed, g.concat(batch, fine, g.vector(channels)));
    }
}
