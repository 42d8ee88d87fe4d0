/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.head;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Softmax and sigmoid as people write them out: exp(z − max z) / Σ exp(z − max z), with or without
 * the maximum, exp(log-softmax z), and 1 / (1 + exp(−z)).
 */
final class SpelledOutSoftmax {

    private final Graph graph;
    private final ValueRange.Finder ranges;

    private SpelledOutSoftmax(Graph graph) {
        this.graph = graph;
        this.ranges = new ValueRange.Finder(graph);
    }

    /**
     * @param logits what is closed
     * @param name of the op that does the same
     */
    record Found(Output logits, Closing closing) {}

    /** The logits behind an output that is written so; empty where it is not. */
    static Optional<Found> find(Graph graph, Output at) {
        SpelledOutSoftmax patterns = new SpelledOutSoftmax(graph);
        return patterns.softmax(at).or(() -> patterns.sigmoid(at));
    }

    /**
     * Whether an output is shares of a sum over the classes, of what cannot be negative: evidence,
     * distances, attention.
     */
    static boolean isShares(Graph graph, Output at) {
        SpelledOutSoftmax patterns = new SpelledOutSoftmax(graph);
        NodeDef quotient = graph.node(at);
        if (!OpTable.is(quotient, Trait.QUOTIENT)) {
            return false;
        }
        Output part = patterns.through(Graph.inputs(quotient).get(0));
        Output total = patterns.through(Graph.inputs(quotient).get(1));
        return patterns.is(total, "Sum")
                && patterns.overClasses(total)
                && patterns.through(patterns.input(total, 0)).equals(part)
                && patterns.isNonNegative(part);
    }

    private boolean isNonNegative(Output output) {
        Output at = through(output);
        NodeDef node = graph.node(at);
        boolean keeps =
                OpTable.is(node, Trait.ADDS) && !is(at, "Sub")
                        || OpTable.is(node, Trait.PRODUCT) && OpTable.is(node, Trait.ELEMENTWISE);
        return OpTable.is(node, Trait.NON_NEGATIVE)
                || ranges.range(at).filter(range -> range.low() >= 0).isPresent()
                || keeps && Graph.inputs(node).stream().allMatch(this::isNonNegative);
    }

    private Optional<Found> softmax(Output at) {
        NodeDef quotient = graph.node(at);
        if (is(at, "Exp") && is(through(input(at, 0)), "LogSoftmax")) {
            return Optional.of(new Found(input(through(input(at, 0)), 0), Closing.SOFTMAX));
        }
        if (!OpTable.is(quotient, Trait.QUOTIENT)) {
            return Optional.empty();
        }
        List<Output> parts = Graph.inputs(quotient);
        Output exponential = through(parts.get(0));
        Output total = through(parts.get(1));
        if (!is(exponential, "Exp") || !is(total, "Sum") || !overClasses(total)) {
            return Optional.empty();
        }
        if (!through(input(total, 0)).equals(exponential)) {
            return Optional.empty();
        }
        Output z = through(input(exponential, 0));
        if (is(z, "Sub")) {
            Output max = through(input(z, 1));
            if (is(max, "Max") && through(input(max, 0)).equals(through(input(z, 0)))) {
                z = input(z, 0);
            }
        }
        return Optional.of(new Found(z, Closing.SOFTMAX));
    }

    /** The class axis is the last of two. */
    private boolean overClasses(Output sum) {
        return ranges.value(input(sum, 1)).filter(axis -> axis == -1 || axis == 1).isPresent();
    }

    private Optional<Found> sigmoid(Output at) {
        NodeDef node = graph.node(at);
        List<Output> in = Graph.inputs(node);
        boolean inverse = node.getOp().equals("Reciprocal") || node.getOp().equals("Inv");
        if (!inverse && !(OpTable.is(node, Trait.QUOTIENT) && isOne(in.get(0)))) {
            return Optional.empty();
        }
        Output sum = through(in.get(in.size() - 1));
        if (!OpTable.is(graph.node(sum), Trait.ADDS) || is(sum, "Sub")) {
            return Optional.empty();
        }
        int one = isOne(input(sum, 0)) ? 0 : 1;
        Output exponential = through(input(sum, 1 - one));
        if (!isOne(input(sum, one)) || !is(exponential, "Exp")) {
            return Optional.empty();
        }
        Output negative = through(input(exponential, 0));
        return is(negative, "Neg")
                ? Optional.of(new Found(input(negative, 0), Closing.SIGMOID))
                : Optional.empty();
    }

    private boolean isOne(Output output) {
        return ranges.value(output).filter(value -> value == 1).isPresent();
    }

    private boolean is(Output output, String op) {
        return graph.node(output).getOp().equals(op);
    }

    private Output input(Output output, int index) {
        return Graph.inputs(graph.node(output)).get(index);
    }

    private static boolean handsOn(NodeDef node) {
        return OpTable.is(node, Trait.ELEMENTWISE) && OpTable.is(node, Trait.MOVES);
    }

    /** Past nodes that hand a value on. */
    private Output through(Output output) {
        Output at = output;
        while (handsOn(graph.node(at))) {
            at = input(at, 0);
        }
        return at;
    }
}
