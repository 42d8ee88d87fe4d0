/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.proto.TensorShapeProto;

/** How many channels an image of a network has, as far as the way to it shows. */
public final class ImageChannels {

    private static final int FARTHEST = 50;

    private ImageChannels() {}

    /**
     * @param image [b, y, x, c]
     * @return empty where it does not show
     */
    public static OptionalLong of(Graph graph, Output image) {
        Output at = image;
        int axis = 3;
        for (int i = 0; i < FARTHEST; i++) {
            Node node = Node.of(graph.node(at));
            if (node.is(Trait.FED)) {
                return fed(node, axis);
            }
            if (node.is(Trait.CONVOLUTION)) {
                return axis == 3 && !node.channelsFirst()
                        ? made(graph, node)
                        : OptionalLong.empty();
            }
            if (node.op().equals("Transpose")) {
                Node order = Node.of(graph.node(node.in(1)));
                if (!order.op().equals("Const")) {
                    return OptionalLong.empty();
                }
                axis = (int) Constants.values(order.attr("value").getTensor())[axis];
                at = node.in(0);
                continue;
            }
            Optional<Output> before = same(graph, node);
            if (before.isEmpty()) {
                return OptionalLong.empty();
            }
            at = before.get();
        }
        return OptionalLong.empty();
    }

    /** What a node makes something of the same channels of. */
    private static Optional<Output> same(Graph graph, Node node) {
        boolean keeps =
                node.is(Trait.ELEMENTWISE)
                        || node.is(Trait.BIAS)
                        || node.is(Trait.NORMALISATION)
                        || node.is(Trait.POOL)
                        || node.op().equals("Pad")
                        || node.op().equals("SpaceToBatchND")
                        || node.op().equals("Identity")
                        || node.op().equals("Cast");
        return node.inputs().stream()
                .filter(input -> keeps && StaticShape.ofWeight(graph, input).isEmpty())
                .findFirst();
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
