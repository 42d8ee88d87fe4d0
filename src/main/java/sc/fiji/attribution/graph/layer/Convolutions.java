/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/** Which layers are convolutions, by what computes their activations. */
final class Convolutions {

    /** What gives a grid of another size, or mixes places or channels anew. */
    private static final Pattern OTHER_GRID =
            Pattern.compile(
                    "(Max|Avg)Pool.*|Resize.*|DepthToSpace|SpaceToDepth|(Strided)?Slice|SplitV?"
                            + "|Pad(V2)?|MirrorPad|(Batch)?MatMul(V[23])?|Einsum|Concat(V2)?"
                            + "|Gather.*|Pack|Tile|BroadcastTo");

    private Convolutions() {}

    /**
     * Whether activations are those of one convolution of the layer, with its bias, normalisation
     * and activation at most. A block that goes on with pooling, or adds another path, is none.
     *
     * @param output what holds the activations
     * @param members the layer's nodes
     * @param path names of the nodes that hand the image's values on
     */
    static boolean endIn(NodeDef output, List<NodeDef> members, Graph graph, Set<String> path) {
        Set<String> inside = new HashSet<>(Set.of(output.getName()));
        members.forEach(node -> inside.add(node.getName()));
        Set<String> found = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Deque<NodeDef> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            NodeDef node = open.pop();
            if (!seen.add(node.getName())) {
                continue;
            }
            boolean convolution = OpTable.is(node.getOp(), Trait.CONVOLUTION);
            if (convolution) {
                found.add(node.getName());
                continue;
            }
            boolean handsOn = node.getOp().equals("BatchToSpaceND");
            if (!handsOn && !inside.contains(node.getName())
                    || OTHER_GRID.matcher(node.getOp()).matches()) {
                return false;
            }
            for (Output input : Graph.inputs(node)) {
                if (path.contains(input.node())) {
                    open.push(graph.node(input));
                }
            }
        }
        return found.size() == 1 && inside.containsAll(found);
    }
}
