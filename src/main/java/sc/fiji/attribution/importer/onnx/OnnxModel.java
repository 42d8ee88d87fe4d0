/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of the format's description (onnx.proto3), as far as a network needs them.
 *
 * @param opsets version by domain; the standard's own domain is empty
 * @param functions by domain and name
 */
record OnnxModel(
        long irVersion,
        String producer,
        String producerVersion,
        Map<String, Long> opsets,
        Graph graph,
        Map<String, String> metadata,
        Map<String, Function> functions) {

    /** A network, or a branch or body of one. */
    record Graph(
            String name,
            List<Node> nodes,
            Map<String, OnnxTensor> initializers,
            List<Info> inputs,
            List<Info> outputs) {}

    /** A sub-network that is called like an op. */
    record Function(
            List<String> inputs,
            List<String> outputs,
            List<String> attributes,
            List<Attribute> defaults,
            List<Node> nodes,
            Map<String, Long> opsets) {}

    /**
     * An op with its wires; an empty name stands for one that is left away.
     *
     * @param scope the names of the author's modules that it stands in, where the exporter says so
     */
    record Node(
            String name,
            String op,
            String domain,
            List<String> inputs,
            List<String> outputs,
            Map<String, Attribute> attributes,
            String scope) {

        Node {
            domain = domain.equals("ai.onnx") ? "" : domain;
        }

        /** As people know it. */
        String label() {
            return !name.isEmpty() ? name : outputs.isEmpty() ? op : outputs.get(0);
        }
    }

    /** One attribute; what it does not hold is empty. */
    record Attribute(
            String name,
            int type,
            float number,
            long integer,
            String text,
            OnnxTensor tensor,
            Graph graph,
            float[] numbers,
            long[] integers,
            List<String> texts,
            String reference) {}

    /**
     * An input or output.
     *
     * @param type number of the element type, 0 where it is not said or no tensor
     * @param shape extents, -1 where any fits; empty where the rank is not said
     */
    record Info(String name, int type, Optional<int[]> shape) {}
}
