/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Optional;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.GraphDef;
import sc.fiji.attribution.graph.ir.Output;

/** A graph that is never run: TensorFlow says what shapes its values have. */
final class ShapedGraph implements AutoCloseable {

    private final TF_Graph graph = tensorflow.TF_NewGraph();

    /**
     * Adds nodes.
     *
     * @return why TensorFlow refuses them, where it does
     */
    Optional<String> add(GraphDef nodes) {
        return LiveGraph.importNodes(graph, nodes);
    }

    /** Extents, -1 where one is not known; empty where not even their number is. */
    int[] shape(Output output) {
        return LiveGraph.shape(graph, output);
    }

    @Override
    public void close() {
        tensorflow.TF_DeleteGraph(graph);
    }
}
