/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Where a network shows what values it was trained on: the scaling it begins with, such as a
 * division by 255 or a subtraction of means, and the statistics of its first batch normalisation.
 *
 * @param scaling empty where the image goes unscaled into the first layer
 * @param normalisation empty where there is none that is still apart from its convolution
 */
public record InputEvidence(Optional<Scaling> scaling, Optional<Normalisation> normalisation) {

    /** Output: least, largest and mean absolute value of the scaled image. */
    public static final String SCALED = "scaled";

    /** Outputs, channel by channel: of what is normalised, and of the training. */
    public static final String MEAN = "mean";

    public static final String VARIANCE = "variance";
    public static final String TRAINED_MEAN = "trained_mean";
    public static final String TRAINED_VARIANCE = "trained_variance";

    /** Axes of a batch of volumes, channels among them. */
    private static final int VOLUME = 5;

    private static final int SLICES = 4;

    /** How far from what scales it an inverse root may stand. */
    private static final int NEAR = 5;

    /**
     * @param end the scaled image
     * @param multiplies whether it is more than a shift
     * @param shifts whether it is more than a factor
     */
    public record Scaling(Output end, boolean multiplies, boolean shifts) {}

    /**
     * @param input what is normalised, channels last
     * @param mean of the training
     * @param variance of the training
     */
    public record Normalisation(Output input, Output mean, Output variance) {}

    /**
     * Looks for it.
     *
     * @param image where the network begins
     * @param logits where it ends
     */
    public static InputEvidence of(Graph graph, Output image, Output logits) {
        Route route = Route.between(graph, image, logits);
        return new InputEvidence(scaling(route, image), normalisation(graph, route));
    }

    private static Optional<Scaling> scaling(Route route, Output image) {
        Map<String, List<NodeDef>> readers = route.readers();
        Output end = image;
        boolean multiplies = false;
        boolean shifts = false;
        while (true) {
            List<NodeDef> all = readers.getOrDefault(end.node(), List.of());
            if (all.size() != 1) {
                break;
            }
            Node node = Node.of(all.get(0));
            boolean alone = node.inputs().stream().filter(route::has).count() == 1;
            boolean first = !node.inputs().isEmpty() && node.in(0).equals(end);
            boolean factor =
                    node.is(Trait.PRODUCT) && node.is(Trait.ELEMENTWISE)
                            || node.is(Trait.QUOTIENT) && first;
            boolean summand = node.is(Trait.ADDS) || node.is(Trait.BIAS) || node.op().equals("Sub");
            boolean carries =
                    node.is(Trait.IDENTITY)
                            || node.is(Trait.MOVES)
                            || node.is(Trait.CASTS)
                            || node.is(Trait.RESIZES);
            if (!alone || !(factor || summand || carries && first)) {
                break;
            }
            multiplies |= factor;
            shifts |= summand;
            end = node.out();
        }
        return multiplies || shifts
                ? Optional.of(new Scaling(end, multiplies, shifts))
                : Optional.empty();
    }

    private static Optional<Normalisation> normalisation(Graph graph, Route route) {
        Map<String, List<NodeDef>> readers = route.readers();
        return route.nodes().stream()
                .map(Node::of)
                .flatMap(
                        node ->
                                (OpTable.is(node.def(), Trait.NORMALISATION)
                                                ? fused(route, node)
                                                : spelledOut(graph, route, readers, node))
                                        .stream())
                .findFirst();
    }

    private static Optional<Normalisation> fused(Route route, Node node) {
        boolean known =
                node.inputs().size() == 5
                        && !node.flag("is_training")
                        && !node.channelsFirst()
                        && !route.has(node.in(3))
                        && !route.has(node.in(4));
        return known
                ? Optional.of(new Normalisation(node.in(0), node.in(3), node.in(4)))
                : Optional.empty();
    }

    /** x·m + (β − μ·m), or (x − μ)·m, with m = γ/√(σ² + ε). */
    private static Optional<Normalisation> spelledOut(
            Graph graph, Route route, Map<String, List<NodeDef>> readers, Node node) {
        if (!node.op().equals("Mul") || node.inputs().stream().filter(route::has).count() != 1) {
            return Optional.empty();
        }
        int x = route.has(node.in(0)) ? 0 : 1;
        Output factor = node.in(1 - x);
        Optional<Output> variance = variance(graph, factor, NEAR);
        if (variance.isEmpty()) {
            return Optional.empty();
        }
        Node before = Node.of(graph.node(node.in(x)));
        if (before.op().equals("Sub") && route.has(before.in(0)) && !route.has(before.in(1))) {
            return Optional.of(
                    new Normalisation(before.in(0), before.in(1), variance.orElseThrow()));
        }
        for (NodeDef reader : readers.getOrDefault(node.name(), List.of())) {
            for (Output summand : Graph.inputs(reader)) {
                Optional<Output> mean =
                        route.has(summand)
                                ? Optional.empty()
                                : factorBeside(graph, summand, factor, NEAR);
                if (mean.isPresent()) {
                    return mean.map(m -> new Normalisation(node.in(x), m, variance.orElseThrow()));
                }
            }
        }
        return Optional.empty();
    }

    /** σ² of an inverse root √(σ² + ε) near by. */
    private static Optional<Output> variance(Graph graph, Output from, int steps) {
        Node node = Node.of(graph.node(from));
        if (node.op().equals("Rsqrt")) {
            Node sum = Node.of(graph.node(node.in(0)));
            return sum.inputs().size() == 2 ? Optional.of(sum.in(0)) : Optional.empty();
        }
        return steps == 0
                ? Optional.empty()
                : node.inputs().stream()
                        .flatMap(in -> variance(graph, in, steps - 1).stream())
                        .findFirst();
    }

    /** μ of a product μ·m near by. */
    private static Optional<Output> factorBeside(
            Graph graph, Output from, Output factor, int steps) {
        Node node = Node.of(graph.node(from));
        if (node.op().equals("Mul") && node.inputs().contains(factor)) {
            return Optional.of(node.in(node.in(0).equals(factor) ? 1 : 0));
        }
        return steps == 0
                ? Optional.empty()
                : node.inputs().stream()
                        .flatMap(in -> factorBeside(graph, in, factor, steps - 1).stream())
                        .findFirst();
    }

    /** Whether there is any. */
    public boolean isEmpty() {
        return scaling.isEmpty() && normalisation.isEmpty();
    }

    /** What tells of an image: outputs of a signature, by name. */
    public Map<String, Output> outputs(Ops g) {
        Map<String, Output> outputs = new LinkedHashMap<>();
        scaling.ifPresent(
                found -> {
                    Output x = g.cast(found.end(), DataType.DT_FLOAT);
                    Output all = g.range(g.rank(x));
                    Output size = g.emit("Mean", g.emit("Abs", x), all);
                    outputs.put(
                            SCALED,
                            g.concat(
                                    one(g, g.emit("Min", x, all)),
                                    one(g, g.emit("Max", x, all)),
                                    one(g, size)));
                });
        normalisation.ifPresent(
                found -> {
                    Output x = g.cast(sample(g, found.input()), DataType.DT_FLOAT);
                    Output all = g.range(g.sub(g.rank(x), g.scalar(1)));
                    Output mean = g.emit("Mean", x, all);
                    Output squares = g.emit("SquaredDifference", x, mean);
                    outputs.put(MEAN, mean);
                    outputs.put(VARIANCE, g.emit("Mean", squares, all));
                    outputs.put(TRAINED_MEAN, values(g, found.mean()));
                    outputs.put(TRAINED_VARIANCE, values(g, found.variance()));
                });
        return outputs;
    }

    /**
     * Every fourth slice of a volume, all of an image: means of all take longer than the layer.
     * Where that is a convolution it computes no others, and of their rows every fourth.
     */
    private static Output sample(Ops g, Output x) {
        Node layer = Node.of(g.graph().node(x));
        if (layer.is(Trait.BIAS)) {
            Output sampled = sample(g, layer.in(0));
            return g.emit(layer.op(), List.of(sampled, layer.in(1)), g.attributes(layer));
        }
        if (layer.op().equals("Conv3D")
                && !layer.channelsFirst()
                && layer.list("strides")[1] == 1
                && layer.list("strides")[2] == 1
                && Arrays.stream(layer.list("dilations")).allMatch(step -> step == 1)) {
            long[] strides = layer.list("strides");
            strides[1] = SLICES;
            strides[2] = SLICES;
            List<Object> attributes = new ArrayList<>(List.of(g.attributes(layer)));
            attributes.addAll(List.of("strides", Ops.list(strides)));
            return g.emit("Conv3D", layer.inputs(), attributes.toArray());
        }
        Output volume = g.emit("FloorDiv", g.rank(x), g.scalar(VOLUME));
        Output step = g.add(g.mul(volume, g.scalar(SLICES - 1)), g.scalar(1));
        Output depth = g.reshape(g.slice(g.shape(x), 1, 1), g.vector(new int[0]));
        Output slices = g.emit("Range", g.scalar(0), depth, step);
        return g.emit("GatherV2", x, slices, g.scalar(1));
    }

    private static Output one(Ops g, Output scalar) {
        return g.reshape(scalar, g.vector(1));
    }

    private static Output values(Ops g, Output weights) {
        return g.reshape(g.cast(weights, DataType.DT_FLOAT), g.vector(-1));
    }
}
