/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.List;

/**
 * How a cotangent passes one op backwards: the formula for one input, as nodes.
 *
 * <p>For y = f(x₀, x₁, …) and the cotangents dy of its outputs, a gradient rule returns
 * (∂y/∂xᵢ)ᵀ·dy.
 */
@FunctionalInterface
public interface Rule {

    /**
     * @param g where to add nodes
     * @param node the forward node
     * @param input which of its inputs the cotangent is wanted for
     * @param dy one cotangent for each output of the node
     * @return the cotangent of that input, or {@code null} where none flows
     */
    Output pullback(Ops g, Node node, int input, List<Output> dy);

    /** A rule for an op whose first input alone carries a cotangent. */
    @FunctionalInterface
    interface First {
        Output pullback(Ops g, Node node, Output dy);
    }

    /** The op passes cotangents to its first input; the others must not depend on the image. */
    static Rule first(First rule) {
        return (g, node, input, dy) -> {
            if (input != 0) {
                throw dependent(node, input);
            }
            return rule.pullback(g, node, dy.get(0));
        };
    }

    /** The op passes cotangents to its first and second input, each by a formula of its own. */
    static Rule both(First left, First right) {
        return (g, node, input, dy) -> {
            return switch (input) {
                case 0 -> left.pullback(g, node, dy.get(0));
                case 1 -> right.pullback(g, node, dy.get(0));
                default -> throw dependent(node, input);
            };
        };
    }

    /** An op whose two inputs broadcast with each other. */
    static Rule broadcast(First left, First right) {
        return both(
                (g, n, dy) -> g.unbroadcast(left.pullback(g, n, dy), n.in(0), n.in(1)),
                (g, n, dy) -> g.unbroadcast(right.pullback(g, n, dy), n.in(1), n.in(0)));
    }

    /** A parameter of the op is computed from the image, and there is no formula for that. */
    private static UnsupportedOpException dependent(Node node, int input) {
        return new UnsupportedOpException(
                node,
                "its parameter '"
                        + node.in(input)
                        + "' (input "
                        + input
                        + ") is computed from the image");
    }

    /** A piecewise constant op, or one that is to be held fixed. */
    static Rule none() {
        return (g, node, input, dy) -> null;
    }
}
