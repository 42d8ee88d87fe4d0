/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.core.propagation.LrpRule;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.DenseNetwork;
import sc.fiji.attribution.graph.OpCase;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * An {@link OpCase} as a network: its image is a vector that holds the values of the op's inputs,
 * its score a weighted sum of the op's outputs, with weights such that nothing cancels.
 */
final class PropagatedOp {

    /** What is propagated. */
    enum Rules {
        RESCALE,
        REVEAL_CANCEL,
        LRP
    }

    private final Graph graph = new Graph();
    private final Ops g = new Ops(graph, "forward/");
    private final OpCase opCase;
    private final Output image;
    private final Output baseline;
    private final List<Output> ys = new ArrayList<>();
    private final List<Output> weights = new ArrayList<>();
    private final Output score;
    private final Route route;
    private final ReferenceBranch reference;
    private final List<Double> x = new ArrayList<>();
    private final List<Double> x0 = new ArrayList<>();
    private final Map<Rules, Output> results = new EnumMap<>(Rules.class);

    /**
     * @param ofImage which of the op's inputs are parts of the image, the others are constants
     */
    PropagatedOp(OpCase opCase, IntPredicate ofImage) {
        this.opCase = opCase;
        this.image = DenseNetwork.placeholder(graph, "image", opCase.type());
        this.baseline = DenseNetwork.placeholder(graph, "baseline", opCase.type());
        List<Output> inputs = new ArrayList<>();
        for (int i = 0; i < opCase.inputs().size(); i++) {
            inputs.add(input(opCase.inputs().get(i).values(), ofImage.test(i)));
        }
        this.score = score(g.emit(opCase.op(), inputs, opCase.attributes()));
        this.route = Route.between(graph, image, score);
        this.reference = new ReferenceBranch(graph, route, image, baseline);
        for (Rules rules : Rules.values()) {
            try {
                Output seed = rules == Rules.LRP ? score : g.onesLike(score);
                Output result = new ReverseMode(g, table(rules)).backward(score, seed, image);
                results.put(rules, g.emit("Identity", result));
            } catch (UnsupportedOpException e) {
                // Refused by name: what the caller sees as a missing error.
                if (!e.getMessage().contains(opCase.op())) {
                    throw e;
                }
            }
        }
    }

    private Output input(Values given, boolean ofImage) {
        Values values = given.type() == DataType.DT_DOUBLE ? given.as(opCase.type()) : given;
        if (!ofImage) {
            return g.constant(values.type(), values.byteSize(), values::write, values.shape());
        }
        double[] data = values.data();
        Output part = g.slice(image, x.size(), data.length);
        for (int k = 0; k < data.length; k++) {
            x.add(data[k]);
            // Another value of the same range, so that it is in the op's domain.
            x0.add((double) (float) (0.9 * data[data.length - 1 - k] + 0.03));
        }
        int[] shape =
                IntStream.range(0, values.shape().length)
                        .map(axis -> (int) values.shape()[axis])
                        .toArray();
        return g.reshape(part, g.vector(shape));
    }

    private Output score(Output y) {
        List<DataType> types = OpRegistry.outputTypes(graph.node(y));
        List<Output> parts = new ArrayList<>();
        for (int i = 0; i < Math.min(types.size(), opCase.outputs()); i++) {
            if (Ops.isFloating(types.get(i))) {
                Output each = g.cast(new Output(y.node(), i), opCase.type());
                Output weight = DenseNetwork.placeholder(graph, "weight" + i, opCase.type());
                ys.add(each);
                weights.add(weight);
                Output product = g.mul(each, weight);
                parts.add(g.sum(product, g.range(g.rank(product))));
            }
        }
        return parts.size() == 1 ? parts.get(0) : g.emit("AddN", parts, "N", parts.size());
    }

    private RuleTable table(Rules rules) {
        return switch (rules) {
            case RESCALE -> MultiplierRules.rescale(graph, route, reference);
            case REVEAL_CANCEL -> RevealCancelRule.table(g, route, reference);
            case LRP -> RelevanceRules.table(g, route, Composite.parse("epsilon"), n -> List.of(n));
        };
    }

    /**
     * By how much the results miss: Σ m·Δx the score's difference from the baseline, ΣR the score
     * less what constants contribute to it. As a share of what is missed; without what is refused.
     */
    Map<Rules, Double> errors() {
        Map<Rules, Double> errors = new EnumMap<>(Rules.class);
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            Map<String, Values> feeds = new LinkedHashMap<>();
            feed(feeds, image, array(x));
            feed(feeds, baseline, array(x0));
            List<Output> fetches = new ArrayList<>(ys);
            ys.forEach(y -> fetches.add(reference.of(y)));
            List<Values> values = session.run(feeds, names(fetches));
            List<Values> y = values.subList(0, ys.size());
            List<double[]> zero = constants(session, feeds);
            results.forEach(
                    (rules, result) -> {
                        double expected = 0;
                        for (int i = 0; i < ys.size(); i++) {
                            double[] before =
                                    rules == Rules.LRP
                                            ? zero.get(i)
                                            : values.get(ys.size() + i).data();
                            double[] signs = y.get(i).data().clone();
                            for (int k = 0; rules != Rules.LRP && k < signs.length; k++) {
                                signs[k] -= before[k];
                            }
                            expected +=
                                    weigh(
                                            feeds,
                                            i,
                                            y.get(i),
                                            signs,
                                            before,
                                            rules == Rules.LRP ? PropagatedOp::kept : v -> 1);
                        }
                        double[] found = session.run(feeds, names(List.of(result))).get(0).data();
                        double sum = 0;
                        for (int k = 0; k < found.length; k++) {
                            sum += found[k] * (rules == Rules.LRP ? 1 : x.get(k) - x0.get(k));
                        }
                        errors.put(
                                rules,
                                Math.abs(sum - expected) / Math.max(1e-4, Math.abs(expected)));
                    });
        }
        return errors;
    }

    /** What a linear op gives for an image of zeros: relevance that its constants keep. */
    private List<double[]> constants(NativeSession session, Map<String, Values> feeds) {
        boolean linear =
                OpTable.is(opCase.op(), Trait.LINEAR)
                        || OpTable.is(opCase.op(), Trait.VALUELESS)
                        || OpTable.is(opCase.op(), Trait.NORMALISATION);
        Map<String, Values> zeros = new LinkedHashMap<>(feeds);
        feed(zeros, image, new double[x.size()]);
        return (linear ? session.run(zeros, names(ys)) : session.run(feeds, names(ys)))
                .stream()
                        .map(values -> linear ? values.data() : new double[values.data().length])
                        .toList();
    }

    /**
     * Feeds weights of an output that have given signs.
     *
     * @return Σ w·(y − before), each times what is kept of it
     */
    private double weigh(
            Map<String, Values> feeds,
            int output,
            Values y,
            double[] signs,
            double[] before,
            DoubleUnaryOperator kept) {
        double[] w = new double[signs.length];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
            w[k] = (0.5 + k % 3) * (signs[k] < 0 ? -1 : 1);
            sum += w[k] * (y.data()[k] - before[k]) * kept.applyAsDouble(y.data()[k]);
        }
        feeds.put(weights.get(output).toString(), new Values(opCase.type(), y.shape(), w));
        return sum;
    }

    /** What a share is of itself after its denominator is kept from zero. */
    private static double kept(double y) {
        return y / (y + Math.copySign(LrpRule.STABILISER, y));
    }

    private void feed(Map<String, Values> feeds, Output placeholder, double[] data) {
        long[] shape = {data.length};
        feeds.put(placeholder.toString(), new Values(opCase.type(), shape, data));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static List<String> names(List<Output> outputs) {
        return outputs.stream().map(Output::toString).toList();
    }
}
