/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Where the channel axis of values lies: convolutions and their like say it, transposes move it,
 * and all else leaves it where it was. Neither names nor marks of a file are asked.
 */
final class ChannelOrder {

    private final Graph graph;
    private final boolean ofImage;
    private final Map<String, Boolean> first = new HashMap<>();

    /**
     * @param ofImage whether the image has its channels before space
     * @param path nodes that hand the image's values on, in order of computation
     */
    ChannelOrder(Graph graph, Output image, boolean ofImage, List<NodeDef> path) {
        this.graph = graph;
        this.ofImage = ofImage;
        first.put(image.node(), ofImage);
        path.forEach(node -> first.put(node.getName(), of(Node.of(node))));
    }

    /** Whether a node of the path has its channels before space. */
    boolean isFirst(NodeDef node) {
        return first.get(node.getName());
    }

    private boolean of(Node node) {
        boolean says =
                node.is(Trait.CONVOLUTION) || node.is(Trait.POOL) || node.is(Trait.NORMALISATION);
        if (says) {
            return node.channelsFirst();
        }
        if (node.is(Trait.REDUCTION) && !node.flag("keep_dims")) {
            // What has lost its axes of space gets new ones in the order of the author.
            return ofImage;
        }
        boolean before =
                node.inputs().stream()
                        .filter(input -> first.containsKey(input.node()))
                        .findFirst()
                        .map(input -> first.get(input.node()))
                        .orElse(ofImage);
        return node.op().equals("Transpose") ? moved(node, before) : before;
    }

    private boolean moved(Node transpose, boolean before) {
        Optional<long[]> order = StaticShape.constant(graph, transpose.in(1));
        if (order.isEmpty()) {
            return before;
        }
        int rank = order.get().length;
        long channels = before ? 1 : rank - 1;
        boolean front = rank > 2 && order.get()[1] == channels;
        boolean behind = rank > 2 && order.get()[rank - 1] == channels;
        return front || before && !behind;
    }
}
