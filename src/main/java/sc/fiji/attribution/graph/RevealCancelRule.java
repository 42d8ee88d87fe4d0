/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.HashMap;
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

    private Output pullback(Ops g, Output dy, MultiplierRules multipliers) {
        Output up = g.emit("Relu", layer.weights());
        Output down = g.emit("Minimum", layer.weights(), g.scalar(0.0, layer.weights()));
        Output dx = multipliers.difference(g, layer.input());
        Output zero = g.scalar(0.0, dx);
        Output above = g.emit("Relu", dx);
        Output below = g.emit("Minimum", dx, zero);
        Output plus = g.add(layer.forward(g, above, up), layer.forward(g, below, down));
        Output minus = g.add(layer.forward(g, above, down), layer.forward(g, below, up));
        Point from = at(g, twin.of(layer.output()));
        Point risen = at(g, g.add(from.z, plus));
        Point fallen = at(g, g.add(from.z, minus));
        Point both = at(g, g.add(risen.z, minus));
        Output half = g.mul(dy, 0.5);
        Output mPlus =
                g.add(
                        rescale(g, half, plus, from, risen, multipliers),
                        rescale(g, half, plus, fallen, both, multipliers));
        Output mMinus =
                g.add(
                        rescale(g, half, minus, from, fallen, multipliers),
                        rescale(g, half, minus, risen, both, multipliers));
        Output forRise = g.add(layer.backward(g, up, mPlus), layer.backward(g, down, mMinus));
        Output forFall = g.add(layer.backward(g, down, mPlus), layer.backward(g, up, mMinus));
        Output forNone = g.mul(g.add(forRise, forFall), 0.5);
        return g.emit(
                "SelectV2",
                g.emit("Greater", dx, zero),
                forRise,
                g.emit("SelectV2", g.emit("Less", dx, zero), forFall, forNone));
    }

    /** dy·Δy/Δz from one point to another; the slope, where they are one. */
    private static Output rescale(
            Ops g, Output dy, Output dz, Point from, Point to, MultiplierRules multipliers) {
        return multipliers.divided(g, g.mul(dy, g.sub(to.y, from.y)), dz, from.slope(g, dy));
    }

    /** The activation y, be it one op or several, of another z. */
    private record Point(Output z, Output y) {

        Output slope(Ops g, Output dy) {
            return new ReverseMode(g, RuleTable.GRADIENT).backward(y, dy, z);
        }
    }

    private Point at(Ops g, Output z) {
        Route between = Route.between(g.graph(), layer.output(), activation.out());
        Twin again = new Twin(g.graph(), between, layer.output(), z);
        return new Point(z, again.of(activation.out()));
    }
}
