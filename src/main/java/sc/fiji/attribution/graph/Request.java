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
import sc.fiji.attribution.graph.savedmodel.ClassHead;

/**
 * What is wanted of a SavedModel.
 *
 * @param signature the signature's name, or empty for the usual one
 * @param head which of its outputs
 * @param feed the layer whose values are fed as the image, or empty for the signature's input
 * @param constants values of the inputs besides the image, by name
 * @param inputs those besides the image that are explained together with it
 * @param trust whether ops are let through that may do more than compute
 * @param kernels of the TensorFlow that will run it
 * @param altered what is changed in this copy of the network; empty where nothing
 */
public record Request(
        String signature,
        ClassHead.Wanted head,
        String feed,
        Map<String, float[]> constants,
        List<String> inputs,
        boolean trust,
        Kernels kernels,
        Optional<Alteration> altered) {

    /** The usual signature, its only input and scores, for any TensorFlow. */
    public static final Request USUAL =
            new Request(
                    "",
                    ClassHead.Wanted.ANY,
                    "",
                    Map.of(),
                    List.of(),
                    false,
                    Kernels.UNKNOWN,
                    Optional.empty());

    public Request {
        constants = Map.copyOf(constants);
    }

    /** The same with values of the inputs besides the image. */
    public Request withConstants(Map<String, float[]> values) {
        return new Request(signature, head, feed, values, inputs, trust, kernels, altered);
    }

    /** The same for one TensorFlow. */
    public Request on(Kernels known) {
        return new Request(signature, head, feed, constants, inputs, trust, known, altered);
    }
}
