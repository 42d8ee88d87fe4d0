/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.input;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Lets a network begin behind what it does to its input, such as decoding the bytes of an image
 * file: at a layer whose values are fed in its place.
 */
public final class FeedPoint {

    private FeedPoint() {}

    /**
     * Cuts a graph open.
     *
     * @param input where the network begins as it is, for messages
     * @param wanted name of a layer, whose result is fed, or of a node
     * @return a placeholder in place of the layer's result, under its name
     * @throws ModelException with names that are possible, where this one is not
     */
    public static Output cut(
            Graph graph, Output logits, Output input, String wanted, String model) {
        List<NodeDef> sorted = graph.ancestors(List.of(logits.node()));
        String found = null;
        for (NodeDef node : sorted) {
            String name = NodeName.of(node.getName());
            boolean named = name.equals(wanted) || node.getName().equals(wanted);
            if (isReal(node) && (named || name.startsWith(wanted + "/"))) {
                found = node.getName();
            }
            if (named && isReal(node)) {
                break;
            }
        }
        if (found == null) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' has no layer '"
                            + wanted
                            + "' to feed the image to (feed="
                            + wanted
                            + ")"
                            + first(graph, logits, input)
                                    .map(name -> "; try feed=" + name)
                                    .orElse("")
                            + ".");
        }
        Output output = new Output(found, 0);
        AttrValue type = AttrValue.newBuilder().setType(graph.type(output)).build();
        graph.put(
                NodeDef.newBuilder()
                        .setName(found)
                        .setOp("Placeholder")
                        .putAttr("dtype", type)
                        .build());
        return output;
    }

    /** The first real numbers that are computed from an input. */
    public static Optional<String> first(Graph graph, Output logits, Output input) {
        List<NodeDef> sorted = graph.ancestors(List.of(logits.node()));
        Set<String> reached = graph.descendants(input.node(), sorted);
        return sorted.stream()
                .filter(node -> reached.contains(node.getName()) && isReal(node))
                .filter(node -> !node.getName().equals(input.node()))
                .map(node -> NodeName.of(node.getName()))
                .findFirst();
    }

    private static boolean isReal(NodeDef node) {
        return OpRegistry.outputTypes(node).size() == 1
                && Ops.isFloating(OpRegistry.outputTypes(node).get(0));
    }
}
