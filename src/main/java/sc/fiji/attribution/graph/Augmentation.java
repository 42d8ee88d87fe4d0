/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.AugmentedModel.COTANGENT;
import static sc.fiji.attribution.graph.AugmentedModel.DIFFERENTIATE;
import static sc.fiji.attribution.graph.AugmentedModel.GRADIENT;
import static sc.fiji.attribution.graph.AugmentedModel.INPUT;
import static sc.fiji.attribution.graph.AugmentedModel.LOGITS;
import static sc.fiji.attribution.graph.AugmentedModel.SCORE;
import static sc.fiji.attribution.graph.AugmentedModel.SEEN;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.head.Closing;
import sc.fiji.attribution.graph.head.Logits;
import sc.fiji.attribution.graph.input.ConstantInputs;
import sc.fiji.attribution.graph.input.FeedPoint;
import sc.fiji.attribution.graph.input.InputShape;
import sc.fiji.attribution.graph.input.JoinedInputs;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.layer.FoldedNormalisation;
import sc.fiji.attribution.graph.layer.HiddenLayers;
import sc.fiji.attribution.graph.layer.InputEvidence;
import sc.fiji.attribution.graph.rewrite.ActiveAugmentation;
import sc.fiji.attribution.graph.rewrite.ChannelsLast;
import sc.fiji.attribution.graph.rewrite.FloatInput;
import sc.fiji.attribution.graph.rewrite.HalfToFloat;
import sc.fiji.attribution.graph.rewrite.KnownValues;
import sc.fiji.attribution.graph.rewrite.LogOdds;
import sc.fiji.attribution.graph.rewrite.PathCheck;
import sc.fiji.attribution.graph.rewrite.PoolBeforeRelu;
import sc.fiji.attribution.graph.rewrite.PredictedCotangent;
import sc.fiji.attribution.graph.rewrite.ShuffledWeights;
import sc.fiji.attribution.graph.rewrite.SoundConvolutions;
import sc.fiji.attribution.graph.savedmodel.AllowedOps;
import sc.fiji.attribution.graph.savedmodel.Assembly;
import sc.fiji.attribution.graph.savedmodel.Checkpoint;
import sc.fiji.attribution.graph.savedmodel.ClassHead;
import sc.fiji.attribution.graph.savedmodel.FramedLoops;
import sc.fiji.attribution.graph.savedmodel.Signature;
import sc.fiji.attribution.graph.sewing.Sewing;

/**
 * From a network as it is stored to one with the signatures of {@link AugmentedModel}: its inputs
 * are joined or fixed, it is checked and flattened, its logits are found, and a backward pass is
 * appended.
 */
final class Augmentation {

    /** Characters of a message, whatever names a graph has. */
    private static final int LONGEST = 1000;

    private final Path variables;
    private final Request request;
    private final String model;

    /**
     * @param variables the folder with the checkpoint that fills the variables
     * @param model its name, for messages
     */
    Augmentation(Path variables, Request request, String model) {
        this.variables = variables;
        this.request = request;
        this.model = model;
    }

    /** As {@link AugmentedModel#of}. */
    AugmentedModel of(MetaGraphDef graph, Optional<Boolean> channelsFirst) {
        try {
            return augment(graph, channelsFirst);
        } catch (AttributionException e) {
            throw named(e);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A graph that TensorFlow itself would refuse: wires to nowhere, missing attributes.
            throw new ModelException(
                    "The graph of model '"
                            + model
                            + "' is not sound ("
                            + (e instanceof IllegalArgumentException
                                            && !(e instanceof NumberFormatException)
                                    ? clear(String.valueOf(e.getMessage()))
                                    : e instanceof RuntimeException
                                            ? "nodes lack what they name"
                                            : "too deep or too large")
                            + "): copy or export it again.",
                    e);
        }
    }

    /** What happens deep inside a graph does not know whose it is, and repeats its names. */
    private AttributionException named(AttributionException e) {
        String message = clear(e.getMessage());
        boolean told =
                message.contains("'" + model + "'")
                        || message.contains(String.valueOf(variables.getParent()));
        if (!(e instanceof ModelException) || told && message.equals(e.getMessage())) {
            return e;
        }
        return new ModelException(told ? message : "Model '" + model + "': " + message, e);
    }

    private static String clear(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private AugmentedModel augment(MetaGraphDef file, Optional<Boolean> first) {
        Set<String> constants = request.constants().keySet();
        JoinedInputs joined =
                JoinedInputs.of(
                        file, request.signature(), request.inputs(), constants, first, model);
        MetaGraphDef graph = joined.graph();
        boolean started = !request.feed().isEmpty();
        Signature chosen = Signature.choose(graph, request.signature(), constants, started, model);
        if (!request.trust()) {
            AllowedOps.check(graph, List.of(graph.getSignatureDefOrThrow(chosen.name())), model);
        }
        GraphDef fixed =
                ConstantInputs.fix(graph.getGraphDef(), chosen, request.constants(), model);
        MetaGraphDef sound = graph.toBuilder().setGraphDef(FramedLoops.asCalls(fixed)).build();
        AugmentedModel result = augment(sound, chosen, first, joined.parts());
        if (!request.trust()) {
            // Whatever the flattening made of it, nothing else is ever loaded.
            MetaGraphDef augmented = result.savedModel().getMetaGraphs(0);
            AllowedOps.check(
                    augmented, augmented.getSignatureDefMap().values(), Sewing.OWN_OPS, model);
        }
        return result;
    }

    private AugmentedModel augment(
            MetaGraphDef original,
            Signature signature,
            Optional<Boolean> first,
            List<InputPart> parts) {
        ClassHead head =
                ClassHead.choose(
                        original.getGraphDef(), signature.outputs(), request.head(), model);
        Graph graph = head.graph();
        Set<String> authors = graph.names();
        Output end = head.logits().output();
        Output image = image(graph, signature, end);
        int[] declared = request.feed().isEmpty() ? signature.inputShape() : new int[0];
        int[] shape = InputShape.of(graph, image, declared, end);
        List<String> random = ActiveAugmentation.leaveOut(graph, image, end);
        Optional<String> box = PathCheck.check(graph, image, end, model);
        boolean channelsFirst = first.orElseGet(head::channelsFirst);

        Ops ops = new Ops(graph, Ops.SCOPE, request.kernels());
        HalfToFloat.apply(ops);
        List<String> weighted = ShuffledWeights.layers(graph, image, end);
        request.altered().ifPresent(each -> each.ofWeights(ops, image, end));
        Output logits = ChannelsLast.apply(ops, end);
        SoundConvolutions.apply(ops, logits);
        Output input = FloatInput.of(ops, image, model);
        request.altered().ifPresent(each -> each.ofInput(ops, input));
        Scored scored =
                scored(
                        ops,
                        head.logits().at(logits),
                        signature.outputs().get(head.name()),
                        shape,
                        channelsFirst,
                        parts);
        Graph network = new Graph(graph.nodes());
        Output folded = FoldedNormalisation.of(ops, input, scored.mean());
        PoolBeforeRelu.apply(ops);

        Assembly assembly = new Assembly(original, graph, request.kernels());
        // By an identity, since TensorFlow may fuse what makes them.
        Output score32 = ops.emit("Identity", ops.cast(folded, DataType.DT_FLOAT));
        assembly.signature(SCORE, Map.of(INPUT, input), Map.of(LOGITS, score32));
        InputEvidence evidence = InputEvidence.of(network, input, scored.mean());
        if (!evidence.isEmpty()) {
            assembly.signature(SEEN, Map.of(INPUT, input), evidence.outputs(ops));
        }
        Optional<String> problem = differentiate(assembly, ops, input, folded, score32);
        Checkpoint checkpoint = new Checkpoint(variables);
        SavedModel savedModel = assembly.savedModel(checkpoint, model);
        return new AugmentedModel(
                savedModel,
                checkpoint.files(),
                new NetworkGraph(
                        network,
                        new LoadedGraph(
                                network,
                                graph,
                                scored.mean(),
                                savedModel.getMetaGraphs(0).getGraphDef().getNodeList(),
                                new KnownValues(graph, assembly.precomputed())),
                        new HiddenLayers(network, input, scored.mean(), channelsFirst, authors),
                        input,
                        scored.mean(),
                        scored.places(),
                        request.kernels()),
                new AugmentedModel.Input(shape, channelsFirst, parts, evidence),
                new AugmentedModel.Scores(
                        head.name(), scored.classes(), scored.map(), head.logits().closing()),
                weighted,
                box.or(() -> problem),
                new AugmentedModel.Remarks(warnings(random), facts(signature, head)));
    }

    /**
     * What is explained.
     *
     * @param mean the logits; of a map the means over its places, as if it were closed by that
     * @param places the logits of each place, or the same
     * @param map how the places lie
     * @param classes how many logits, -1 where the file does not say
     */
    private record Scored(Output mean, Output places, Optional<MapLayout> map, int classes) {}

    private Scored scored(
            Ops ops,
            Logits logits,
            TensorInfo output,
            int[] shape,
            boolean channelsFirst,
            List<InputPart> parts) {
        Output scores =
                logits.closing() == Closing.PROBABILITY
                        ? LogOdds.append(ops, logits.output())
                        : logits.inPlace(ops);
        if (!Signature.isMap(output)) {
            return new Scored(scores, scores, Optional.empty(), Signature.width(output));
        }
        if (parts.stream().anyMatch(InputPart::hasOwnGrid)) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' puts out a map of images on grids of their own: in which of them"
                            + " its places lie is not known; name another output (scores=…).");
        }
        TensorInfo unfolded = MapLayout.unfolded(output, shape, channelsFirst);
        MapLayout map = MapLayout.of(unfolded, shape, channelsFirst);
        Output places =
                unfolded.equals(output) ? scores : ops.reshape(scores, ops.vector(map.open()));
        Output mean = ops.emit("Mean", places, ops.vector(map.space()));
        return new Scored(mean, places, Optional.of(map), map.classes());
    }

    /**
     * Appends the backward pass.
     *
     * @return why there is none, where there is none
     */
    private static Optional<String> differentiate(
            Assembly assembly, Ops ops, Output input, Output logits, Output score32) {
        try {
            Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
            Output chosen = PredictedCotangent.of(ops, cotangent, logits);
            Output seed = ops.reshapeLike(ops.cast(chosen, ops.graph().type(logits)), logits);
            Output gradient =
                    new ReverseMode(ops, RuleTable.GRADIENT).backward(logits, seed, input);
            assembly.signature(
                    DIFFERENTIATE,
                    Map.of(INPUT, input, COTANGENT, cotangent),
                    Map.of(LOGITS, score32, GRADIENT, ops.cast(gradient, DataType.DT_FLOAT)));
            return Optional.empty();
        } catch (UnsupportedOpException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Where the image is fed. */
    private Output image(Graph graph, Signature signature, Output logits) {
        Output input = Output.parse(signature.input().getName());
        if (request.feed().isEmpty()) {
            signature.requireNumbers(FeedPoint.first(graph, logits, input), model);
            return input;
        }
        return FeedPoint.cut(graph, logits, input, request.feed(), model);
    }

    private List<String> warnings(List<String> augmentation) {
        return augmentation.isEmpty()
                ? List.of()
                : List.of(
                        "Model '"
                                + model
                                + "' was exported with its data augmentation active ("
                                + String.join(", ", augmentation)
                                + "), which is left out here, as it is in inference.");
    }

    private static Map<String, String> facts(Signature signature, ClassHead head) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("signature", signature.name());
        facts.put("input", Signature.describe(signature.inputName(), signature.input()));
        signature
                .others()
                .forEach((name, info) -> facts.put("constant", Signature.describe(name, info)));
        facts.put("output", Signature.describe(head.name(), signature.outputs().get(head.name())));
        Closing closing = head.logits().closing();
        facts.put(
                "logits",
                closing == Closing.PROBABILITY
                        ? "none in the network: the log-odds of its probabilities are explained"
                        : "layer '"
                                + NodeName.of(head.logits().output().node())
                                + "'"
                                + (closing.toString().isEmpty()
                                        ? ""
                                        : ", before the closing " + closing));
        return facts;
    }
}
