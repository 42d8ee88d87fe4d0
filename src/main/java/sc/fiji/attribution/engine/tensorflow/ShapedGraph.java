/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Status;
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
        try (PointerScope scope = new PointerScope()) {
            BytePointer bytes = new BytePointer(nodes.toByteArray());
            TF_Buffer buffer = tensorflow.TF_NewBufferFromString(bytes, bytes.limit());
            TF_ImportGraphDefOptions options = tensorflow.TF_NewImportGraphDefOptions();
            TF_Status status = tensorflow.TF_NewStatus();
            try {
                tensorflow.TF_GraphImportGraphDef(graph, buffer, options, status);
                return tensorflow.TF_GetCode(status) == tensorflow.TF_OK
                        ? Optional.empty()
                        : Optional.of(tensorflow.TF_Message(status).getString());
            } finally {
                tensorflow.TF_DeleteStatus(status);
                tensorflow.TF_DeleteImportGraphDefOptions(options);
                tensorflow.TF_DeleteBuffer(buffer);
            }
        }
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
