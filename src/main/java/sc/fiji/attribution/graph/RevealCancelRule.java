/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;

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
        Map<String, List<NodeDef>> readers = route.readers();
        Map<String, Node> units = new HashMap<>(Activations.find(g.graph(), route));
        for (LinearLayer layer : LinearLayers.find(g, route).values()) {
            List<NodeDef> reading = readers.getOrDefault(layer.output().node(), List.of());
            if (reading.size() == 1 && Activations.OPS.contains(reading.get(0).getOp())) {
                Node activation = Node.of(reading.get(0));
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

    private Output pullback(Ops g, Output dy, MultiplierRules multipliers) {
        Output up = g.emit("Relu", layer.weights());
        Output down = g.emit("Minimum", layer.weights(), g.scalar(0.0, layer.weights()));
        Output dx = multipliers.difference(g, layer.input());
        Output zero = g.scalar(0.0, dx);
        Output above = g.emit("Relu", dx);
        Output below = g.emit("Minimum", dx, zero);
        Output plus = g.add(layer.forward(g, above, up), layer.forward(g, below, down));
        Output minus = g.add(layer.forward(g, above, down), layer.forward(g, below, up));
        Output z = twin.of(layer.output());
        Output y = f(g, z);
        Output yPlus = f(g, g.add(z, plus));
        Output yMinus = f(g, g.add(z, minus));
        Output yBoth = f(g, g.add(g.add(z, plus), minus));
        Output slope =
                GradientRules.TABLE.get(activation.op()).pullback(g, activation, 0, List.of(dy));
        Output dyPlus = g.mul(g.add(g.sub(yPlus, y), g.sub(yBoth, yMinus)), 0.5);
        Output dyMinus = g.mul(g.add(g.sub(yMinus, y), g.sub(yBoth, yPlus)), 0.5);
        Output mPlus = multipliers.divided(g, g.mul(dy, dyPlus), plus, slope);
        Output mMinus = multipliers.divided(g, g.mul(dy, dyMinus), minus, slope);
        Output forRise = g.add(layer.backward(g, up, mPlus), layer.backward(g, down, mMinus));
        Output forFall = g.add(layer.backward(g, down, mPlus), layer.backward(g, up, mMinus));
        Output forNone = g.mul(g.add(forRise, forFall), 0.5);
        return g.emit(
                "SelectV2",
                g.emit("Greater", dx, zero),
                forRise,
                g.emit("SelectV2", g.emit("Less", dx, zero), forFall, forNone));
    }

    private Output f(Ops g, Output z) {
        return g.emit(activation.op(), List.of(z), g.attributes(activation));
    }
}
