/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorflow.proto.TensorShapeProto;

/** How many channels an image of a network has, as far as the way to it shows. */
public final class ImageChannels {

    private static final int FARTHEST = 50;

    private static final Set<String> PADDING = Set.of("Pad", "PadV2", "MirrorPad");

    private ImageChannels() {}

    /**
     * @param image [b, y, x, c] or [b, z, y, x, c]
     * @param rank its axes
     * @return empty where it does not show
     */
    public static OptionalLong of(Graph graph, Output image, int rank) {
        return of(graph, image, rank, rank - 1, new int[] {FARTHEST});
    }

    /**
     * Whether each filter of a convolution is known to read all channels, as all do of volumes.
     *
     * @param filter its shape, [window…, in, out]
     */
    public static boolean meetAll(Graph graph, Output image, long... filter) {
        int rank = filter.length;
        return rank == 5 || of(graph, image, rank).equals(OptionalLong.of(filter[rank - 2]));
    }

    /**
     * @param left nodes that may still be looked at, all ways together
     */
    private static OptionalLong of(Graph graph, Output image, int rank, int axis, int[] left) {
        Node node = Node.of(graph.node(image));
        if (node.is(Trait.FED)) {
            return fed(node, axis);
        }
        if (node.is(Trait.CONVOLUTION)) {
            return axis == rank - 1 && !node.channelsFirst()
                    ? made(graph, node)
                    : OptionalLong.empty();
        }
        if (node.op().equals("EnsureShape")) {
            OptionalLong known = fed(node, axis);
            if (known.isPresent()) {
                return known;
            }
        }
        if (left[0]-- <= 0) {
            return OptionalLong.empty();
        }
        if (node.op().equals("Transpose")) {
            Optional<long[]> order = StaticShape.constant(graph, node.in(1));
            return order.isEmpty()
                    ? OptionalLong.empty()
                    : of(graph, node.in(0), rank, (int) order.get()[axis], left);
        }
        if (node.op().equals("ConcatV2")) {
            return joined(graph, node, rank, axis, left);
        }
        if (node.op().equals("Split")) {
            return parted(graph, node, rank, axis, left);
        }
        if (PADDING.contains(node.op())) {
            return padded(graph, node, rank, axis, left);
        }
        return kept(graph, node, rank, axis, left);
    }

    /** What several inputs have, of which one of a single channel is spread over the others'. */
    private static OptionalLong kept(Graph graph, Node node, int rank, int axis, int[] left) {
        OptionalLong spread = OptionalLong.empty();
        boolean unknown = false;
        for (Output input : node.inputs()) {
            Optional<long[]> weight = StaticShape.ofWeight(graph, input);
            OptionalLong found = OptionalLong.empty();
            if (weight.isEmpty() && keeps(node)) {
                found = of(graph, input, rank, axis, left);
                unknown |= found.isEmpty() && node.is(Trait.ELEMENTWISE);
            } else if (weight.isPresent() && axis == rank - 1 && node.is(Trait.ELEMENTWISE)) {
                found = factors(weight.get());
            }
            if (found.isPresent() && found.getAsLong() > 1) {
                return found;
            }
            spread = found.isPresent() ? found : spread;
        }
        return unknown ? OptionalLong.empty() : spread;
    }

    private static OptionalLong padded(Graph graph, Node node, int rank, int axis, int[] left) {
        OptionalLong before = of(graph, node.in(0), rank, axis, left);
        Optional<long[]> paddings = StaticShape.constant(graph, node.in(1));
        return before.isEmpty() || paddings.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        before.getAsLong()
                                + paddings.get()[2 * axis]
                                + paddings.get()[2 * axis + 1]);
    }

    private static OptionalLong parted(Graph graph, Node node, int rank, int axis, int[] left) {
        Optional<long[]> along = StaticShape.constant(graph, node.in(0));
        OptionalLong whole = of(graph, node.in(1), rank, axis, left);
        if (along.isEmpty() || whole.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean parts = Math.floorMod(along.get()[0], (long) rank) == axis;
        return OptionalLong.of(
                parts ? whole.getAsLong() / node.attr("num_split").getI() : whole.getAsLong());
    }

    /** Of images that are put one behind the other along some axis. */
    private static OptionalLong joined(Graph graph, Node node, int rank, int axis, int[] left) {
        int last = node.inputs().size() - 1;
        Optional<long[]> along = StaticShape.constant(graph, node.in(last));
        if (along.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean channels = Math.floorMod(along.get()[0], (long) rank) == axis;
        long all = 0;
        for (Output part : node.inputs().subList(0, channels ? last : 1)) {
            OptionalLong each = of(graph, part, rank, axis, left);
            if (each.isEmpty()) {
                return each;
            }
            all += each.getAsLong();
        }
        return OptionalLong.of(all);
    }

    /** A weight for each channel. */
    private static OptionalLong factors(long[] weight) {
        long last = weight.length == 0 ? 1 : weight[weight.length - 1];
        return last > 1 ? OptionalLong.of(last) : OptionalLong.empty();
    }

    /** Whether a node makes something of the same channels. */
    private static boolean keeps(Node node) {
        return node.is(Trait.ELEMENTWISE)
                || node.is(Trait.BIAS)
                || node.is(Trait.NORMALISATION)
                || node.is(Trait.POOL)
                || node.op().equals("EnsureShape")
                || node.op().startsWith("Resize")
                || node.op().equals("SpaceToBatchND")
                || node.op().equals("Identity")
                || node.op().equals("Cast");
    }

    private static OptionalLong fed(Node node, int axis) {
        TensorShapeProto shape = node.attr("shape").getShape();
        long extent = axis < shape.getDimCount() ? shape.getDim(axis).getSize() : -1;
        return extent > 0 ? OptionalLong.of(extent) : OptionalLong.empty();
    }

    private static OptionalLong made(Graph graph, Node convolution) {
        Optional<long[]> filter = StaticShape.ofWeight(graph, convolution.in(1));
        if (filter.isEmpty()) {
            return OptionalLong.empty();
        }
        long[] f = filter.get();
        long last = f[f.length - 1];
        return OptionalLong.of(
                convolution.op().equals("DepthwiseConv2dNative")
                        ? f[f.length - 2] * last
                        : convolution.is(Trait.TRANSPOSED) ? f[f.length - 2] : last);
    }
}
