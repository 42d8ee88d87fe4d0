/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Shapes that the exporter knew and wrote beside its nodes: by them it is decided how often a loop
 * runs that counts by an extent, and which branch is taken.
 */
final class SavedShapes {

    private static final String KEY = "_output_shapes";

    private final Map<Output, long[]> known = new HashMap<>();

    /**
     * Notes what a node says.
     *
     * @param name under which it is known from now on
     */
    void note(NodeDef node, String name) {
        if (node.containsAttr(KEY)) {
            List<TensorShapeProto> shapes = node.getAttrOrThrow(KEY).getList().getShapeList();
            for (int i = 0; i < shapes.size(); i++) {
                if (!shapes.get(i).getUnknownRank()) {
                    known.put(
                            new Output(name, i),
                            shapes.get(i).getDimList().stream()
                                    .mapToLong(TensorShapeProto.Dim::getSize)
                                    .toArray());
                }
            }
        }
    }

    /** Extents, -1 where any fits; empty where not even their number is known. */
    Optional<long[]> of(Output output) {
        return Optional.ofNullable(known.get(output));
    }
}
