/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** What is computed from weights and held once is read by passes that compute it again. */
class KnownValuesTest {

    private final Graph graph = new Graph();
    private final Ops ops = new Ops(graph, "network/");

    /** Gives its nodes names of their own. */
    private final Ops later = new Ops(graph, "pass/");

    private final Output x = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    private final Output filter = variable("filter");
    private final Output scale = variable("scale");

    private Output variable(String name) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        List.of(3, 3, 2, 4).forEach(extent -> shape.addDimBuilder().setSize(extent));
        Output handle =
                ops.emit(
                        "VarHandleOp",
                        List.of(),
                        "shared_name",
                        name,
                        "dtype",
                        DataType.DT_FLOAT,
                        "shape",
                        AttrValue.newBuilder().setShape(shape).build());
        return ops.emit("ReadVariableOp", List.of(handle), "dtype", DataType.DT_FLOAT);
    }

    private Output convolved(Output weights) {
        return ops.emit(
                "Conv2D", List.of(x, weights), "strides", Ops.list(1, 1, 1, 1), "padding", "SAME");
    }

    private static Output weights(Graph graph, Output convolution) {
        return Graph.inputs(graph.node(convolution)).get(1);
    }

    @Test
    void valuesComputedAlikeAreReadAndOthersComputed() {
        Output first = convolved(ops.mul(filter, scale));
        List<String> fed = List.of(x.node());
        Graph loaded = new Graph(graph.nodes());
        List<Precomputed> held = Precomputed.apply(loaded, List.of(first.node()), fed);
        assertEquals(1, held.size());
        KnownValues known = new KnownValues(graph, held);
        Output same = convolved(later.mul(filter, scale));
        List<Output> others =
                List.of(
                        convolved(filter),
                        convolved(later.mul(scale, filter)),
                        convolved(later.mul(filter, filter)),
                        convolved(later.add(filter, scale)));

        Graph pass = new Graph(graph.nodes());
        List<String> all =
                Stream.concat(Stream.of(same), others.stream()).map(Output::node).toList();
        known.reuse(pass, all, fed);

        assertNotEquals(weights(graph, first), weights(graph, same));
        assertEquals(weights(loaded, first), weights(pass, same));
        assertEquals(held.get(0).read(), pass.node(weights(pass, same)));
        for (Output other : others) {
            assertEquals(weights(graph, other), weights(pass, other));
        }
    }
}
