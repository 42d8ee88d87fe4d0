/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.nn.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.NetworkGraph;
import sc.fiji.attribution.graph.layer.HiddenLayer;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.Structure;

/** Appends each kind of pass to the loaded graph when it is first asked for. */
final class TensorFlowLayers implements Layers, BackwardPasses, Structure {

    private final NetworkGraph network;
    private final LiveGraph live;
    private final Calls calls;
    private final ImageExtents extents;
    private final ModelSpec spec;
    private final int logits;
    private final Map<Pass, Call> appended = new HashMap<>();
    private final Queue<Call> waiting = new ArrayDeque<>();
    private List<Layer> list;

    /** Of values that are computed from the image, by node. */
    private Map<String, int[]> shapes;

    /**
     * @param logits their number
     */
    TensorFlowLayers(
            NetworkGraph network,
            LiveGraph live,
            Calls calls,
            ImageExtents extents,
            ModelSpec spec,
            int logits) {
        this.extents = extents;
        this.logits = logits;
        this.network = network;
        this.live = live;
        this.calls = calls;
        this.spec = spec;
    }

    @Override
    public List<Layer> list() {
        if (list == null) {
            List<Layer> layers = new ArrayList<>();
            for (HiddenLayer layer : network.layers()) {
                describe(layer).ifPresent(layers::add);
            }
            list = List.copyOf(layers);
        }
        return list;
    }

    @Override
    public Optional<Layer> find(String name) {
        list();
        return network.layer(name).flatMap(this::describe);
    }

    @Override
    public List<Cut> cuts(Tensor image) {
        return network.cuts(extents(image), image.size('c'), channelsFirst(image)).stream()
                .filter(cut -> find(cut.layer()).isPresent())
                .toList();
    }

    @Override
    public Optional<ReceptiveField> field(Layer layer, Tensor image) {
        return network.field(layer.name(), extents(image), image.size('c'), channelsFirst(image));
    }

    private static int[] extents(Tensor image) {
        return image.axes().spatial().chars().map(axis -> image.size((char) axis)).toArray();
    }

    private static boolean channelsFirst(Tensor image) {
        return image.axes().indexOf('c') == 1;
    }

    @Override
    public boolean leads(String layer, String place) {
        return network.leads(layer, place);
    }

    @Override
    public boolean bypassed(String layer, String place) {
        return network.bypassed(layer, place);
    }

    /** Empty where its activations are nothing that an image or a vector could show. */
    private Optional<Layer> describe(HiddenLayer layer) {
        if (shapes == null) {
            shapes = extents.shapes(spec.shape());
        }
        int[] shape = shapes.getOrDefault(layer.output().node(), new int[0]);
        return axes(shape.length, layer.channelsFirst())
                .map(
                        axes ->
                                new Layer(
                                        layer.name(),
                                        axes,
                                        shape,
                                        layer.ops(),
                                        layer.convolution()));
    }

    private Optional<Axes> axes(int rank, boolean channelsFirst) {
        if (rank < 2 || rank > 5) {
            return Optional.empty();
        }
        if (rank == 2) {
            return Optional.of(Axes.ROWS);
        }
        String space = spec.axes().spatial();
        if (space.length() == rank - 2) {
            return Optional.of(new Axes(channelsFirst ? "bc" + space : "b" + space + "c"));
        }
        return Optional.of(
                channelsFirst ? Axes.channelsFirst(rank - 2) : Axes.channelsLast(rank - 2));
    }

    /**
     * A pass, whose nodes go into the loaded graph when it is first run: Model Info... asks about
     * all passes and runs none. They may read nodes of passes before it, which go first.
     */
    private final class Call {

        private final NetworkGraph.Addition addition;
        private Optional<Block> block = Optional.empty();
        private Optional<ModelException> problem = Optional.empty();

        Call(NetworkGraph.Addition addition) {
            this.addition = addition;
            waiting.add(this);
        }

        /** Whether the image reaches what is asked past the layer that is fed. */
        boolean needsImage() {
            return addition.signature().containsInputs(AugmentedModel.INPUT);
        }

        Block block() {
            while (block.isEmpty() && problem.isEmpty()) {
                waiting.remove().add();
            }
            problem.ifPresent(
                    e -> {
                        throw new ModelException(e.getMessage(), e);
                    });
            return block.orElseThrow();
        }

        private void add() {
            try {
                block = Optional.of(live.add(addition));
            } catch (ModelException e) {
                problem = Optional.of(e);
            }
        }
    }

    @Override
    public Trace run(Pass pass, Feed feed) {
        Call call = call(pass);
        TreeMap<String, Tensor> feeds = new TreeMap<>();
        if (call.needsImage()) {
            Tensor image = feed.image().orElseThrow(() -> bypassed(pass));
            List<String> places = new ArrayList<>(pass.at());
            places.add(pass.of());
            extents.require(image, places);
            feeds.put(AugmentedModel.INPUT, image);
        }
        if (!pass.from().equals(Pass.IMAGE)) {
            feeds.put(NetworkGraph.FEED, feed.activations().orElseThrow());
        }
        if (!pass.to().isEmpty()) {
            feeds.put(AugmentedModel.COTANGENT, feed.cotangent().orElseThrow());
        }
        feed.baseline()
                .filter(baseline -> pass.rules() instanceof Propagation.Multipliers)
                .ifPresent(baseline -> feeds.put(NetworkGraph.BASELINE, baseline));
        return trace(pass, calls.run(call.block(), feeds));
    }

    @Override
    public int choosesPredicted() {
        return logits;
    }

    @Override
    public Optional<String> whyNot(Pass pass) {
        try {
            call(pass);
            return Optional.empty();
        } catch (ModelException e) {
            return Optional.of(e.getMessage());
        }
    }

    private Call call(Pass pass) {
        Call call = appended.get(pass);
        if (call == null) {
            call = append(pass);
            appended.put(pass, call);
        }
        return call;
    }

    private Call append(Pass pass) {
        List.of(pass.at(), pass.to(), List.of(pass.from(), pass.of())).stream()
                .flatMap(List::stream)
                .filter(place -> !Pass.isFixed(place))
                .forEach(this::named);
        return new Call(network.pass(pass));
    }

    private ModelException bypassed(Pass pass) {
        return new ModelException(
                "Layer '"
                        + pass.from()
                        + "' of model '"
                        + spec.name()
                        + "' cannot be changed alone: other connections lead past it. Choose a"
                        + " layer that all paths go through, such as the one after the connections"
                        + " are joined.");
    }

    private Trace trace(Pass pass, Map<String, Calls.Values> out) {
        Map<String, Tensor> activations = new HashMap<>();
        for (String layer : pass.at()) {
            activations.put(layer, tensor(layer, out.get(NetworkGraph.ACTIVATION + layer)));
        }
        Map<String, Tensor> gradients = new HashMap<>();
        for (String place : pass.to()) {
            gradients.put(place, tensor(place, out.get(NetworkGraph.GRADIENT + place)));
        }
        Calls.Values logits = out.get(AugmentedModel.LOGITS);
        Optional<Tensor> ofBaseline =
                Optional.ofNullable(out.get(NetworkGraph.OF_BASELINE))
                        .map(
                                values ->
                                        pass.of().equals(Pass.LOGITS)
                                                ? Tensor.rows(Axes.ROWS, values.rows())
                                                : tensor(pass.of(), values));
        return new Trace(
                logits == null ? new float[0][] : logits.rows(),
                activations,
                gradients,
                ofBaseline);
    }

    private Tensor tensor(String place, Calls.Values values) {
        Axes axes =
                switch (place) {
                    case Pass.IMAGE -> spec.axes();
                    case Pass.SCORES -> spec.map().orElseThrow().axes();
                    default -> named(place).axes();
                };
        return new Tensor(axes, values.shape(), values.data());
    }
}
