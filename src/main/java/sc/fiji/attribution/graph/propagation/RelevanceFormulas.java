/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.LrpRule;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.layer.LinearLayer;

/**
 * The relevance of a layer's inputs x from that of its outputs z = Wx + b; see {@link LrpRule} for
 * what each formula is. For inputs of either sign, as in Andéol et al. 2021.
 */
final class RelevanceFormulas {

    private static final List<Trait> SIGN_KEEPING =
            List.of(Trait.KEEPS_SIGN, Trait.MOVES, Trait.JOINS, Trait.PARTS, Trait.CASTS);

    private final Ops g;
    private final LinearLayer layer;
    private final Output x;
    private final Output weights;
    private final Output relevance;

    private RelevanceFormulas(Ops g, LinearLayer layer, Output relevance) {
        this.g = g;
        this.layer = layer;
        this.x = layer.input();
        this.weights = layer.weights();
        this.relevance = relevance;
    }

    static Output share(Ops g, LinearLayer layer, Output relevance, LrpRule rule) {
        RelevanceFormulas of = new RelevanceFormulas(g, layer, relevance);
        return switch (rule.kind()) {
            case EPSILON -> of.epsilon(rule.first());
            case GAMMA -> of.gamma(rule.first());
            case ALPHABETA -> of.alphaBeta(rule.first(), rule.second());
            case BOX -> of.box(rule.first(), rule.second());
            case WSQUARE -> of.byWeights(g.emit("Square", of.weights));
            case FLAT -> of.byWeights(g.onesLike(of.weights));
            case PASS -> of.pass();
            case WINNER, AVERAGE -> throw new IllegalArgumentException(rule.toString());
        };
    }

    /** r / (z + ε·sign z), where 0 counts as positive; 0 where both z and ε are. */
    static Output normalised(Ops g, Output r, Output z, double epsilon) {
        if (epsilon == 0) {
            return g.emit("DivNoNan", r, z);
        }
        Output positive = g.emit("GreaterEqual", z, g.scalar(0.0, z));
        Output e = g.scalar(epsilon, z);
        return g.div(r, g.add(z, g.emit("SelectV2", positive, e, g.neg(e))));
    }

    private Output normalised(Output r, Output z) {
        return normalised(g, r, z, LrpRule.STABILISER);
    }

    private Output epsilon(double epsilon) {
        Output s = normalised(g, relevance, layer.output(), epsilon);
        return g.mul(x, layer.backward(g, weights, s));
    }

    private Output gamma(double gamma) {
        UnaryOperator<Output> up = w -> g.add(w, g.mul(positive(w), gamma));
        UnaryOperator<Output> down = w -> g.add(w, g.mul(negative(w), gamma));
        Output zero = g.scalar(0.0, relevance);
        Output rising = g.where(g.emit("Greater", layer.output(), zero), relevance);
        Output falling = g.where(g.emit("Less", layer.output(), zero), relevance);
        return ofInputs(
                g.add(
                        part(up, down, 0, z -> normalised(rising, z), 1),
                        part(down, up, 0, z -> normalised(falling, z), 1)));
    }

    private Output alphaBeta(double alpha, double beta) {
        // No contribution of a part has the other sign, so neither has their sum.
        double e = LrpRule.STABILISER;
        UnaryOperator<Output> perContribution = z -> g.div(relevance, z);
        Output parts = part(this::positive, this::negative, e, perContribution, alpha);
        if (beta != 0) {
            parts = g.add(parts, part(this::negative, this::positive, -e, perContribution, -beta));
        }
        return ofInputs(parts);
    }

    /** From what {@link #part} gives, which for inputs of one sign is the relevance of a unit. */
    private Output ofInputs(Output parts) {
        return isNonNegative(x) ? g.mul(x, parts) : parts;
    }

    /**
     * The share of the contributions x⁺·up(W) + x⁻·down(W) + up(b): positive ones alone where up(W)
     * is W⁺ and down(W) is W⁻.
     *
     * @param offset added to the sum of all contributions
     * @param perContribution from this sum, the relevance of a unit of it
     * @param factor of the result
     */
    private Output part(
            UnaryOperator<Output> up,
            UnaryOperator<Output> down,
            double offset,
            UnaryOperator<Output> perContribution,
            double factor) {
        Output forPositive = up.apply(weights);
        Optional<Output> bias = layer.bias().map(up);
        if (isNonNegative(x)) {
            Output s = perContribution.apply(plus(layer.forward(g, x, forPositive), bias, offset));
            return layer.backward(g, times(forPositive, factor), s);
        }
        Output forNegative = down.apply(weights);
        Output above = positive(x);
        Output below = negative(x);
        Output z =
                plus(
                        g.add(
                                layer.forward(g, above, forPositive),
                                layer.forward(g, below, forNegative)),
                        bias,
                        offset);
        Output s = perContribution.apply(z);
        return g.add(
                g.mul(above, layer.backward(g, times(forPositive, factor), s)),
                g.mul(below, layer.backward(g, times(forNegative, factor), s)));
    }

    /** Weights are smaller than volumes, so factors go there. */
    private Output times(Output w, double factor) {
        return factor == 1 ? w : g.mul(w, factor);
    }

    private Output box(double low, double high) {
        Output least = g.mul(g.onesLike(x), bound(low, "Min"));
        Output most = g.mul(g.onesLike(x), bound(high, "Max"));
        Output up = positive(weights);
        Output down = negative(weights);
        Output contributions =
                g.sub(
                        g.sub(layer.forward(g, x, weights), layer.forward(g, least, up)),
                        layer.forward(g, most, down));
        Output s = normalised(relevance, contributions);
        return g.sub(
                g.sub(
                        g.mul(x, layer.backward(g, weights, s)),
                        g.mul(least, layer.backward(g, up, s))),
                g.mul(most, layer.backward(g, down, s)));
    }

    /** The number, or the extremum of each image where there is none. */
    private Output bound(double number, String extremum) {
        Output axes = g.emit("Range", g.scalar(1), g.rank(x), g.scalar(1));
        return Double.isNaN(number)
                ? g.emit(extremum, List.of(x, axes), "keep_dims", true)
                : g.scalar(number, x);
    }

    private Output byWeights(Output w) {
        Output s = normalised(relevance, layer.forward(g, g.onesLike(x), w));
        return layer.backward(g, w, s);
    }

    private Output pass() {
        boolean same =
                StaticShape.ofWeight(g.graph(), weights).filter(this::keepsShape).isPresent();
        if (!same) {
            throw new UnsupportedOpException(
                    layer.node(),
                    "LRP rule 'pass'",
                    "its inputs and outputs are not of the same shape; choose another rule");
        }
        return relevance;
    }

    /**
     * @param weights their shape
     */
    private boolean keepsShape(long[] weights) {
        int axes = weights.length;
        boolean sameChannels =
                layer.node().op().startsWith("Depthwise")
                        ? weights[3] == 1
                        : axes > 1 && weights[axes - 1] == weights[axes - 2];
        if (!layer.convolution()) {
            return sameChannels && axes == 2;
        }
        boolean sameVoxels =
                layer.node().text("padding").equals("SAME")
                        || Arrays.stream(weights).limit(axes - 2).allMatch(extent -> extent == 1);
        return sameChannels
                && sameVoxels
                && layer.before().isEmpty()
                && Arrays.stream(layer.node().list("strides")).allMatch(s -> s == 1);
    }

    private Output positive(Output a) {
        return g.emit("Relu", a);
    }

    private Output negative(Output a) {
        return g.emit("Minimum", a, g.scalar(0.0, a));
    }

    /** With one op for both, which TensorFlow makes part of the layer. */
    private Output plus(Output z, Optional<Output> bias, double offset) {
        Output e = g.scalar(offset, z);
        return bias.map(b -> g.emit("BiasAdd", z, g.add(g.reshape(b, g.vector(-1)), e)))
                .orElseGet(() -> offset == 0 ? z : g.add(z, e));
    }

    /** Whether the graph alone says that no element is below zero. */
    private boolean isNonNegative(Output output) {
        Node node = Node.of(g.graph().node(output));
        if (node.is(Trait.NON_NEGATIVE)) {
            return true;
        }
        Stream<Output> inputs = node.inputs().stream().filter(in -> Ops.isFloating(g.type(in)));
        if (node.is(Trait.MAXIMUM) && node.is(Trait.ELEMENTWISE)) {
            return inputs.anyMatch(this::isNonNegative);
        }
        return SIGN_KEEPING.stream().anyMatch(node::is) && inputs.allMatch(this::isNonNegative);
    }

    /** For ops without weights, y = f(x) linear: by contribution, x·∂f/∂xᵀ(R / y). */
    static Rule byContribution(Rule gradient) {
        return (g, n, input, r) -> {
            Output s = normalised(g, r.get(0), n.out(), LrpRule.STABILISER);
            Output back = gradient.pullback(g, n, input, List.of(s));
            return back == null || g.type(n.in(input)) == DataType.DT_BOOL
                    ? back
                    : g.mul(n.in(input), back);
        };
    }
}
