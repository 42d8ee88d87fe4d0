/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Lets oneDNN order large filters of images once. TensorFlow orders them in each call unless they
 * are constants, which takes up to a third of the time of a single image; here they are variables
 * that nothing writes to once they are restored, and the op that TensorFlow itself makes of a
 * convolution can be told so. It keeps the ordered filter, a copy for each kind of pass; where
 * images of another size would have it in another order, they order it in each call again. Biases
 * and ReLUs are no longer fused with it, which costs less where filters are large, and images
 * therefore small.
 */
final class OrderedFilters {

    /** The op. Files that hold it themselves are refused: it trusts what it is given. */
    static final String OP = "_MklNativeConv2D";

    /** Elements; smaller filters are ordered in no time. */
    private static final long LEAST = 1L << 19;

    private OrderedFilters() {}

    /**
     * @return the convolution with what it needs in front of it; empty where the filter is small,
     *     or may change
     */
    static Optional<List<NodeDef>> write(DenseImage convolution, Graph graph) {
        NodeDef def = convolution.node().def();
        if (convolution.weights() < LEAST || !isStored(graph, convolution.node().in(1))) {
            return Optional.empty();
        }
        Around around = Around.of(def, graph, List.of());
        NodeDef ordered =
                def.toBuilder()
                        .setOp(OP)
                        .setInput(0, convolution.image(around.ops()).asInput())
                        .removeAttr("explicit_paddings")
                        .putAttr("padding", text(convolution.padding()))
                        .putAttr("is_filter_const", AttrValue.newBuilder().setB(true).build())
                        // By this TensorFlow finds the kernels of such ops.
                        .putAttr("_kernel", text("MklNameChangeOp"))
                        .build();
        return Optional.of(around.with(ordered));
    }

    private static AttrValue text(String text) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
    }

    /** Whether it is what a variable holds. */
    private static boolean isStored(Graph graph, Output filter) {
        NodeDef node = graph.node(filter);
        while (node.getOp().equals("Identity") || OpTable.is(node, Trait.READS_VARIABLE)) {
            node = graph.node(Graph.inputs(node).get(0));
        }
        return OpTable.is(node, Trait.VARIABLE);
    }
}
