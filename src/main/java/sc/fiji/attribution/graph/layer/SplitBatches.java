/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;

/**
 * Where a network computes on parts of its images: TensorFlow writes a dilated convolution as one
 * without gaps over every second (third, …) pixel, with the parts as further images of the batch.
 * In between there are no maps of the image, only afterwards.
 */
final class SplitBatches {

    private final Set<String> split = new HashSet<>();
    private final Map<String, List<NodeDef>> readers;

    /**
     * @param path nodes that hand the image's values on, in order of computation
     */
    SplitBatches(List<NodeDef> path) {
        for (NodeDef node : path) {
            boolean parts =
                    switch (node.getOp()) {
                        case "SpaceToBatchND" -> true;
                        case "BatchToSpaceND" -> false;
                        default ->
                                Graph.inputs(node).stream()
                                        .anyMatch(input -> split.contains(input.node()));
                    };
            if (parts) {
                split.add(node.getName());
            }
        }
        this.readers = Graph.consumers(path);
    }

    /** The node, or the one that puts its parts together; empty where several or none read it. */
    Optional<NodeDef> whole(NodeDef node) {
        NodeDef at = node;
        while (split.contains(at.getName())) {
            List<NodeDef> next = readers.getOrDefault(at.getName(), List.of());
            if (next.size() != 1) {
                return Optional.empty();
            }
            at = next.get(0);
        }
        return Optional.of(at);
    }
}
