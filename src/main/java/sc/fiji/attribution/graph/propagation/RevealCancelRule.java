/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.layer.Activations;
import sc.fiji.attribution.graph.layer.LinearLayer;
import sc.fiji.attribution.graph.layer.LinearLayers;
import sc.fiji.attribution.graph.propagation.MeanSlope.Point;

/**
 * DeepLIFT's RevealCancel at an activation y = f(z) behind a layer z = Wx + b: the positive and the
 * negative contributions to Δz have multipliers of their own, each averaged over both orders in
 * which they can come, so that they cannot hide each other. Shrikumar et al. 2017, sections 3.5.1
 * and 3.5.3.
 *
 * <p>W⁺ is (|W| + W)/2 and W⁻ is (W − |W|)/2, so one product with |W| tells the contributions
 * apart, and one more takes both multipliers back.
 */
public final class RevealCancelRule {

    private static final String OP = "RevealCancel";

    private final Ops g;
    private final ReferenceBranch twin;
    private final LinearLayer layer;
    private final Node activation;

    /** Max pooling, as if it read z, where f is ReLU that only matters at the winners. */
    private final Optional<Node> pool;

    private RevealCancelRule(
            Ops g, ReferenceBranch twin, LinearLayer layer, Node activation, Optional<Node> pool) {
        this.g = g;
        this.twin = twin;
        this.layer = layer;
        this.activation = activation;
        this.pool = pool;
    }

    /**
     * {@link MultiplierRules} with this rule where it can stand.
     *
     * @param route from the image
     */
    public static RuleTable table(Ops g, Route route, ReferenceBranch twin) {
        Map<Output, LinearLayer> layers = new HashMap<>();
        LinearLayers.find(g, route).values().forEach(layer -> layers.put(layer.output(), layer));
        Map<String, Node> units = new HashMap<>(Activations.find(g.graph(), route));
        Map<String, Node> pools = MultiplierRules.pooled(g.graph(), route);
        Map<String, RevealCancelRule> places = new HashMap<>();
        for (NodeDef def : route.nodes()) {
            Node node = units.getOrDefault(def.getName(), Node.of(def));
            Optional<Node> pool = Optional.ofNullable(pools.get(node.name()));
            Node activation = pool.isPresent() ? Node.of(g.graph().node(node.in(0))) : node;
            LinearLayer layer = Activations.isOne(activation) ? layers.get(activation.in(0)) : null;
            if (layer != null) {
                places.put(node.name(), new RevealCancelRule(g, twin, layer, activation, pool));
            } else {
                pool.ifPresent(p -> units.put(p.name(), p));
            }
        }
        places.forEach((name, place) -> units.put(name, place.unit(name)));
        Map<String, Rule> rules =
                new HashMap<>(new MultiplierRules(g.graph(), route, twin).rules());
        rules.put(OP, Rule.first((o, n, dy) -> places.get(n.name()).pullback(n.out(), dy)));
        return new RuleTable(rules, units, MultiplierRules.NAME);
    }

    private Node unit(String name) {
        return Node.of(
                NodeDef.newBuilder()
                        .setName(name)
                        .setOp(OP)
                        .addInput(layer.input().asInput())
                        .build());
    }

    private Output difference(Output x) {
        return g.sub(x, twin.of(x));
    }

    private Output pullback(Output y, Output dy) {
        Output weights = layer.weights();
        Output dx = difference(layer.input());
        Output spread = layer.forward(g, g.emit("Abs", dx), g.emit("Abs", g.mul(weights, 0.5)));
        Multipliers m =
                pool.map(p -> pooled(p, Winners.of(g, p, twin, "Maximum"), spread, y, dy))
                        .orElseGet(() -> everywhere(spread, dy));
        Output share = g.mul(weights, 0.25);
        Output mean = layer.backward(g, share, m.sum);
        Output apart = layer.backward(g, g.emit("Abs", share), m.difference);
        return g.add(mean, g.mul(g.emit("Sign", dx), apart));
    }

    /**
     * @param sum 2(m⁺ + m⁻), of the multipliers of positive and negative contributions
     * @param difference 2(m⁺ − m⁻)
     */
    private record Multipliers(Output sum, Output difference) {}

    private Multipliers everywhere(Output spread, Output dy) {
        Point to = new Point(layer.output(), activation.out());
        Point from = new Point(twin.of(to.z()), twin.of(to.y()));
        return multipliers(from, to, g.mul(difference(to.z()), 0.5), spread, dy);
    }

    private Multipliers pooled(Node pool, Winners winners, Output spread, Output y, Output dy) {
        Output moved = g.mul(dy, difference(y));
        return MaxPooling.isOfTiles(pool)
                ? atWinners(winners, spread, moved, dy)
                : everywhere(spread, behind(winners, y, moved, dy));
    }

    /** dy behind a pooling whose windows overlap, as {@link #atWinners} has it window by window. */
    private Output behind(Winners winners, Output y, Output moved, Output dy) {
        Output change = difference(activation.out());
        Output still = winners.place(g, 0, g.where(isZero(difference(y)), dy));
        Output divided = g.div(winners.place(g, 0, moved), change);
        return g.emit("SelectV2", isZero(change), still, divided);
    }

    /**
     * All but the layer's products for one element of each window.
     *
     * @param moved dy·Δy
     */
    private Multipliers atWinners(Winners winners, Output spread, Output moved, Output dy) {
        Output half = g.mul(winners.pick(g, difference(layer.output())), 0.5);
        // The further one of each winner and its twin is known.
        Point from = at(g.sub(winners.values(), g.mul(g.emit("Relu", half), 2)));
        Point to = at(g.add(from.z(), g.mul(half, 2)));
        Output change = g.sub(to.y(), from.y());
        // Where ReLU rests for both, what cancels before it still counts, as without a pooling.
        Output share = g.emit("SelectV2", isZero(change), dy, g.div(moved, change));
        Multipliers m = multipliers(from, to, half, winners.pick(g, spread), share);
        return new Multipliers(winners.place(g, 0, m.sum), winners.place(g, 0, m.difference));
    }

    private Output isZero(Output x) {
        return g.emit("Equal", x, g.scalar(0.0, x));
    }

    /**
     * @param half of Δz, the sum of positive and negative contributions
     * @param spread half of what lies between the two
     */
    private Multipliers multipliers(Point from, Point to, Output half, Output spread, Output dy) {
        Output rise = g.add(spread, half);
        Output fall = g.sub(spread, half);
        Point risen = at(g.add(from.z(), rise));
        Point fallen = at(g.sub(from.z(), fall));
        MeanSlope slope = MeanSlope.of(activation);
        Output plus = g.add(slope.below(g, from, risen, rise), slope.below(g, fallen, to, rise));
        Output minus = g.add(slope.below(g, fallen, from, fall), slope.below(g, to, risen, fall));
        return new Multipliers(g.mul(dy, g.add(plus, minus)), g.mul(dy, g.sub(plus, minus)));
    }

    /** The activation of another z. */
    private Point at(Output z) {
        Route between = Route.between(g.graph(), layer.output(), activation.out());
        ReferenceBranch again = new ReferenceBranch(g.graph(), between, layer.output(), z);
        return new Point(z, again.of(activation.out()));
    }
}
