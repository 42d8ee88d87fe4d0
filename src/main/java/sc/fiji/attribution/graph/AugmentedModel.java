/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
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
import sc.fiji.attribution.graph.layer.InputEvidence;
import sc.fiji.attribution.graph.rewrite.ActiveAugmentation;
import sc.fiji.attribution.graph.rewrite.ChannelsLast;
import sc.fiji.attribution.graph.rewrite.FloatInput;
import sc.fiji.attribution.graph.rewrite.HalfToFloat;
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
import sc.fiji.attribution.graph.savedmodel.SavedModelFile;
import sc.fiji.attribution.graph.savedmodel.Signature;

/**
 * A network with what attribution needs added: signatures for logits and for the input gradient of
 * a fed cotangent, in one flat graph. Variables stay variables.
 *
 * @param savedModel the augmented protocol buffer, to be written beside the untouched variables
 * @param input the original input: its shape and axes are the model's
 * @param output the signature's name of the scores
 * @param classes number of logits, -1 where the file does not say
 * @param map how scores for each place lie in the output, whose means are the logits; empty where
 *     the whole image is scored
 * @param closing what closes the network; where that is another probability, the logits are its log
 *     odds
 * @param channelsFirst whether the convolutions take the channel axis before the spatial ones
 * @param gradientProblem why there is no gradient signature, where there is none
 * @param warnings what was changed in the network, one line each
 * @param weighted layers with weights, those next to the logits first
 * @param facts what the file says of itself, for people, by what it is about
 * @param evidence where the network shows what values it was trained on
 * @param parts which channels of the input belong to which of several inputs
 * @param checkpoint index and data files of the checkpoint that the variables are restored from;
 *     they are to lie in {@code variables} beside the graph
 * @param network for passes to hidden layers, to be added once this is loaded
 */
public record AugmentedModel(
        SavedModel savedModel,
        int[] input,
        String output,
        int classes,
        Optional<MapLayout> map,
        Closing closing,
        boolean channelsFirst,
        Optional<String> gradientProblem,
        NetworkGraph network,
        List<String> warnings,
        List<String> weighted,
        Map<String, String> facts,
        InputEvidence evidence,
        List<InputPart> parts,
        List<Path> checkpoint) {

    /** Characters of a message, whatever names a graph has. */
    private static final int LONGEST = 1000;

    /** Signature: {@link #INPUT} to {@link #LOGITS}. */
    public static final String SCORE = "attribution_score";

    /**
     * Signature: {@link #INPUT} and {@link #COTANGENT} to {@link #LOGITS}, {@link #GRADIENT}. NaN
     * as cotangent stands for the predicted class.
     */
    public static final String DIFFERENTIATE = "attribution_differentiate";

    /** Signature: {@link #INPUT} to the outputs of {@link InputEvidence}. */
    public static final String SEEN = "attribution_seen";

    public static final String INPUT = "input";
    public static final String COTANGENT = "cotangent";
    public static final String LOGITS = "logits";
    public static final String GRADIENT = "gradient";

    /**
     * Reads a SavedModel and augments it. Nothing of it runs.
     *
     * @param folder the SavedModel
     * @throws ModelException where the folder is no SavedModel or no classifier of images, or may
     *     do more than compute
     */
    public static AugmentedModel read(Path folder, Request request) {
        return of(
                SavedModelFile.read(folder).metaGraph(),
                folder.resolve("variables"),
                Optional.empty(),
                request,
                String.valueOf(folder.getFileName()));
    }

    /**
     * Augments a network.
     *
     * @param graph with a signature
     * @param variables the folder with the checkpoint that fills its variables
     * @param channelsFirst whether the image has its channels before space; empty where the first
     *     convolution tells
     * @param name of the model, for messages
     * @throws ModelException where it is no classifier of images, or may do more than compute
     */
    public static AugmentedModel of(
            MetaGraphDef graph,
            Path variables,
            Optional<Boolean> channelsFirst,
            Request request,
            String name) {
        try {
            return augment(graph, variables, channelsFirst, request, name);
        } catch (AttributionException e) {
            throw named(e, variables, name);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A graph that TensorFlow itself would refuse: wires to nowhere, missing attributes.
            throw new ModelException(
                    "The graph of model '"
                            + name
                            + "' is not sound ("
                            + (e instanceof IllegalArgumentException
                                    ? clear(String.valueOf(e.getMessage()))
                                    : e instanceof RuntimeException
                                            ? "nodes lack what they name"
                                            : "too deep or too large")
                            + "): copy or export it again.",
                    e);
        }
    }

    /** What happens deep inside a graph does not know whose it is, and repeats its names. */
    private static AttributionException named(AttributionException e, Path variables, String name) {
        String message = clear(e.getMessage());
        boolean told =
                message.contains("'" + name + "'")
                        || message.contains(String.valueOf(variables.getParent()));
        if (!(e instanceof ModelException) || told && message.equals(e.getMessage())) {
            return e;
        }
        return new ModelException(told ? message : "Model '" + name + "': " + message, e);
    }

    private static String clear(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private static AugmentedModel augment(
            MetaGraphDef file,
            Path variables,
            Optional<Boolean> first,
            Request request,
            String name) {
        boolean started = !request.feed().isEmpty();
        JoinedInputs joined =
                JoinedInputs.of(
                        file,
                        request.signature(),
                        request.inputs(),
                        request.constants().keySet(),
                        first,
                        name);
        MetaGraphDef graph = joined.graph();
        Signature chosen =
                Signature.choose(
                        graph, request.signature(), request.constants().keySet(), started, name);
        if (!request.trust()) {
            AllowedOps.check(graph, graph.getSignatureDefOrThrow(chosen.name()), name);
        }
        MetaGraphDef fixed =
                graph.toBuilder()
                        .setGraphDef(
                                FramedLoops.asCalls(
                                        ConstantInputs.fix(
                                                graph.getGraphDef(),
                                                chosen,
                                                request.constants(),
                                                name)))
                        .build();
        AugmentedModel result =
                augment(
                        fixed,
                        chosen,
                        first,
                        request,
                        joined.parts(),
                        new Checkpoint(variables),
                        name);
        if (!request.trust()) {
            // Whatever the flattening made of it, nothing else is ever loaded.
            MetaGraphDef augmented = result.savedModel().getMetaGraphs(0);
            augmented
                    .getSignatureDefMap()
                    .values()
                    .forEach(each -> AllowedOps.check(augmented, each, name));
        }
        return result;
    }

    private static AugmentedModel augment(
            MetaGraphDef original,
            Signature signature,
            Optional<Boolean> first,
            Request request,
            List<InputPart> parts,
            Checkpoint checkpoint,
            String model) {
        Map<String, TensorInfo> outputs = signature.outputs();
        ClassHead head =
                ClassHead.choose(
                        original.getGraphDef(),
                        outputs,
                        new ClassHead.Wanted(request.output(), request.numbers(), request.map()),
                        model);
        TensorInfo output = outputs.get(head.name());
        Graph graph = head.graph();
        Logits logits = head.logits();
        Output image = image(graph, signature, logits.output(), request.feed(), model);
        int[] declared = request.feed().isEmpty() ? signature.inputShape() : new int[0];
        int[] shape = InputShape.of(graph, image, declared, logits.output());
        List<String> random = ActiveAugmentation.leaveOut(graph, image, logits.output());
        Optional<String> box = PathCheck.check(graph, image, logits.output(), model);
        boolean channelsFirst = first.orElseGet(head::channelsFirst);

        Ops ops = new Ops(graph, Ops.SCOPE, request.kernels());
        HalfToFloat.apply(ops);
        List<String> weighted = ShuffledWeights.layers(graph, image, logits.output());
        request.altered().ifPresent(each -> each.ofWeights(ops, image, logits.output()));
        ChannelsLast.apply(ops, logits.output());
        SoundConvolutions.apply(ops, logits.output());
        Output input = FloatInput.of(ops, image, model);
        request.altered().ifPresent(each -> each.ofInput(ops, input));
        Output scores =
                logits.closing() == Closing.PROBABILITY
                        ? LogOdds.append(ops, logits.output())
                        : logits.inPlace(ops);
        TensorInfo unfolded = MapLayout.unfolded(output, shape, channelsFirst);
        Optional<MapLayout> map =
                Signature.isMap(output)
                        ? Optional.of(MapLayout.of(unfolded, shape, channelsFirst))
                        : Optional.empty();
        Output places =
                unfolded.equals(output)
                        ? scores
                        : ops.reshape(scores, ops.vector(map.orElseThrow().open()));
        if (map.isPresent() && parts.stream().anyMatch(InputPart::hasOwnGrid)) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' puts out a map of images on grids of their own: in which of them"
                            + " its places lie is not known; name another output (scores=…).");
        }
        // What a map scores as a whole is its mean: a classifier as if it were closed by that.
        Output scored =
                map.map(layout -> ops.emit("Mean", places, ops.vector(layout.space())))
                        .orElse(places);
        Graph network = new Graph(graph.nodes());
        Output folded = FoldedNormalisation.of(ops, input, scored);
        PoolBeforeRelu.apply(ops);
        // By an identity, since TensorFlow may fuse what makes them.
        Output score32 = ops.emit("Identity", ops.cast(folded, DataType.DT_FLOAT));

        Assembly assembly = new Assembly(original, graph);
        assembly.signature(SCORE, Map.of(INPUT, input), Map.of(LOGITS, score32));
        InputEvidence evidence = InputEvidence.of(network, input, scored);
        if (!evidence.isEmpty()) {
            assembly.signature(SEEN, Map.of(INPUT, input), evidence.outputs(ops));
        }
        Optional<String> problem = box;
        try {
            Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
            Output chosen = PredictedCotangent.of(ops, cotangent, folded);
            Output seed = ops.reshapeLike(ops.cast(chosen, graph.type(folded)), folded);
            Output gradient =
                    new ReverseMode(ops, RuleTable.GRADIENT).backward(folded, seed, input);
            assembly.signature(
                    DIFFERENTIATE,
                    Map.of(INPUT, input, COTANGENT, cotangent),
                    Map.of(LOGITS, score32, GRADIENT, ops.cast(gradient, DataType.DT_FLOAT)));
        } catch (UnsupportedOpException e) {
            problem = box.or(() -> Optional.of(e.getMessage()));
        }
        SavedModel savedModel = assembly.savedModel(checkpoint, model);
        return new AugmentedModel(
                savedModel,
                shape,
                head.name(),
                map.map(MapLayout::classes).orElse(Signature.width(output)),
                map,
                logits.closing(),
                channelsFirst,
                problem,
                new NetworkGraph(
                        network,
                        graph,
                        savedModel.getMetaGraphs(0).getGraphDef().getNodeList(),
                        input,
                        scored,
                        places,
                        channelsFirst,
                        request.kernels()),
                warnings(random, model),
                weighted,
                facts(signature, head),
                evidence,
                parts,
                checkpoint.files());
    }

    /** Where the image is fed. */
    private static Output image(
            Graph graph, Signature signature, Output logits, String feed, String model) {
        Output input = Output.parse(signature.input().getName());
        if (feed.isEmpty()) {
            signature.requireNumbers(FeedPoint.first(graph, logits, input), model);
            return input;
        }
        return FeedPoint.cut(graph, logits, input, feed, model);
    }

    private static List<String> warnings(List<String> augmentation, String model) {
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
