/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.head.Closing;
import sc.fiji.attribution.graph.layer.InputEvidence;
import sc.fiji.attribution.graph.savedmodel.SavedModelFile;

/**
 * A network with what attribution needs added: signatures for logits and for the input gradient of
 * a fed cotangent, in one flat graph. Variables stay variables.
 *
 * @param savedModel the augmented protocol buffer, to be written beside the untouched variables
 * @param checkpoint index and data files of the checkpoint that the variables are restored from;
 *     they are to lie in {@code variables} beside the graph
 * @param network for passes to hidden layers, to be added once this is loaded
 * @param input where the image goes in
 * @param head where the scores come out
 * @param weighted layers with weights, those next to the logits first
 * @param gradientProblem why there is no gradient signature, where there is none
 * @param remarks what there is to tell people
 */
public record AugmentedModel(
        SavedModel savedModel,
        List<Path> checkpoint,
        NetworkGraph network,
        Input input,
        Scores head,
        List<String> weighted,
        Optional<String> gradientProblem,
        Remarks remarks) {

    /**
     * Where the image goes in.
     *
     * @param shape of the original input: its axes are the model's; −1 where an extent is open
     * @param channelsFirst whether the convolutions take the channel axis before the spatial ones
     * @param parts which channels belong to which of several inputs
     * @param evidence where the network shows what values it was trained on
     */
    public record Input(
            int[] shape, boolean channelsFirst, List<InputPart> parts, InputEvidence evidence) {}

    /**
     * Where the scores come out.
     *
     * @param output the signature's name of the scores
     * @param classes number of logits, -1 where the file does not say
     * @param map how scores for each place lie in the output, whose means are the logits; empty
     *     where the whole image is scored
     * @param closing what closes the network; where that is another probability, the logits are its
     *     log odds
     */
    public record Scores(String output, int classes, Optional<MapLayout> map, Closing closing) {}

    /**
     * What there is to tell people.
     *
     * @param warnings what was changed in the network, one line each
     * @param facts what the file says of itself, by what it is about
     */
    public record Remarks(List<String> warnings, Map<String, String> facts) {}

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
        return new Augmentation(variables, request, name).of(graph, channelsFirst);
    }
}
