/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * The signature of a classifier: one image in, perhaps with values besides it, one score vector
 * out.
 *
 * @param name its key in the SavedModel
 * @param inputName name of the image input
 * @param input the image input
 * @param others the inputs besides the image, by name
 * @param outputs the outputs that can be scores, by name: [batch, classes], [batch], or maps
 */
public record Signature(
        String name,
        String inputName,
        TensorInfo input,
        Map<String, TensorInfo> others,
        Map<String, TensorInfo> outputs) {

    private static final String DEFAULT = "serving_default";

    /** Numbers of an example in a message. */
    private static final int LONGEST = 12;

    /** Element types that an image may have. */
    private static final Set<DataType> TYPES =
            Set.of(
                    DataType.DT_FLOAT,
                    DataType.DT_DOUBLE,
                    DataType.DT_HALF,
                    DataType.DT_BFLOAT16,
                    DataType.DT_UINT8,
                    DataType.DT_INT8,
                    DataType.DT_UINT16,
                    DataType.DT_INT16,
                    DataType.DT_INT32,
                    DataType.DT_INT64);

    /**
     * Chooses the signature: the named one, else {@code serving_default}, else the only one.
     *
     * @param wanted a signature's name, or null
     * @param anyInput whether its input need not be an image, since the network starts elsewhere
     * @param constants inputs that are held fixed: none of them is the image
     * @throws ModelException with a list of what there is, where none or several fit
     */
    public static Signature choose(
            MetaGraphDef graph,
            String wanted,
            Set<String> constants,
            boolean anyInput,
            String model) {
        Map<String, SignatureDef> all = new TreeMap<>();
        Set<String> defaults = defaults(graph);
        graph.getSignatureDefMap()
                .forEach(
                        (name, signature) ->
                                all.put(name, without(defaults, constants, signature)));
        all.keySet().removeIf(name -> name.startsWith("__saved_model"));
        if (wanted != null && !wanted.isEmpty()) {
            if (!all.containsKey(wanted)) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' has no signature '"
                                + wanted
                                + "'; it has "
                                + describe(all)
                                + ".");
            }
            return classifier(wanted, all.get(wanted), constants, anyInput, model);
        }
        if (all.containsKey(DEFAULT)) {
            return classifier(DEFAULT, all.get(DEFAULT), constants, anyInput, model);
        }
        if (all.size() == 1) {
            Map.Entry<String, SignatureDef> only = all.entrySet().iterator().next();
            return classifier(only.getKey(), only.getValue(), constants, anyInput, model);
        }
        throw new ModelException(
                all.isEmpty()
                        ? "Model '"
                                + model
                                + "' has no signature: export it for serving, for example with"
                                + " model.export(folder) in Keras."
                        : "Model '"
                                + model
                                + "' has several signatures, name one (signature=…): "
                                + describe(all)
                                + ".");
    }

    /** Nodes that have a value where none is given, such as how much is kept in training. */
    private static Set<String> defaults(MetaGraphDef graph) {
        return graph.getGraphDef().getNodeList().stream()
                .filter(node -> node.getOp().equals("PlaceholderWithDefault"))
                .map(NodeDef::getName)
                .collect(Collectors.toSet());
    }

    /** Without inputs that have a default, unless they are given. */
    private static SignatureDef without(
            Set<String> defaults, Set<String> given, SignatureDef signature) {
        SignatureDef.Builder needed = signature.toBuilder();
        signature
                .getInputsMap()
                .forEach(
                        (name, input) -> {
                            TensorShapeProto shape = input.getTensorShape();
                            boolean small = !shape.getUnknownRank() && shape.getDimCount() < 2;
                            String node = Output.parse(input.getName()).node();
                            if (small && defaults.contains(node) && !given.contains(name)) {
                                needed.removeInputs(name);
                            }
                        });
        return needed.build();
    }

    private static Signature classifier(
            String name,
            SignatureDef signature,
            Set<String> constants,
            boolean anyInput,
            String model) {
        Map<String, TensorInfo> others = new TreeMap<>(signature.getInputsMap());
        List<String> images =
                others.keySet().stream()
                        .filter(input -> !constants.contains(input))
                        .filter(input -> others.size() == 1 || isImage(others.get(input), anyInput))
                        .toList();
        if (images.size() != 1) {
            throw new ModelException(
                    "Signature '"
                            + name
                            + "' of model '"
                            + model
                            + "' takes "
                            + describeTensors(signature.getInputsMap())
                            + "; expected one image (input=), and the rest by name (inputs="
                            + images.stream().map(i -> i + "=…").collect(Collectors.joining(","))
                            + " without that one; numbers that are not explained in"
                            + " constants=).");
        }
        TensorInfo image = others.remove(images.get(0));
        if (!anyInput && TYPES.contains(image.getDtype())) {
            checkExtents(images.get(0), image, model);
        }
        Map<String, TensorInfo> scores = scores(signature);
        if (scores.isEmpty()) {
            throw new ModelException(
                    "Signature '"
                            + name
                            + "' of model '"
                            + model
                            + "' returns "
                            + describeTensors(signature.getOutputsMap())
                            + "; expected scores as real numbers: a vector [batch, classes], or a"
                            + " map of them with an axis for each of the image.");
        }
        return new Signature(name, images.get(0), image, others, scores);
    }

    private static Map<String, TensorInfo> scores(SignatureDef signature) {
        Map<String, TensorInfo> scores = new TreeMap<>(signature.getOutputsMap());
        scores.values()
                .removeIf(
                        output ->
                                !Ops.isFloating(output.getDtype())
                                        || !output.getTensorShape().getUnknownRank()
                                                && output.getTensorShape().getDimCount() == 0);
        return scores;
    }

    /** Whether an output holds scores for each place in space, not for the image as a whole. */
    public static boolean isMap(TensorInfo output) {
        TensorShapeProto shape = output.getTensorShape();
        long extended =
                shape.getDimList().stream().skip(1).filter(dim -> dim.getSize() != 1).count();
        return !shape.getUnknownRank() && shape.getDimCount() > 2 && extended > 1;
    }

    private static boolean isImage(TensorInfo input, boolean encoded) {
        TensorShapeProto shape = input.getTensorShape();
        return (shape.getUnknownRank() || shape.getDimCount() >= 3)
                        && TYPES.contains(input.getDtype())
                || encoded && input.getDtype() == DataType.DT_STRING;
    }

    /**
     * Checks that the input holds numbers.
     *
     * @param start where the network can be begun instead; empty where nowhere
     * @throws ModelException says how to export it, or how to begin it elsewhere
     */
    public void requireNumbers(Optional<String> start, String model) {
        if (!TYPES.contains(input.getDtype())) {
            throw new ModelException(
                    "Input '"
                            + inputName
                            + "' of model '"
                            + model
                            + "' is of type "
                            + input.getDtype()
                            + ", such as an encoded image file; expected the numbers of an image:"
                            + " export the model with a float32 input"
                            + start.map(at -> ", or begin behind the decoder (feed=" + at + ")")
                                    .orElse("")
                            + ".");
        }
    }

    private static void checkExtents(String name, TensorInfo input, String model) {
        TensorShapeProto shape = input.getTensorShape();
        int rank = shape.getDimCount();
        if (!shape.getUnknownRank() && (rank < 3 || rank > 5)) {
            throw new ModelException(
                    "Input "
                            + describeTensors(Map.of(name, input))
                            + " of model '"
                            + model
                            + "' is not a batch of images: expected 3 to 5 axes such as [batch, z,"
                            + " y, x, channel]; a vector has no place in an image to explain.");
        }
    }

    /**
     * Checks that each input besides the image has a value, and each value an input.
     *
     * @throws ModelException says which are missing or too many, and how to give them
     */
    public void requireValues(Map<String, float[]> constants, Set<String> open, String model) {
        Map<String, TensorInfo> missing = new TreeMap<>(others);
        missing.keySet().removeAll(constants.keySet());
        if (!missing.isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' takes, besides the image '"
                            + inputName
                            + "', "
                            + describeTensors(missing)
                            + ": give their values (constants="
                            + missing.entrySet().stream()
                                    .map(each -> each.getKey() + "=" + zeros(each.getValue()))
                                    .collect(Collectors.joining(","))
                            + "), or have them explained, too (inputs=).");
        }
        for (String name : constants.keySet()) {
            if (!open.contains(name)) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' has no input '"
                                + name
                                + "' to hold constant; besides the image '"
                                + inputName
                                + "' it takes "
                                + (others.isEmpty() ? "none" : describeTensors(others))
                                + ".");
            }
        }
    }

    /** As many as the input takes, to show how they are written. */
    private static String zeros(TensorInfo input) {
        long count = 1;
        for (TensorShapeProto.Dim dim : input.getTensorShape().getDimList()) {
            count *= Math.max(1, dim.getSize());
        }
        return count > LONGEST ? "0 0 …" : "0" + " 0".repeat((int) count - 1);
    }

    /** Extents of the input, -1 where any fits; empty where even the rank is unknown. */
    public int[] inputShape() {
        return input.getTensorShape().getDimList().stream()
                .mapToInt(dim -> (int) dim.getSize())
                .toArray();
    }

    /** Number of scores of an output that is no map, or -1. */
    public static int width(TensorInfo output) {
        TensorShapeProto shape = output.getTensorShape();
        if (shape.getUnknownRank()) {
            return -1;
        }
        return (int)
                shape.getDimList().stream()
                        .skip(1)
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .filter(extent -> extent != 1)
                        .findFirst()
                        .orElse(1);
    }

    private static String describe(Map<String, SignatureDef> signatures) {
        List<String> texts = new ArrayList<>();
        signatures.forEach(
                (name, signature) ->
                        texts.add(
                                "'"
                                        + name
                                        + "': "
                                        + describeTensors(signature.getInputsMap())
                                        + " → "
                                        + describeTensors(signature.getOutputsMap())));
        return texts.isEmpty() ? "none" : String.join("; ", texts);
    }

    public static String describeTensors(Map<String, TensorInfo> tensors) {
        return new TreeMap<>(tensors)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + extents(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** For people: {@code image float [-1, 32, 32, 3]}. */
    public static String describe(String name, TensorInfo tensor) {
        String type = tensor.getDtype().name().replace("DT_", "").toLowerCase(Locale.ROOT);
        return name + " " + type + " " + extents(tensor);
    }

    private static String extents(TensorInfo tensor) {
        return tensor.getTensorShape().getDimList().stream()
                .map(dim -> Long.toString(dim.getSize()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
