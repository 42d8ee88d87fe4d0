/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.propagation.ModifiedGradients;
import sc.fiji.attribution.graph.propagation.MultiplierRules;
import sc.fiji.attribution.graph.propagation.RelevanceRules;
import sc.fiji.attribution.graph.propagation.RevealCancelRule;

/** The rules under test, appended to the graph of a {@link DenseNetwork} and run. */
public final class PropagationTrial {

    private final DenseNetwork network;
    private final DenseNetwork.Step last;
    private final Map<String, Values> feeds = new LinkedHashMap<>();
    private final Route route;

    public PropagationTrial(DenseNetwork network) {
        this.network = network;
        this.last = network.steps.get(network.steps.size() - 1);
        feed(network.image.tensor(), network.image.x(), network.image.shape());
        this.route = Route.between(network.graph, network.image.tensor(), last.tensor());
    }

    private void feed(Output placeholder, double[] data, long[] shape) {
        long[] one = DenseNetwork.withBatch(1, shape);
        feeds.put(placeholder.toString(), new Values(network.type, one, data));
    }

    /** Relevance of the image, where that of the last step is the step times the cotangent. */
    double[] relevance(String composite, double[] cotangent) {
        RuleTable table =
                RelevanceRules.table(
                        network.g, route, Composite.parse(composite), name -> List.of(name));
        Output dy = cotangent(cotangent);
        return run(table, network.g.mul(dy, last.tensor()));
    }

    public double[] multipliers(Propagation.Multipliers rules, double[] cotangent) {
        Output baseline = DenseNetwork.placeholder(network.graph, "baseline", network.type);
        feed(baseline, network.image.x0(), network.image.shape());
        ReferenceBranch twin =
                new ReferenceBranch(network.graph, route, network.image.tensor(), baseline);
        RuleTable table =
                rules == Propagation.Multipliers.RESCALE
                        ? MultiplierRules.rescale(network.graph, route, twin)
                        : RevealCancelRule.table(network.g, route, twin);
        return run(table, cotangent(cotangent));
    }

    double[] gradient(boolean guided, double[] cotangent) {
        RuleTable table =
                guided
                        ? ModifiedGradients.guided(network.graph, route)
                        : ModifiedGradients.deconvolution(network.graph, route);
        return run(table, cotangent(cotangent));
    }

    /** The last step's value, to see that the arrays and the ops are one network. */
    double[] forward() {
        return fetch(last.tensor());
    }

    private Output cotangent(double[] values) {
        Output dy = DenseNetwork.placeholder(network.graph, "dy", network.type);
        feed(dy, values, last.shape());
        return dy;
    }

    private double[] run(RuleTable table, Output seed) {
        Output image = network.image.tensor();
        return fetch(new ReverseMode(network.g, table).backward(last.tensor(), seed, image));
    }

    private double[] fetch(Output tensor) {
        Output fetched = network.g.emit("Identity", tensor);
        try (NativeSession session = NativeSession.of(network.graph.toProto().build())) {
            return session.run(feeds, List.of(fetched.toString())).get(0).data();
        }
    }
}
