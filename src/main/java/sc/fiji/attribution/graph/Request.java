/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.rewrite.Alteration;

/**
 * What is wanted of a SavedModel.
 *
 * @param signature the signature's name, or empty for the usual one
 * @param output the output's name, or empty for the one that a softmax or sigmoid closes
 * @param feed the layer whose values are fed as the image, or empty for the signature's input
 * @param constants values of the inputs besides the image, by name
 * @param inputs those besides the image that are explained together with it
 * @param trust whether ops are let through that may do more than compute
 * @param kernels of the TensorFlow that will run it
 * @param altered what is changed in this copy of the network; empty where nothing
 * @param numbers whether the outputs themselves are explained, whatever closes them
 * @param map whether an output with scores for each place comes before one for the whole image
 */
public record Request(
        String signature,
        String output,
        String feed,
        Map<String, float[]> constants,
        List<String> inputs,
        boolean trust,
        Kernels kernels,
        Optional<Alteration> altered,
        boolean numbers,
        boolean map) {

    public Request {
        constants = Map.copyOf(constants);
    }

    /** For any TensorFlow. */
    public Request(
            String signature,
            String output,
            String feed,
            Map<String, float[]> constants,
            boolean trust) {
        this(signature, output, feed, constants, trust, Kernels.UNKNOWN);
    }

    /** With the weights as they were learned. */
    public Request(
            String signature,
            String output,
            String feed,
            Map<String, float[]> constants,
            boolean trust,
            Kernels kernels) {
        this(
                signature,
                output,
                feed,
                constants,
                List.of(),
                trust,
                kernels,
                Optional.empty(),
                false,
                false);
    }
}
