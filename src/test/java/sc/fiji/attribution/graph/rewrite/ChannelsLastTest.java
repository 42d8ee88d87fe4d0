/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Channels-first graphs compute the same after they are turned. */
class ChannelsLastTest {

    private static Values random(long... shape) {
        double[] data = new Random(3).doubles(Values.count(shape), -1, 1).toArray();
        return Values.of(DataType.DT_FLOAT, shape, data);
    }

    private static Output weights(Ops g, long... shape) {
        Values values = random(shape);
        return g.constant(DataType.DT_FLOAT, values.byteSize(), values::write, shape);
    }

    /**
     * Compares with TensorFlow's own channels-first kernels; returns how many transposes remain.
     */
    private static long check(Values x, Function<Ops, Function<Output, Output>> network) {
        Graph graph = new Graph();
        Ops g = new Ops(graph, "");
        Output input = g.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output y = network.apply(g).apply(input);
        double[] expected = run(graph, input, x, y);
        Output same = ChannelsLast.apply(g, y);
        assertArrayEquals(expected, run(graph, input, x, same), 1e-5);
        List<NodeDef> used = graph.ancestors(List.of(same.node()));
        assertEquals(
                0,
                used.stream()
                        .filter(node -> node.containsAttr("data_format"))
                        .filter(node -> Node.of(node).channelsFirst())
                        .count());
        return used.stream().filter(node -> node.getOp().equals("Transpose")).count();
    }

    private static double[] run(Graph graph, Output input, Values x, Output y) {
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            return session.run(Map.of(input.toString(), x), List.of(y.toString())).get(0).data();
        }
    }

    @Test
    void stridesPaddingsAndPools() {
        long transposes =
                check(
                        random(2, 3, 9, 12),
                        g ->
                                x -> {
                                    Output c =
                                            g.emit(
                                                    "Conv2D",
                                                    List.of(x, weights(g, 3, 3, 3, 4)),
                                                    "strides",
                                                    Ops.list(1, 1, 1, 2),
                                                    "padding",
                                                    "EXPLICIT",
                                                    "explicit_paddings",
                                                    Ops.list(0, 0, 0, 0, 1, 2, 0, 1),
                                                    "data_format",
                                                    "NCHW");
                                    Output b =
                                            g.emit(
                                                    "BiasAdd",
                                                    List.of(c, weights(g, 4)),
                                                    "data_format",
                                                    "NCHW");
                                    Output scale = weights(g, 1, 4, 1, 1);
                                    Output r = g.emit("Relu", g.mul(b, scale));
                                    return g.emit(
                                            "MaxPool",
                                            List.of(g.add(r, b)),
                                            "ksize",
                                            Ops.list(1, 1, 3, 2),
                                            "strides",
                                            Ops.list(1, 1, 3, 2),
                                            "padding",
                                            "VALID",
                                            "data_format",
                                            "NCHW");
                                });
        // In, the scale, and out.
        assertEquals(3, transposes);
    }

    @Test
    void volumes() {
        long transposes =
                check(
                        random(1, 2, 5, 6, 7),
                        g ->
                                x -> {
                                    Output c =
                                            g.emit(
                                                    "Conv3D",
                                                    List.of(x, weights(g, 3, 2, 3, 2, 4)),
                                                    "strides",
                                                    Ops.list(1, 1, 1, 2, 3),
                                                    "padding",
                                                    "SAME",
                                                    "data_format",
                                                    "NCDHW");
                                    return g.emit("Elu", c);
                                });
        assertEquals(2, transposes);
    }

    /** What extents must be is said with the channels first: it is checked there. */
    @Test
    void checkedExtents() {
        long transposes =
                check(
                        random(1, 3, 6, 5),
                        g ->
                                x -> {
                                    Output c =
                                            g.emit(
                                                    "Conv2D",
                                                    List.of(x, weights(g, 3, 3, 3, 4)),
                                                    "strides",
                                                    Ops.list(1, 1, 1, 1),
                                                    "padding",
                                                    "SAME",
                                                    "data_format",
                                                    "NCHW");
                                    return g.emit("Elu", g.ensureShape(c, -1, 4, 6, 5));
                                });
        assertEquals(2, transposes);
    }

    /** The result's shape is given with the channels first, too. */
    @Test
    void transposedConvolutions() {
        long transposes =
                check(
                        random(2, 3, 4, 5),
                        g ->
                                x -> {
                                    Output up =
                                            g.emit(
                                                    "Conv2DBackpropInput",
                                                    List.of(
                                                            g.vector(2, 4, 8, 15),
                                                            weights(g, 3, 3, 4, 3),
                                                            x),
                                                    "strides",
                                                    Ops.list(1, 1, 2, 3),
                                                    "padding",
                                                    "SAME",
                                                    "data_format",
                                                    "NCHW");
                                    return g.emit("Relu", up);
                                });
        assertEquals(2, transposes);
    }
}
