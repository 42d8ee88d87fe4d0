/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.MeanSlope.Point;

/**
 * DeepLIFT's RevealCancel at an activation y = f(z) behind a layer z = Wx + b: the positive and the
 * negative contributions to Δz have multipliers of their own, each averaged over both orders in
 * which they can come, so that they cannot hide each other. Shrikumar et al. 2017, sections 3.5.1
 * and 3.5.3.
 */
final class RevealCancelRule {

    private static final String OP = "RevealCancel";

    private final Twin twin;
    private final LinearLayer layer;
    private final Node activation;

    private RevealCancelRule(Twin twin, LinearLayer layer, Node activation) {
        this.twin = twin;
        this.layer = layer;
        this.activation = activation;
    }

    /**
     * {@link MultiplierRules} with this rule where it can stand.
     *
     * @param route from the image
     */
    static RuleTable table(Ops g, Route route, Twin twin) {
        MultiplierRules multipliers = new MultiplierRules(twin);
        Map<String, RevealCancelRule> places = new HashMap<>();
        Map<String, Node> units = new HashMap<>(Activations.find(g.graph(), route));
        Map<Output, LinearLayer> layers = new HashMap<>();
        LinearLayers.find(g, route).values().forEach(layer -> layers.put(layer.output(), layer));
        for (NodeDef def : route.nodes()) {
            Node activation = units.getOrDefault(def.getName(), Node.of(def));
            boolean known =
                    Activations.OPS.contains(activation.op())
                            || activation.op().equals(Activations.SPELLED_OUT);
            LinearLayer layer = known ? layers.get(activation.in(0)) : null;
            if (layer != null) {
                NodeDef.Builder unit = NodeDef.newBuilder().setName(activation.name()).setOp(OP);
                unit.addInput(layer.input().asInput());
                units.put(activation.name(), Node.of(unit.build()));
                places.put(activation.name(), new RevealCancelRule(twin, layer, activation));
            }
        }
        Map<String, Rule> rules = new HashMap<>(multipliers.rules());
        rules.put(OP, Rule.first((o, n, dy) -> places.get(n.name()).pullback(o, dy, multipliers)));
        return new RuleTable(rules, units, MultiplierRules.NAME);
    }

    /**
     * W⁺ is (|W| + W)/2 and W⁻ is (W − |W|)/2, so one product with |W| tells the contributions
     * apart, and one more takes both multipliers back.
     */
    private Output pullback(Ops g, Output dy, MultiplierRules multipliers) {
        Output weights = layer.weights();
        Output dx = multipliers.difference(g, layer.input());
        Point to = new Point(layer.output(), activation.out());
        Point from = new Point(twin.of(to.z()), twin.of(to.y()));
        // Half of positive less negative contributions, whose sum is Δz.
        Output apart = layer.forward(g, g.emit("Abs", dx), g.emit("Abs", g.mul(weights, 0.5)));
        Output half = g.mul(g.sub(to.z(), from.z()), 0.5);
        Output rise = g.add(apart, half);
        Output fall = g.sub(apart, half);
        Point risen = at(g, g.add(from.z(), rise));
        Point fallen = at(g, g.sub(from.z(), fall));
        MeanSlope slope = MeanSlope.of(activation);
        Output plus = g.add(slope.below(g, from, risen, rise), slope.below(g, fallen, to, rise));
        Output minus = g.add(slope.below(g, fallen, from, fall), slope.below(g, to, risen, fall));
        Output share = g.mul(weights, 0.25);
        Output alike = layer.backward(g, share, g.mul(dy, g.add(plus, minus)));
        Output unlike = layer.backward(g, g.emit("Abs", share), g.mul(dy, g.sub(plus, minus)));
        return g.add(alike, g.mul(g.emit("Sign", dx), unlike));
    }

    /** The activation of another z. */
    private Point at(Ops g, Output z) {
        Route between = Route.between(g.graph(), layer.output(), activation.out());
        Twin again = new Twin(g.graph(), between, layer.output(), z);
        return new Point(z, again.of(activation.out()));
    }
}
