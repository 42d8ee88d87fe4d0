/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Large filters of variables, ordered once, against TensorFlow's convolution as it is. */
class OrderedFiltersTest {

    private static final Kernels ONE_DNN = () -> true;
    private static final int[] WINDOW = {3, 3, 256, 260};

    private final Graph graph = new Graph();
    private final Ops ops = new Ops(graph, "network/");
    private final Output x = ofShape("Placeholder", -1, -1, -1, WINDOW[2]);
    private final Output variable = ofShape("VarHandleOp", WINDOW);
    private final Output filter = read(variable);

    private Output ofShape(String op, int... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int extent : extents) {
            shape.addDimBuilder().setSize(extent);
        }
        AttrValue value = AttrValue.newBuilder().setShape(shape).build();
        return ops.emit(op, List.of(), "dtype", DataType.DT_FLOAT, "shape", value);
    }

    private Output read(Output held) {
        return ops.emit("ReadVariableOp", List.of(held), "dtype", DataType.DT_FLOAT);
    }

    /** One session for images of several sizes, and each of them twice: the order may differ. */
    @ParameterizedTest
    @ValueSource(strings = {"SAME", "VALID", "EXPLICIT"})
    void valuesAreTheSame(String padding) {
        boolean explicit = padding.equals("EXPLICIT");
        Output y =
                ops.emit(
                        "Conv2D",
                        List.of(x, filter),
                        "strides",
                        Ops.list(1, explicit ? 2 : 1, explicit ? 2 : 1, 1),
                        "padding",
                        padding,
                        "explicit_paddings",
                        explicit ? Ops.list(0, 0, 1, 1, 2, 0, 0, 0) : Ops.list());
        Output same = ops.emit("Identity", y);
        NodeDef fill = fill();

        assertEquals(OrderedFilters.OP, kind(y));
        try (NativeSession ordered = session(ONE_DNN, fill);
                NativeSession stock = session(Kernels.UNKNOWN, fill)) {
            for (int[] size : new int[][] {{1, 5, 4}, {8, 5, 4}, {1, 9, 12}, {1, 5, 4}}) {
                Values image = numbers(size[0], size[1], size[2], WINDOW[2]);
                double[] expected = run(stock, image, same);
                double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                assertArrayEquals(expected, run(ordered, image, same), 1e-5 * largest);
            }
        }
    }

    @Test
    void othersAreOrderedInEachCall() {
        Output computed = ops.emit("ReverseV2", filter, ops.vector(0, 1));
        Output given = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output fed = ops.ensureShape(given, 3, 3, 256, 260);
        Output small = read(ofShape("VarHandleOp", 3, 3, 256, 128));

        for (Output each : List.of(computed, fed, small)) {
            assertEquals("Squeeze", kind(convolved(each)));
        }
    }

    @Test
    void withoutOneDnnThereIsNoSuchOp() {
        Output y = convolved(filter);

        assertEquals(
                List.of(graph.node(y)),
                new Sewing(graph, List.copyOf(graph.nodes()), Kernels.UNKNOWN).sew(graph.node(y)));
    }

    private Output convolved(Output weights) {
        return ops.emit(
                "Conv2D", List.of(x, weights), "strides", Ops.list(1, 1, 1, 1), "padding", "SAME");
    }

    private NodeDef fill() {
        float[] weights = new float[Arrays.stream(WINDOW).reduce(1, (a, b) -> a * b)];
        Random random = new Random(5);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        Output values =
                ops.constant(
                        DataType.DT_FLOAT,
                        weights.length * Float.BYTES,
                        buffer -> buffer.asFloatBuffer().put(weights),
                        Arrays.stream(WINDOW).asLongStream().toArray());
        return graph.node(
                ops.emit(
                        "AssignVariableOp", List.of(variable, values), "dtype", DataType.DT_FLOAT));
    }

    private NativeSession session(Kernels kernels, NodeDef fill) {
        List<NodeDef> nodes = List.copyOf(graph.nodes());
        Sewing sewing = new Sewing(graph, nodes, kernels);
        GraphDef.Builder loaded = GraphDef.newBuilder();
        nodes.forEach(node -> loaded.addAllNode(sewing.sew(node)));
        NativeSession session = NativeSession.of(loaded.build());
        session.run(fill.getName());
        return session;
    }

    private double[] run(NativeSession session, Values image, Output y) {
        return session.run(Map.of(x.toString(), image), List.of(y.toString())).get(0).data();
    }

    /** What is loaded under the name of a node. */
    private String kind(Output y) {
        List<NodeDef> loaded =
                new Sewing(graph, List.copyOf(graph.nodes()), ONE_DNN).sew(graph.node(y));
        return loaded.get(loaded.size() - 1).getOp();
    }

    private static Values numbers(long... shape) {
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Random random = new Random(6);
        Arrays.setAll(values, i -> (float) random.nextGaussian());
        return Values.of(DataType.DT_FLOAT, shape, values);
    }
}
