/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.layer.FoldedNormalisation;
import sc.fiji.attribution.graph.layer.HiddenLayer;
import sc.fiji.attribution.graph.layer.HiddenLayers;
import sc.fiji.attribution.graph.layer.LayerGeometry;
import sc.fiji.attribution.graph.layer.Locality;
import sc.fiji.attribution.graph.propagation.ModifiedGradients;
import sc.fiji.attribution.graph.propagation.MultiplierRules;
import sc.fiji.attribution.graph.propagation.RelevanceRules;
import sc.fiji.attribution.graph.propagation.RevealCancelRule;
import sc.fiji.attribution.graph.rewrite.PredictedCotangent;
import sc.fiji.attribution.graph.savedmodel.Assembly;

/**
 * A network with all its layers, to which passes are appended after it was loaded. Nodes that the
 * loaded graph has are shared with it, above all the variables; those that were moved or left away
 * there to save time are added under other names when a pass needs them. Not thread-safe.
 */
public final class NetworkGraph {

    /** Names of feeds and fetches; a layer's activations go by its name behind a prefix. */
    public static final String FEED = "feed";

    public static final String ACTIVATION = "activation:";
    public static final String GRADIENT = "gradient:";
    public static final String BASELINE = "baseline";
    public static final String OF_BASELINE = "of_baseline";

    private static final String PASSES = Ops.SCOPE + NodeName.PASSES;

    private final Graph graph;
    private final Ops ops;
    private final Output input;
    private final Output logits;
    private final Output places;
    private final HiddenLayers layers;

    /** Logits, or a map, where batch normalisation is folded in, once they are asked for. */
    private final Map<Output, Output> folded = new HashMap<>();

    private final LoadedGraph loaded;

    /**
     * @param network the whole network
     * @param loaded what of it is loaded
     * @param layers of the network
     * @param input where the image is fed
     * @param logits what is scored
     * @param places the scores of each place, whose means the logits are; the logits themselves
     *     where the image is scored as a whole
     * @param kernels of the TensorFlow that runs it
     */
    NetworkGraph(
            Graph network,
            LoadedGraph loaded,
            HiddenLayers layers,
            Output input,
            Output logits,
            Output places,
            Kernels kernels) {
        this.layers = layers;
        this.loaded = loaded;
        this.graph = loaded.beside(network);
        this.ops = new Ops(graph, PASSES, kernels);
        this.input = input;
        this.logits = loaded.named(logits);
        this.places = loaded.named(places);
    }

    /** The layers in the order of computation. */
    public List<HiddenLayer> layers() {
        return layers.list().stream().map(loaded::named).toList();
    }

    /** A layer by its name in the list, or a single op of the network by its own name. */
    public Optional<HiddenLayer> layer(String name) {
        return layers.find(name).map(loaded::named);
    }

    /**
     * Nodes to be added to the loaded graph, and how to call them.
     *
     * @param nodes predecessors first; they read each other and nodes that are loaded
     * @param signature feeds {@link AugmentedModel#INPUT} where the image is needed, {@link #FEED}
     *     where a layer's activations are fed, {@link AugmentedModel#COTANGENT} where there is a
     *     backward pass, {@link #BASELINE} where it measures differences from one; fetches {@link
     *     AugmentedModel#LOGITS} where the logits are on the way, {@link #OF_BASELINE}, what the
     *     backward pass starts from, with one, and for each layer {@link #ACTIVATION} and {@link
     *     #GRADIENT} with its name
     */
    public record Addition(GraphDef nodes, SignatureDef signature) {}

    /**
     * The layers at which the network can be cut in two, in the order of computation.
     *
     * @param extents of the image along its axes of space
     * @param channels of the image
     */
    public List<Cut> cuts(int[] extents, int channels, boolean channelsFirst) {
        Map<String, String> names = new HashMap<>();
        layers().forEach(layer -> names.putIfAbsent(layer.output().node(), layer.name()));
        return geometry(extents, channels, channelsFirst).cuts(logits, names);
    }

    /**
     * Where a layer's activations look; empty where an op on the way does not treat all places
     * alike.
     *
     * @param extents of the image along its axes of space
     * @param channels of the image
     */
    public Optional<ReceptiveField> field(
            String layer, int[] extents, int channels, boolean channelsFirst) {
        return geometry(extents, channels, channelsFirst).field(tensor(layer));
    }

    private LayerGeometry geometry(int[] extents, int channels, boolean channelsFirst) {
        return new LayerGeometry(graph, input, Locality.ofImage(extents, channelsFirst, channels));
    }

    /**
     * The network for images of one size, as far as some places need it.
     *
     * @param image extents of what is fed
     */
    public SizedNetwork sized(List<String> places, int... image) {
        return SizedNetwork.of(graph, input, places.stream().map(this::tensor).toList(), image);
    }

    /**
     * Appends a pass.
     *
     * @throws UnsupportedOpException where an op on the way back has no rule
     * @throws IllegalArgumentException for the name of no layer, and for DeepLIFT's multipliers at
     *     layers, which its rules step over
     */
    public Addition pass(Pass pass) {
        if (pass.rules() instanceof Propagation.Multipliers
                && !pass.to().equals(List.of(Pass.IMAGE))) {
            throw new IllegalArgumentException(
                    "DeepLIFT's multipliers are the image's; there are none at " + pass.to());
        }
        Call call = new Call();
        Output origin = input;
        UnaryOperator<Output> here = UnaryOperator.identity();
        if (!pass.from().equals(Pass.IMAGE)) {
            // Not the layer itself is fed: TensorFlow may fuse it with what follows.
            Output layer = tensor(pass.from());
            origin = ops.emit("Placeholder", List.of(), "dtype", graph.type(layer));
            call.feed(FEED, origin);
            List<Output> ends = new ArrayList<>(List.of(tensor(pass.of())));
            pass.at().forEach(place -> ends.add(tensor(place)));
            here = new ReferenceBranch(graph, Route.between(graph, layer, ends), layer, origin)::of;
        }
        if (folds(pass)) {
            Output end = tensor(pass.of());
            Output same = folded.computeIfAbsent(end, at -> FoldedNormalisation.of(ops, input, at));
            here = place -> place.equals(end) ? same : place;
        }
        for (String layer : pass.at()) {
            call.fetch(ACTIVATION + layer, here.apply(tensor(layer)));
        }
        if (pass.of().equals(Pass.LOGITS)) {
            call.fetch(AugmentedModel.LOGITS, here.apply(logits));
        }
        if (!pass.to().isEmpty()) {
            backward(pass, origin, here, call);
        }
        return call.finish();
    }

    /** Whether no layer on the way is looked at. */
    private static boolean folds(Pass pass) {
        Pass whole = Pass.gradient(Pass.IMAGE).by(pass.rules());
        return pass.equals(whole) || pass.equals(whole.of(Pass.SCORES).at(Pass.SCORES));
    }

    private void backward(Pass pass, Output origin, UnaryOperator<Output> here, Call call) {
        Output start = here.apply(tensor(pass.of()));
        Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        call.feed(AugmentedModel.COTANGENT, cotangent);
        Output chosen =
                pass.of().equals(Pass.LOGITS)
                        ? PredictedCotangent.of(ops, cotangent, start)
                        : cotangent;
        Output seed = ops.reshapeLike(ops.cast(chosen, graph.type(start)), start);
        if (pass.rules() instanceof Propagation.Relevance) {
            // What is shared out is the score itself.
            seed = ops.mul(seed, start);
        }
        List<Output> ends = pass.to().stream().map(this::tensor).map(here).toList();
        Map<Output, Output> gradients =
                new ReverseMode(ops, rules(pass.rules(), origin, start, call))
                        .backward(start, seed, ends);
        for (int i = 0; i < ends.size(); i++) {
            call.fetch(GRADIENT + pass.to().get(i), gradients.get(ends.get(i)));
        }
    }

    private RuleTable rules(Propagation propagation, Output origin, Output start, Call call) {
        if (propagation == Propagation.Gradient.PLAIN) {
            return RuleTable.GRADIENT;
        }
        Route route = Route.between(graph, origin, start);
        if (propagation instanceof Propagation.Gradient gradient) {
            return gradient == Propagation.Gradient.GUIDED
                    ? ModifiedGradients.guided(graph, route)
                    : ModifiedGradients.deconvolution(graph, route);
        }
        if (propagation instanceof Propagation.Relevance relevance) {
            return RelevanceRules.table(ops, route, relevance.composite(), layers::names);
        }
        Output baseline = ops.emit("Placeholder", List.of(), "dtype", graph.type(origin));
        ReferenceBranch twin = new ReferenceBranch(graph, route, origin, baseline);
        call.feed(BASELINE, baseline);
        call.fetch(OF_BASELINE, twin.of(start));
        return propagation == Propagation.Multipliers.RESCALE
                ? MultiplierRules.rescale(graph, route, twin)
                : RevealCancelRule.table(ops, route, twin);
    }

    /** Whether a place, which may be {@link Pass#LOGITS}, depends on a layer. */
    public boolean leads(String layer, String place) {
        return Topology.ancestors(
                        List.of(tensor(place).node()), name -> Graph.predecessors(graph.node(name)))
                .contains(tensor(layer).node());
    }

    /** Whether a place, which may be {@link Pass#LOGITS}, depends on the image but for a layer. */
    public boolean bypassed(String layer, String place) {
        String cut = tensor(layer).node();
        return Topology.ancestors(
                        List.of(tensor(place).node()),
                        name -> name.equals(cut) ? List.of() : Graph.predecessors(graph.node(name)))
                .contains(input.node());
    }

    private Output tensor(String place) {
        return switch (place) {
            case Pass.IMAGE -> input;
            case Pass.LOGITS -> logits;
            case Pass.SCORES -> places;
            default ->
                    layer(place)
                            .orElseThrow(() -> new IllegalArgumentException("no layer " + place))
                            .output();
        };
    }

    /** Feeds and fetches of one pass, and the nodes between them that are not loaded yet. */
    private final class Call {

        private final SignatureDef.Builder signature = SignatureDef.newBuilder();
        private final Set<String> fed = new HashSet<>();
        private final List<String> fetched = new ArrayList<>();

        void feed(String name, Output tensor) {
            signature.putInputs(name, Assembly.info(graph, tensor));
            fed.add(tensor.node());
        }

        void fetch(String name, Output tensor) {
            // TensorFlow does not give back what it is fed, nor always what it fuses.
            Output real = ops.cast(ops.emit("Identity", tensor), DataType.DT_FLOAT);
            signature.putOutputs(name, Assembly.info(graph, real));
            fetched.add(real.node());
        }

        Addition finish() {
            signature.setMethodName("tensorflow/serving/predict");
            Set<String> needed =
                    Set.copyOf(
                            Topology.ancestors(
                                    fetched,
                                    name ->
                                            fed.contains(name)
                                                    ? List.of()
                                                    : Graph.predecessors(graph.node(name))));
            if (needed.contains(input.node()) && !fed.contains(input.node())) {
                signature.putInputs(AugmentedModel.INPUT, Assembly.info(graph, input));
            }
            List<String> roots = new ArrayList<>(fetched);
            roots.addAll(fed);
            List<NodeDef> added = loaded.add(graph, roots, fed, ops.kernels());
            return new Addition(GraphDef.newBuilder().addAllNode(added).build(), signature.build());
        }
    }
}
