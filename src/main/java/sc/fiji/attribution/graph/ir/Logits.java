/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Where a graph's logits are, and what closes it.
 *
 * @param output the tensor that holds the logits, or the probabilities if {@code closing} is {@link
 *     #PROBABILITY}
 * @param closing {@link #SOFTMAX}, {@link #SIGMOID}, {@link #PROBABILITY}, or empty where the
 *     scores themselves are the logits
 */
public record Logits(Output output, String closing) {

    public static final String SOFTMAX = "Softmax";
    public static final String SIGMOID = "Sigmoid";

    /** The scores are probabilities, but not the softmax or sigmoid of anything. */
    public static final String PROBABILITY = "Probability";

    /** Op that closes a network to what it does. */
    private static final Map<String, String> CLOSING =
            Map.of("Softmax", SOFTMAX, "LogSoftmax", SOFTMAX, "Sigmoid", SIGMOID);

    /** Walks up from the scores to the input of the closing softmax or sigmoid. */
    public static Logits find(Graph graph, Output scores) {
        Output at = scores;
        while (true) {
            NodeDef node = graph.node(at);
            if (CLOSING.containsKey(node.getOp())) {
                return new Logits(Graph.inputs(node).get(0), CLOSING.get(node.getOp()));
            }
            Optional<Logits> byHand = SpelledOutSoftmax.find(graph, at);
            if (byHand.isPresent()) {
                return byHand.get();
            }
            if (!isTransparent(graph, node)) {
                return new Logits(scores, isProbability(graph, at) ? PROBABILITY : "");
            }
            at = Graph.inputs(node).get(node.getOp().equals("IdentityN") ? at.index() : 0);
        }
    }

    static boolean isTransparent(Graph graph, NodeDef node) {
        boolean castsFloats =
                OpTable.is(node, Trait.CASTS)
                        && Ops.isFloating(graph.type(Graph.inputs(node).get(0)));
        return castsFloats || OpTable.is(node, Trait.KEEPS_ORDER);
    }

    /**
     * Whether scores are made of a softmax or sigmoid, without weights in between: a mean over
     * voxels, a clipped or renormalised product.
     */
    private static boolean isProbability(Graph graph, Output scores) {
        List<String> made =
                Topology.ancestors(
                        List.of(scores.node()),
                        name ->
                                OpTable.is(graph.node(name), Trait.WEIGHTED_SUM)
                                                || CLOSING.containsKey(graph.node(name).getOp())
                                        ? List.of()
                                        : Graph.inputs(graph.node(name)).stream()
                                                .map(Output::node)
                                                .toList());
        Map<String, List<NodeDef>> readers =
                Graph.consumers(made.stream().map(graph::node).toList());
        return made.stream()
                .map(graph::node)
                .filter(node -> CLOSING.containsKey(node.getOp()))
                .anyMatch(
                        node ->
                                !isGate(
                                        node,
                                        readers.getOrDefault(node.getName(), List.of()),
                                        graph));
    }

    /** x·sigmoid(x) and x·sigmoid(βx) are activations. */
    private static boolean isGate(NodeDef sigmoid, List<NodeDef> readers, Graph graph) {
        Output gated = Graph.inputs(sigmoid).get(0);
        Set<Output> arguments = new HashSet<>(Graph.inputs(graph.node(gated)));
        arguments.add(gated);
        return sigmoid.getOp().equals("Sigmoid")
                && readers.stream()
                        .allMatch(
                                reader ->
                                        reader.getOp().equals("Mul")
                                                && Graph.inputs(reader).stream()
                                                        .anyMatch(arguments::contains));
    }
}
