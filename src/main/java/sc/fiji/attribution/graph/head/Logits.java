/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.head;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Where a graph's logits are, and what closes it.
 *
 * @param output the tensor that holds the logits, or the probabilities if they are closed by {@link
 *     Closing#PROBABILITY}
 * @param closing what makes the scores of them
 * @param scores what the network puts out
 * @param orders of axes that stand between the closing and the scores, in order of computation
 * @param reshaped whether the scores may have another shape than the logits
 */
public record Logits(
        Output output, Closing closing, Output scores, List<Output> orders, boolean reshaped) {

    public Logits {
        orders = List.copyOf(orders);
    }

    /** Op that closes a network to what it does. */
    private static final Map<String, Closing> CLOSING =
            Map.of(
                    "Softmax", Closing.SOFTMAX,
                    "LogSoftmax", Closing.SOFTMAX,
                    "Sigmoid", Closing.SIGMOID);

    /** By how much constants in single precision may miss. */
    private static final double ROUNDING = 1e-5;

    /** The scores themselves, whatever closes them. */
    public static Logits none(Output scores) {
        return new Logits(scores, Closing.NONE, scores, List.of(), false);
    }

    /** The same logits at another place. */
    public Logits at(Output place) {
        return new Logits(place, closing, scores, orders, reshaped);
    }

    /** Walks up from the scores to the input of the closing softmax or sigmoid. */
    public static Logits find(Graph graph, Output scores) {
        return find(graph, scores, false);
    }

    /**
     * The same of a map of scores, whose classes may have been brought to another axis behind the
     * closing.
     */
    public static Logits ofMap(Graph graph, Output scores) {
        Logits found = find(graph, scores, true);
        boolean unclear = found.reshaped && !found.orders.isEmpty();
        return unclear ? new Logits(scores, Closing.PROBABILITY, scores, List.of(), false) : found;
    }

    /** The logits in the shape, and the order of axes, of the scores. */
    public Output inPlace(Ops ops) {
        Output at = output;
        for (Output order : orders) {
            at = ops.emit("Transpose", at, order);
        }
        return reshaped ? ops.reshapeLike(at, scores) : at;
    }

    private static Logits find(Graph graph, Output scores, boolean map) {
        Output at = scores;
        List<Output> orders = new ArrayList<>();
        boolean reshaped = false;
        while (true) {
            NodeDef node = graph.node(at);
            if (CLOSING.containsKey(node.getOp())) {
                return new Logits(
                        Graph.inputs(node).get(0),
                        CLOSING.get(node.getOp()),
                        scores,
                        orders,
                        reshaped);
            }
            Optional<SpelledOutSoftmax.Found> byHand = SpelledOutSoftmax.find(graph, at);
            if (byHand.isPresent()) {
                return new Logits(
                        byHand.get().logits(), byHand.get().closing(), scores, orders, reshaped);
            }
            boolean turns = map && node.getOp().equals("Transpose");
            if (!turns && !isTransparent(graph, node)) {
                return new Logits(scores, other(graph, at), scores, List.of(), false);
            }
            if (turns) {
                orders.add(0, Graph.inputs(node).get(1));
            }
            reshaped |= map && isReshaping(node);
            at = Graph.inputs(node).get(node.getOp().equals("IdentityN") ? at.index() : 0);
        }
    }

    /** What closes scores that are no softmax or sigmoid of anything. */
    private static Closing other(Graph graph, Output scores) {
        Optional<ValueRange> share = share(graph, scores);
        if (share.isPresent()) {
            return share.get().isWithin(ValueRange.SHARE, ROUNDING)
                    ? Closing.PROBABILITY
                    : Closing.NUMBER;
        }
        if (SpelledOutSoftmax.isShares(graph, scores)) {
            return Closing.PROBABILITY;
        }
        NodeDef node = graph.node(scores);
        // The logarithm of a probability is as good as a logit.
        boolean function = OpTable.is(node, Trait.FUNCTION) && !node.getOp().startsWith("Log");
        return function ? Closing.NUMBER : Closing.NONE;
    }

    static boolean isTransparent(Graph graph, NodeDef node) {
        boolean castsFloats =
                OpTable.is(node, Trait.CASTS)
                        && Ops.isFloating(graph.type(Graph.inputs(node).get(0)));
        return castsFloats || OpTable.is(node, Trait.KEEPS_ORDER);
    }

    private static boolean isReshaping(NodeDef node) {
        return OpTable.is(node, Trait.KEEPS_ORDER)
                && !OpTable.is(node, Trait.ELEMENTWISE)
                && !OpTable.is(node, Trait.JOINS);
    }

    /**
     * Between which numbers scores lie that are made of a softmax or sigmoid, without weights in
     * between: a mean over voxels, a clipped or renormalised product. A logarithm of such is a
     * score itself, and what a softmax weighs is none unless it is one as well. What the constants
     * in between take beyond 0 to 1, such as a percentage, is a number.
     */
    private static Optional<ValueRange> share(Graph graph, Output scores) {
        ValueRange.Finder constants = new ValueRange.Finder(graph);
        Map<String, ValueRange> shares = new HashMap<>();
        List<String> made =
                Topology.ancestors(
                        List.of(scores.node()),
                        name -> endsProbability(graph, name) ? List.of() : sources(graph, name));
        Map<String, List<NodeDef>> readers =
                Graph.consumers(made.stream().map(graph::node).toList());
        for (String name : made) {
            NodeDef node = graph.node(name);
            if (CLOSING.containsKey(node.getOp())) {
                if (!node.getOp().equals("LogSoftmax")
                        && !isGate(node, readers.getOrDefault(name, List.of()), graph)) {
                    shares.put(name, ValueRange.SHARE);
                }
            } else if (!endsProbability(graph, name)) {
                shareOf(graph, node, shares, constants).ifPresent(in -> shares.put(name, in));
            }
        }
        return Optional.ofNullable(shares.get(scores.node()));
    }

    /** Between which numbers a share is that a node makes of others; empty where it makes none. */
    private static Optional<ValueRange> shareOf(
            Graph graph,
            NodeDef node,
            Map<String, ValueRange> shares,
            ValueRange.Finder constants) {
        List<Output> inputs = Graph.inputs(node);
        boolean product = OpTable.is(node, Trait.PRODUCT);
        if (inputs.stream().noneMatch(in -> shares.containsKey(in.node()))
                || product && !inputs.stream().allMatch(in -> isShare(graph, in, shares))) {
            return Optional.empty();
        }
        boolean arithmetic = ValueRange.isArithmetic(node.getOp());
        List<ValueRange> known = new ArrayList<>();
        for (Output in : inputs) {
            Optional<ValueRange> share = Optional.ofNullable(shares.get(in.node()));
            if (share.isPresent() || arithmetic) {
                known.add(share.or(() -> constants.range(in)).orElse(ValueRange.SHARE));
            }
        }
        // A share of a sum of shares is one.
        boolean renormalised =
                OpTable.is(node, Trait.QUOTIENT) && shares.containsKey(inputs.get(1).node());
        return Optional.of(
                renormalised
                        ? ValueRange.SHARE
                        : ValueRange.of(node.getOp(), known)
                                .orElseGet(() -> ValueRange.hull(known)));
    }

    private static boolean endsProbability(Graph graph, String name) {
        NodeDef node = graph.node(name);
        return OpTable.is(node, Trait.WEIGHTED_SUM)
                || node.getOp().equals("Log")
                || CLOSING.containsKey(node.getOp());
    }

    private static List<String> sources(Graph graph, String name) {
        return Graph.inputs(graph.node(name)).stream().map(Output::node).toList();
    }

    /** A factor that leaves a probability one: another, a number, a mask. */
    private static boolean isShare(Graph graph, Output factor, Map<String, ValueRange> shares) {
        NodeDef node = graph.node(factor);
        return shares.containsKey(factor.node())
                || node.getOp().equals("Const")
                || OpTable.is(node, Trait.CASTS)
                        && !Ops.isFloating(graph.type(Graph.inputs(node).get(0)));
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
