/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.nn.Block;
import ai.djl.tensorflow.engine.SavedModelBundle;
import ai.djl.tensorflow.engine.TfSymbolBlock;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.NetworkGraph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Output;

/**
 * A loaded graph that grows: a pass that is appended to it runs in the same session, on the same
 * variables, and nothing is loaded again.
 */
final class LiveGraph {

    private static final String SIGNATURE = "attribution_pass";
    private static final double GIGABYTE = 1L << 30;

    private final SavedModelBundle bundle;

    LiveGraph(TfSymbolBlock loaded) {
        this.bundle = loaded.getSavedModelBundle();
    }

    /**
     * Adds nodes.
     *
     * @return what calls them; owns nothing
     */
    Block add(NetworkGraph.Addition addition) {
        require(importNodes(bundle.getGraph(), addition.nodes()));
        MetaGraphDef meta =
                MetaGraphDef.newBuilder().putSignatureDef(SIGNATURE, addition.signature()).build();
        return new TfSymbolBlock(
                new SavedModelBundle(bundle.getGraph(), bundle.getSession(), meta), SIGNATURE);
    }

    /**
     * Ends the session's calls, in their own threads and with an error; no other can be begun. What
     * it holds is freed as always, when the model is closed.
     */
    void endCalls() {
        TF_Status status = tensorflow.TF_NewStatus();
        try {
            tensorflow.TF_CloseSession(bundle.getSession(), status);
        } finally {
            tensorflow.TF_DeleteStatus(status);
        }
    }

    /**
     * Adds nodes to a graph, which may read those that it has.
     *
     * @return why TensorFlow refuses them, where it does
     */
    static Optional<String> importNodes(TF_Graph graph, GraphDef added) {
        try (PointerScope scope = new PointerScope()) {
            BytePointer bytes = new BytePointer(added.toByteArray());
            TF_Buffer buffer = tensorflow.TF_NewBufferFromString(bytes, bytes.limit());
            TF_ImportGraphDefOptions options = tensorflow.TF_NewImportGraphDefOptions();
            TF_Status status = tensorflow.TF_NewStatus();
            try {
                linkToLoaded(added, graph, options);
                tensorflow.TF_GraphImportGraphDef(graph, buffer, options, status);
                return problem(status);
            } finally {
                tensorflow.TF_DeleteStatus(status);
                tensorflow.TF_DeleteImportGraphDefOptions(options);
                tensorflow.TF_DeleteBuffer(buffer);
            }
        }
    }

    /** Nodes that are added read nodes that are there; TensorFlow wants to be told which. */
    private static void linkToLoaded(
            GraphDef added, TF_Graph graph, TF_ImportGraphDefOptions options) {
        Set<String> inside = new HashSet<>();
        added.getNodeList().forEach(node -> inside.add(node.getName()));
        Set<String> linked = new HashSet<>();
        for (NodeDef node : added.getNodeList()) {
            for (String input : node.getInputList()) {
                if (!linked.add(input)) {
                    continue;
                }
                if (input.startsWith("^")) {
                    String name = input.substring(1);
                    if (!inside.contains(name)) {
                        tensorflow.TF_ImportGraphDefOptionsRemapControlDependency(
                                options, name, operation(graph, name));
                    }
                } else {
                    Output output = Output.parse(input);
                    if (!inside.contains(output.node())) {
                        tensorflow.TF_ImportGraphDefOptionsAddInputMapping(
                                options, output.node(), output.index(), tensor(graph, output));
                    }
                }
            }
        }
    }

    private static TF_Output tensor(TF_Graph graph, Output output) {
        TF_Operation operation = operation(graph, output.node());
        int outputs = tensorflow.TF_OperationNumOutputs(operation);
        if (output.index() < 0 || output.index() >= outputs) {
            throw new ModelException(
                    "The graph is not sound: '"
                            + output
                            + "' is read, but its node has "
                            + outputs
                            + " outputs; copy or export it again.");
        }
        return new TF_Output().oper(operation).index(output.index());
    }

    /** TensorFlow takes whatever it is given: a null in place of a node ends the process. */
    private static TF_Operation operation(TF_Graph graph, String name) {
        TF_Operation operation = tensorflow.TF_GraphOperationByName(graph, name);
        if (operation == null || operation.isNull()) {
            throw new ModelException(
                    "The graph is not sound: TensorFlow has no node '"
                            + name
                            + "'; copy or export it again.");
        }
        return operation;
    }

    /**
     * The shape of a tensor as far as a graph tells it.
     *
     * @return extents, -1 where one depends on the input; empty where not even their number is
     *     known
     */
    static int[] shape(TF_Graph graph, Output output) {
        try (PointerScope scope = new PointerScope()) {
            return Arrays.stream(extents(graph, tensor(graph, output)))
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
    }

    /**
     * Refuses a network of which one image takes more memory than there is: where values double
     * from node to node a small file asks for all of it, and the system ends the process.
     *
     * @param model its name, for messages
     * @throws ModelException names the layer, what it takes, and what there is
     */
    void requireMemory(List<NodeDef> nodes, String model) {
        long memory =
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getTotalMemorySize();
        for (NodeDef node : nodes) {
            double bytes = bytes(node);
            if (bytes > memory) {
                throw new ModelException(
                        String.format(
                                Locale.ROOT,
                                "Model '%s' needs %.3g GB for the values of one image at layer"
                                        + " '%s', and this machine has %.3g GB: run it on a larger"
                                        + " one, or export it for a smaller image.",
                                model,
                                bytes / GIGABYTE,
                                NodeName.of(node.getName()),
                                memory / GIGABYTE));
            }
        }
    }

    /** What the outputs of a node take, as far as their extents are known. */
    private double bytes(NodeDef node) {
        TF_Graph graph = bundle.getGraph();
        double bytes = 0;
        try (PointerScope scope = new PointerScope()) {
            TF_Operation operation = tensorflow.TF_GraphOperationByName(graph, node.getName());
            if (operation == null || operation.isNull()) {
                return 0;
            }
            for (int i = 0; i < tensorflow.TF_OperationNumOutputs(operation); i++) {
                TF_Output output = new TF_Output().oper(operation).index(i);
                double elements =
                        tensorflow.TF_DataTypeSize(tensorflow.TF_OperationOutputType(output));
                for (long extent : extents(graph, output)) {
                    elements *= Math.abs(extent);
                }
                bytes += elements;
            }
        }
        return bytes;
    }

    /** -1 for those that are not known; none where not even their number is. */
    private static long[] extents(TF_Graph graph, TF_Output tensor) {
        TF_Status status = tensorflow.TF_NewStatus();
        try {
            int rank = tensorflow.TF_GraphGetTensorNumDims(graph, tensor, status);
            check(status);
            long[] extents = new long[Math.max(rank, 0)];
            if (rank > 0) {
                tensorflow.TF_GraphGetTensorShape(graph, tensor, extents, rank, status);
                check(status);
            }
            return extents;
        } finally {
            tensorflow.TF_DeleteStatus(status);
        }
    }

    private static void check(TF_Status status) {
        require(problem(status));
    }

    private static Optional<String> problem(TF_Status status) {
        return tensorflow.TF_GetCode(status) == tensorflow.TF_OK
                ? Optional.empty()
                : Optional.of(tensorflow.TF_Message(status).getString());
    }

    /** Nothing but no problem. */
    static void require(Optional<String> problem) {
        problem.ifPresent(
                text -> {
                    throw new ModelException(
                            "TensorFlow refuses a pass through the network: "
                                    + NativeMessage.of(text)
                                    + ".");
                });
    }
}
