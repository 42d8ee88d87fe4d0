/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;

/**
 * The signature of a classifier: one image in, one score vector out.
 *
 * @param name its key in the SavedModel
 * @param inputName name of the image input
 * @param input the image input
 * @param outputs the outputs that can be score vectors, by name: [batch, classes]
 */
record Signature(String name, String inputName, TensorInfo input, Map<String, TensorInfo> outputs) {

    private static final String DEFAULT = "serving_default";

    /**
     * Chooses the signature: the named one, else {@code serving_default}, else the only one.
     *
     * @param wanted a signature's name, or null
     * @throws ModelException with a list of what there is, where none or several fit
     */
    static Signature choose(MetaGraphDef graph, String wanted, String model) {
        Map<String, SignatureDef> all = new TreeMap<>(graph.getSignatureDefMap());
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
            return classifier(wanted, all.get(wanted), model);
        }
        if (all.containsKey(DEFAULT)) {
            return classifier(DEFAULT, all.get(DEFAULT), model);
        }
        if (all.size() == 1) {
            Map.Entry<String, SignatureDef> only = all.entrySet().iterator().next();
            return classifier(only.getKey(), only.getValue(), model);
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

    private static Signature classifier(String name, SignatureDef signature, String model) {
        if (signature.getInputsCount() != 1) {
            throw new ModelException(
                    "Signature '"
                            + name
                            + "' of model '"
                            + model
                            + "' takes "
                            + describeTensors(signature.getInputsMap())
                            + "; expected one image.");
        }
        Map.Entry<String, TensorInfo> input = signature.getInputsMap().entrySet().iterator().next();
        DataType type = input.getValue().getDtype();
        int rank = input.getValue().getTensorShape().getDimCount();
        if (!ReverseMode.isFloating(type)) {
            throw new ModelException(
                    "Input '"
                            + input.getKey()
                            + "' of model '"
                            + model
                            + "' is of type "
                            + type
                            + "; expected a floating-point image: export the model with a float32"
                            + " input.");
        }
        if (!input.getValue().getTensorShape().getUnknownRank() && (rank < 3 || rank > 5)) {
            throw new ModelException(
                    "Input "
                            + describeTensors(signature.getInputsMap())
                            + " of model '"
                            + model
                            + "' is not a batch of images: expected 3 to 5 axes such as [batch, z,"
                            + " y, x, channel].");
        }
        Map<String, TensorInfo> scores = new TreeMap<>(signature.getOutputsMap());
        scores.values()
                .removeIf(
                        output ->
                                !ReverseMode.isFloating(output.getDtype())
                                        || !output.getTensorShape().getUnknownRank()
                                                && output.getTensorShape().getDimCount() != 2);
        if (scores.isEmpty()) {
            throw new ModelException(
                    "Signature '"
                            + name
                            + "' of model '"
                            + model
                            + "' returns "
                            + describeTensors(signature.getOutputsMap())
                            + "; expected a vector of class scores [batch, classes].");
        }
        return new Signature(name, input.getKey(), input.getValue(), scores);
    }

    /** Extents of the input, -1 where any fits; empty where even the rank is unknown. */
    int[] inputShape() {
        return input.getTensorShape().getDimList().stream()
                .mapToInt(dim -> (int) dim.getSize())
                .toArray();
    }

    /** Number of scores of an output, or -1. */
    static int width(TensorInfo output) {
        TensorShapeProto shape = output.getTensorShape();
        return shape.getDimCount() == 2 ? (int) shape.getDim(1).getSize() : -1;
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

    private static String describeTensors(Map<String, TensorInfo> tensors) {
        return new TreeMap<>(tensors)
                .entrySet().stream()
                        .map(
                                entry ->
                                        entry.getKey()
                                                + " "
                                                + entry
                                                        .getValue()
                                                        .getTensorShape()
                                                        .getDimList()
                                                        .stream()
                                                        .map(dim -> Long.toString(dim.getSize()))
                                                        .collect(
                                                                Collectors.joining(", ", "[", "]")))
                        .collect(Collectors.joining(", "));
    }
}
