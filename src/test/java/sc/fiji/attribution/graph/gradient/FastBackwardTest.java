/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.layer.FoldedNormalisation;
import sc.fiji.attribution.graph.rewrite.PoolBeforeRelu;
import sc.fiji.attribution.testing.Maps;

/** What was made fast gives what the slow way gives. */
class FastBackwardTest {

    private final Random random = new Random(3);

    /** The oracle is TensorFlow's own input gradient of Conv3D. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, 16, 8, 8, 8",
        "1, 3, 4, 5, 7, 9",
        "1, 3, 2, 6, 5, 10",
        "1, 5, 8, 7, 6, 11",
        "1, 1, 4, 3, 3, 3",
        "2, 3, 8, 5, 6, 7",
        "2, 5, 4, 4, 5, 6",
        "3, 3, 8, 5, 6, 7",
        "3, 3, 6, 1, 2, 3",
        "4, 3, 8, 4, 7, 5"
    })
    void narrowConvolution(int in, int k, int out, int depth, int height, int width) {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        Output x = placeholder(ops);
        Output dy = placeholder(ops);
        Output filter = constant(ops, k, k, k, in, out);
        Object[] attributes = {"strides", Ops.list(1, 1, 1, 1, 1), "padding", "SAME"};
        Output y = ops.emit("Conv3D", List.of(x, filter), attributes);
        assertTrue(NarrowConv3DRule.applies(ops, Node.of(graph.node(y))));
        Output fast = new ReverseMode(ops, RuleTable.GRADIENT).backward(y, dy, x);
        Output slow =
                ops.emit("Conv3DBackpropInputV2", List.of(ops.shape(x), filter, dy), attributes);
        long[] shape = {2, depth, height, width, in};
        long[] pulled = {2, depth, height, width, out};
        List<Values> results =
                run(graph, Map.of(x, random(shape), dy, random(pulled)), List.of(fast, slow));
        assertArrayEquals(shape, results.get(0).shape());
        // Sums of several hundred products in another order: a few last digits of float32.
        double[] expected = results.get(1).data();
        assertArrayEquals(expected, results.get(0).data(), 1e-6 * Maps.maxAbs(expected));
    }

    @Test
    void wideOrStridedConvolutionsKeepTheStockKernel() {
        assertEquals(false, applies(5, 16, "SAME", 1));
        assertEquals(false, applies(4, 4, "SAME", 1));
        assertEquals(false, applies(1, 16, "VALID", 1));
        assertEquals(false, applies(1, 16, "SAME", 2));
        assertEquals(true, applies(1, 16, "SAME", 1));
    }

    private boolean applies(int in, int out, String padding, int stride) {
        Ops ops = new Ops(new Graph(), "");
        Output y =
                ops.emit(
                        "Conv3D",
                        List.of(placeholder(ops), constant(ops, 3, 3, 3, in, out)),
                        "strides",
                        Ops.list(1, stride, stride, stride, 1),
                        "padding",
                        padding);
        return NarrowConv3DRule.applies(ops, Node.of(ops.graph().node(y)));
    }

    /** Values and gradient to the bit, ties and all-negative windows included. */
    @Test
    void reluBehindPooling() {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        Output x = placeholder(ops);
        Output dy = placeholder(ops);
        Output relu = ops.emit("Relu", x);
        Output pool =
                ops.emit(
                        "MaxPool3D",
                        List.of(relu),
                        "ksize",
                        Ops.list(1, 2, 2, 2, 1),
                        "strides",
                        Ops.list(1, 2, 2, 2, 1),
                        "padding",
                        "VALID");
        Output y = ops.emit("Square", pool);
        Output before = new ReverseMode(ops, RuleTable.GRADIENT).backward(y, dy, x);
        Graph changed = new Graph(graph.ancestors(List.of(y.node(), dy.node())));
        Ops more = new Ops(changed, "moved/");
        PoolBeforeRelu.apply(more);
        Output after = new ReverseMode(more, RuleTable.GRADIENT).backward(y, dy, x);
        boolean pooledFirst =
                changed.nodes().stream()
                        .anyMatch(
                                node ->
                                        node.getOp().equals("MaxPool3D")
                                                && node.getInput(0).equals(x.node()));
        assertTrue(pooledFirst);

        double[] levels = {-1, -0.5, 0, 0.25, 0.25, 1};
        double[] data = new double[2 * 4 * 6 * 8 * 3];
        Arrays.setAll(data, i -> levels[random.nextInt(levels.length)]);
        Map<Output, Values> inputs =
                Map.of(
                        x,
                        new Values(DataType.DT_FLOAT, new long[] {2, 4, 6, 8, 3}, data),
                        dy,
                        random(new long[] {2, 2, 3, 4, 3}));
        List<Values> slow = run(graph, inputs, List.of(y, before));
        List<Values> fast = run(changed, inputs, List.of(y, after));
        assertArrayEquals(slow.get(0).data(), fast.get(0).data(), 0);
        assertArrayEquals(slow.get(1).data(), fast.get(1).data(), 0);
    }

    /** A scale and a shift of more channels than the convolution has are not its own. */
    @Test
    void aChannelThatIsWidenedIsNotFolded() {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        Output x = placeholder(ops);
        Output wide = ops.mul(convolution(ops, x, 2, 1), constant(ops, 1, 1, 1, 1, 3));
        Output y = ops.emit("Square", ops.add(wide, constant(ops, 1, 1, 1, 1, 3)));
        assertEquals(y, FoldedNormalisation.of(ops, x, y));
    }

    /**
     * As Keras writes it for volumes; one convolution reads another's normalised sums as they are.
     */
    @Test
    void foldedNormalisation() {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        Output x = placeholder(ops);
        Output dy = placeholder(ops);
        Output scaled = ops.mul(convolution(ops, x, 2, 4), constant(ops, 1, 1, 1, 1, 4));
        Output first = ops.add(scaled, constant(ops, 1, 1, 1, 1, 4));
        Output biased = ops.emit("BiasAdd", convolution(ops, first, 4, 3), constant(ops, 3));
        Output centred = ops.sub(biased, constant(ops, 1, 1, 1, 1, 3));
        Output normalised = ops.mul(centred, constant(ops, 1, 1, 1, 1, 3));
        Output plain = ops.emit("BiasAdd", convolution(ops, normalised, 3, 2), constant(ops, 2));
        Output y = ops.emit("Square", plain);
        Output before = new ReverseMode(ops, RuleTable.GRADIENT).backward(y, dy, x);
        Graph changed = new Graph(graph.ancestors(List.of(y.node(), dy.node())));
        Ops more = new Ops(changed, "folded/");
        Output folded = FoldedNormalisation.of(more, x, y);
        Output after = new ReverseMode(more, RuleTable.GRADIENT).backward(folded, dy, x);
        assertEquals(
                List.of(
                        "Placeholder",
                        "Conv3D",
                        "BiasAdd",
                        "Conv3D",
                        "BiasAdd",
                        "Conv3D",
                        "BiasAdd",
                        "Square"),
                Route.between(changed, x, folded).nodes().stream().map(NodeDef::getOp).toList());
        graph.ancestors(List.of(y.node())).forEach(n -> assertEquals(n, changed.node(n.getName())));

        Map<Output, Values> inputs =
                Map.of(
                        x, random(new long[] {2, 4, 6, 5, 2}),
                        dy, random(new long[] {2, 4, 6, 5, 2}));
        List<Values> slow = run(graph, inputs, List.of(y, before));
        List<Values> fast = run(changed, inputs, List.of(folded, after));
        for (int i = 0; i < 2; i++) {
            double[] expected = slow.get(i).data();
            assertArrayEquals(expected, fast.get(i).data(), 1e-5 * Maps.maxAbs(expected));
        }
    }

    /** As images have it: one op, right behind the convolution. */
    @Test
    void foldedNormalisationOfImages() {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        Output x = placeholder(ops);
        Output sums =
                ops.emit(
                        "Conv2D",
                        List.of(x, constant(ops, 3, 3, 2, 4)),
                        "strides",
                        Ops.list(1, 1, 1, 1),
                        "padding",
                        "SAME");
        Output variance = ops.emit("Square", constant(ops, 4));
        List<Output> statistics = List.of(constant(ops, 4), constant(ops, 4), constant(ops, 4));
        List<Output> inputs = new ArrayList<>(List.of(sums));
        inputs.addAll(statistics);
        inputs.add(variance);
        Output normalised = ops.emit("FusedBatchNormV3", inputs, "is_training", false);
        Output y = ops.emit("Square", normalised);
        Graph changed = new Graph(graph.nodes());
        Output folded = FoldedNormalisation.of(new Ops(changed, "folded/"), x, y);

        assertEquals(
                List.of("Placeholder", "Conv2D", "BiasAdd", "Square"),
                Route.between(changed, x, folded).nodes().stream().map(NodeDef::getOp).toList());
        Map<Output, Values> fed = Map.of(x, random(new long[] {2, 6, 5, 2}));
        double[] expected = run(graph, fed, List.of(y)).get(0).data();
        double[] found = run(changed, fed, List.of(folded)).get(0).data();
        assertArrayEquals(expected, found, 1e-5 * Maps.maxAbs(expected));
    }

    private Output convolution(Ops ops, Output x, int in, int out) {
        return ops.emit(
                "Conv3D",
                List.of(x, constant(ops, 3, 3, 3, in, out)),
                "strides",
                Ops.list(1, 1, 1, 1, 1),
                "padding",
                "SAME");
    }

    private static Output placeholder(Ops ops) {
        return ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    }

    private Output constant(Ops ops, long... shape) {
        double[] values = random(shape).data();
        return ops.constant(
                DataType.DT_FLOAT,
                values.length * Float.BYTES,
                buffer -> {
                    for (double value : values) {
                        buffer.putFloat((float) value);
                    }
                },
                shape);
    }

    private Values random(long[] shape) {
        double[] data = new double[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        Arrays.setAll(data, i -> (float) random.nextGaussian());
        return new Values(DataType.DT_FLOAT, shape, data);
    }

    private static List<Values> run(Graph graph, Map<Output, Values> inputs, List<Output> outputs) {
        Map<String, Values> named = new HashMap<>();
        inputs.forEach((output, values) -> named.put(output.toString(), values));
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            return session.run(named, outputs.stream().map(Output::toString).toList());
        }
    }
}
