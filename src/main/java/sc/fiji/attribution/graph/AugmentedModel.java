/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;

/**
 * A SavedModel with what attribution needs added: signatures for logits and for the input gradient
 * of a fed cotangent, in one flat graph. Variables stay variables.
 *
 * @param savedModel the augmented protocol buffer, to be written beside the untouched variables
 * @param input the original input: its shape and axes are the model's
 * @param classes number of logits, -1 where the file does not say
 * @param closing what closes the network: Softmax, Sigmoid, Probability where the logits are the
 *     log odds of other probabilities, or empty where the scores themselves are the logits
 * @param channelsFirst whether the convolutions take the channel axis before the spatial ones
 * @param gradientProblem why there is no gradient signature, where there is none
 */
public record AugmentedModel(
        SavedModel savedModel,
        int[] input,
        int classes,
        String closing,
        boolean channelsFirst,
        Optional<String> gradientProblem) {

    /** Signature: {@link #INPUT} to {@link #LOGITS}. */
    public static final String SCORE = "attribution_score";

    /** Signature: {@link #INPUT} and {@link #COTANGENT} to {@link #LOGITS}, {@link #GRADIENT}. */
    public static final String DIFFERENTIATE = "attribution_differentiate";

    public static final String INPUT = "input";
    public static final String COTANGENT = "cotangent";
    public static final String LOGITS = "logits";
    public static final String GRADIENT = "gradient";

    private static final String SCOPE = "attribution/";

    /** Why a path is not a SavedModel, by names alone; empty where it is one. */
    public static Optional<String> whyNot(Path path) {
        return SavedModelFile.whyNot(path);
    }

    /**
     * Reads a SavedModel and augments it. Nothing of it runs.
     *
     * @param folder the SavedModel
     * @throws ModelException where the folder is no SavedModel or no classifier of images, or may
     *     do more than compute
     */
    public static AugmentedModel read(Path folder, Request request) {
        SavedModelFile file = SavedModelFile.read(folder);
        String name = folder.getFileName().toString();
        MetaGraphDef graph = file.metaGraph();
        Signature chosen =
                Signature.choose(graph, request.signature(), request.constants().keySet(), name);
        if (!request.trust()) {
            AllowedOps.check(graph, graph.getSignatureDefOrThrow(chosen.name()), name);
        }
        MetaGraphDef fixed =
                graph.toBuilder()
                        .setGraphDef(
                                Feeds.fix(graph.getGraphDef(), chosen, request.constants(), name))
                        .build();
        AugmentedModel result =
                new Builder(fixed, chosen, name, folder.resolve("variables"))
                        .build(request.output());
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

    private static final class Builder {
        private final MetaGraphDef original;
        private final Signature signature;
        private final String model;
        private final Path variables;

        Builder(MetaGraphDef original, Signature signature, String model, Path variables) {
            this.original = original;
            this.signature = signature;
            this.model = model;
            this.variables = variables;
        }

        AugmentedModel build(String wantedOutput) {
            Output image = Output.parse(signature.input().getName());
            Map<String, TensorInfo> scores = signature.outputs();
            List<Output> wanted = new ArrayList<>();
            scores.values().forEach(info -> wanted.add(Output.parse(info.getName())));
            FunctionInliner.Flattened flat = flatten(wanted);
            Graph graph = flat.graph();

            Map<String, Logits> heads = new LinkedHashMap<>();
            int i = 0;
            for (String name : scores.keySet()) {
                Output output = flat.outputs().get(i++);
                if (!output.equals(Branches.DEAD)) {
                    heads.put(name, Logits.find(graph, output));
                }
            }
            String head = chooseHead(heads, wantedOutput);
            Logits logits = heads.get(head);
            PathCheck.check(graph, image, logits.output(), model);
            Ops ops = new Ops(graph, SCOPE);
            boolean channelsFirst = channelsFirst(graph);
            Widening.apply(ops);
            ChannelsLast.apply(ops, logits.output());
            Output input = FloatInput.of(ops, image, model);
            PoolBeforeRelu.apply(ops);
            Output scored =
                    logits.closing().equals(Logits.PROBABILITY)
                            ? LogOdds.append(ops, logits.output())
                            : logits.output();
            Output logits32 = ops.cast(scored, DataType.DT_FLOAT);
            Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);

            Map<String, SignatureDef> signatures = new TreeMap<>();
            signatures.put(
                    SCORE, signatureOf(graph, Map.of(INPUT, input), Map.of(LOGITS, logits32)));
            Optional<String> problem = Optional.empty();
            try {
                Output seed = ops.cast(cotangent, graph.type(scored));
                Output gradient =
                        new ReverseMode(ops, GradientRules.TABLE)
                                .backward(scored, ops.reshapeLike(seed, scored), input);
                signatures.put(
                        DIFFERENTIATE,
                        signatureOf(
                                graph,
                                Map.of(INPUT, input, COTANGENT, cotangent),
                                Map.of(
                                        LOGITS,
                                        logits32,
                                        GRADIENT,
                                        ops.cast(gradient, DataType.DT_FLOAT))));
            } catch (UnsupportedOpException e) {
                problem = Optional.of(e.getMessage());
            }
            return new AugmentedModel(
                    assemble(graph, signatures),
                    signature.inputShape(),
                    Signature.width(scores.get(head)),
                    logits.closing(),
                    channelsFirst,
                    problem);
        }

        private FunctionInliner.Flattened flatten(List<Output> wanted) {
            try {
                return FunctionInliner.flatten(original.getGraphDef(), wanted);
            } catch (ModelException e) {
                throw new ModelException("Model '" + model + "': " + e.getMessage(), e);
            }
        }

        private static boolean channelsFirst(Graph graph) {
            return graph.nodes().stream()
                    .filter(node -> node.getOp().equals("Conv2D") || node.getOp().equals("Conv3D"))
                    .findFirst()
                    .map(node -> Node.of(node).channelsFirst())
                    .orElse(false);
        }

        private String chooseHead(Map<String, Logits> heads, String wanted) {
            if (wanted != null && !wanted.isEmpty()) {
                if (!heads.containsKey(wanted)) {
                    throw new ModelException(
                            "Model '"
                                    + model
                                    + "' has no score output '"
                                    + wanted
                                    + "'; it has "
                                    + heads.keySet()
                                    + ".");
                }
                return wanted;
            }
            if (heads.size() == 1) {
                return heads.keySet().iterator().next();
            }
            Set<String> activations = Set.of(Logits.SOFTMAX, Logits.SIGMOID);
            if (heads.isEmpty()) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' computes its class scores in a branch that is not taken, such"
                                + " as that for training: export it for inference.");
            }
            List<String> closed =
                    heads.keySet().stream()
                            .filter(name -> activations.contains(heads.get(name).closing()))
                            .toList();
            if (closed.size() != 1) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' has several score outputs, name one (scores=…): "
                                + heads.keySet());
            }
            return closed.get(0);
        }

        private SignatureDef signatureOf(
                Graph graph, Map<String, Output> inputs, Map<String, Output> outputs) {
            SignatureDef.Builder result =
                    SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
            inputs.forEach((name, tensor) -> result.putInputs(name, info(graph, tensor)));
            outputs.forEach((name, tensor) -> result.putOutputs(name, info(graph, tensor)));
            return result.build();
        }

        private TensorInfo info(Graph graph, Output tensor) {
            return TensorInfo.newBuilder()
                    .setName(tensor.toString())
                    .setDtype(graph.type(tensor))
                    .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                    .build();
        }

        /** The flat graph's useful part, and what the loader needs to fill the variables. */
        private SavedModel assemble(Graph graph, Map<String, SignatureDef> signatures) {
            Set<String> roots = new LinkedHashSet<>();
            for (SignatureDef each : signatures.values()) {
                each.getInputsMap().values().forEach(t -> roots.add(node(t)));
                each.getOutputsMap().values().forEach(t -> roots.add(node(t)));
            }
            List<NodeDef> nodes = new ArrayList<>(graph.ancestors(roots));
            Set<String> names = new HashSet<>();
            nodes.forEach(node -> names.add(node.getName()));
            Restoring restoring = Restoring.of(original, nodes, variables, model);
            for (NodeDef node : restoring.nodes()) {
                if (names.add(node.getName())) {
                    nodes.add(node);
                }
            }
            GraphDef.Builder augmented =
                    GraphDef.newBuilder()
                            .addAllNode(nodes)
                            .setVersions(original.getGraphDef().getVersions())
                            .setLibrary(
                                    Functions.reachable(
                                            original.getGraphDef().getLibrary(), nodes));
            MetaGraphDef.Builder meta =
                    MetaGraphDef.newBuilder()
                            .setMetaInfoDef(original.getMetaInfoDef())
                            .setGraphDef(augmented)
                            .putAllSignatureDef(signatures);
            if (original.hasSaverDef()) {
                meta.setSaverDef(restoring.saver());
            }
            return SavedModel.newBuilder()
                    .setSavedModelSchemaVersion(1)
                    .addMetaGraphs(meta)
                    .build();
        }

        private static String node(TensorInfo tensor) {
            return Output.parse(tensor.getName()).node();
        }
    }
}
