/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.Inputs;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/** Cotangents on their way through several ops. */
class ReverseModeTest {

    private static final DataType FLOAT = DataType.DT_FLOAT;

    private final Graph graph = new Graph();
    private final Ops g = new Ops(graph, "forward/");
    private final Ops fetches = new Ops(graph, "fetch/");
    private NativeSession session;
    private int nodesInSession;
    private final Output x = placeholder("x");
    private final Output dy = placeholder("dy");

    @BeforeEach
    void restart() {
        Inputs.restart();
    }

    private Output placeholder(String name) {
        NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp("Placeholder");
        node.putAttr("dtype", org.tensorflow.proto.AttrValue.newBuilder().setType(FLOAT).build());
        graph.put(node.build());
        return new Output(name, 0);
    }

    private Output backward(Output y) {
        return new ReverseMode(new Ops(graph, "backward/"), RuleTable.GRADIENT).backward(y, dy, x);
    }

    private double[] run(Output fetch, Values value, Values cotangent) {
        Output fetched = fetches.emit("Identity", fetch);
        if (graph.nodes().size() != nodesInSession) {
            close();
            session = NativeSession.of(graph.toProto().build());
            nodesInSession = graph.nodes().size();
        }
        Map<String, Values> feeds = new LinkedHashMap<>();
        feeds.put("x:0", value);
        feeds.put("dy:0", cotangent);
        return session.run(feeds, List.of(fetched.toString())).get(0).data();
    }

    @AfterEach
    void close() {
        if (session != null) {
            session.close();
        }
    }

    private static Values vector(double... values) {
        return new Values(FLOAT, new long[] {values.length}, values);
    }

    private static Values random(long... shape) {
        return Inputs.x(shape).values().as(FLOAT);
    }

    @Test
    void cotangentsOfSeveralConsumersAdd() {
        Output root = g.emit("Tanh", x);
        Output y = g.add(g.mul(root, root), g.mul(root, 3));
        double t = Math.tanh(0.5);
        double[] gradient = run(backward(y), vector(0.5), vector(2));
        assertArrayEquals(new double[] {2 * (2 * t + 3) * (1 - t * t)}, gradient, 1e-6);
    }

    @Test
    void anInputThatIsTheOutputTakesTheCotangent() {
        assertArrayEquals(new double[] {7, 8}, run(backward(x), vector(1, 2), vector(7, 8)));
    }

    @Test
    void aBranchThatDoesNotReachTheInputNeedsNoRule() {
        // Γ(4) = 6, by an op that has no rule.
        Output six = g.emit("Exp", g.emit("Lgamma", g.scalar(4.0, x)));
        Output y = g.mul(x, six);
        assertArrayEquals(new double[] {6, 12}, run(backward(y), vector(1, 2), vector(1, 2)), 1e-4);
    }

    @Test
    void anIntegerSidePathCarriesNothing() {
        // x · (number of elements), flattened: the count depends on x by its shape only.
        Output count = g.cast(g.emit("Size", x), FLOAT);
        Output rounded = g.cast(g.cast(x, DataType.DT_INT32), FLOAT);
        Output y = g.add(g.mul(g.reshape(x, g.vector(-1)), count), rounded);
        assertArrayEquals(
                new double[] {4, 8, 12, 16}, run(backward(y), random(4), vector(1, 2, 3, 4)), 1e-6);
    }

    @Test
    void outputsThatNobodyUsesCountAsZero() {
        Output parts = g.emit("Split", List.of(g.scalar(0), x), "num_split", 3);
        Output y = g.mul(new Output(parts.node(), 1), 5);
        assertArrayEquals(
                new double[] {0, 5, 0}, run(backward(y), vector(1, 2, 3), vector(1)), 1e-6);
    }

    @Test
    void anOutputWithoutDependenceHasZeroGradient() {
        Output y = g.mul(g.zerosLike(x), g.scalar(2.0, x));
        assertArrayEquals(new double[] {0, 0}, run(backward(y), vector(1, 2), vector(1, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"StopGradient", "PreventGradient"})
    void heldValuesAreConstants(String op) {
        Output y = g.mul(x, g.emit(op, x));
        assertArrayEquals(new double[] {2, 3}, run(backward(y), vector(2, 3), vector(1, 1)), 1e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ArgMax", "ArgMin"})
    void positionsAreConstants(String op) {
        Output position = g.cast(g.emit(op, x, g.scalar(0)), FLOAT);
        Output y = g.add(g.mul(x, 2), position);
        assertArrayEquals(new double[] {2, 2}, run(backward(y), vector(2, 3), vector(1, 1)), 1e-6);
    }

    @Test
    void anOpWithoutRuleIsNamed() {
        Output y = g.mul(g.emit("Dawsn", x), 2);
        String message = assertThrows(UnsupportedOpException.class, () -> backward(y)).getMessage();
        assertTrue(message.contains("Dawsn"), message);
        assertTrue(message.contains("forward/Dawsn"), message);
    }

    @Test
    void whatCannotBeDifferentiatedIsRefusedByName() {
        Map<String, UnaryOperator<Output>> refused = new LinkedHashMap<>();
        refused.put("is_training", in -> norm(in, ones(), true));
        refused.put("computed from the image", in -> norm(in, g.emit("Exp", in), false));
        refused.put("repeats an axis", in -> einsum("ii->i", in));
        refused.put("does not name its result", in -> einsum("ij", in));
        refused.put("batch_dims", this::gatherPerBatch);
        refused.forEach(
                (part, model) -> {
                    UnsupportedOpException e =
                            assertThrows(
                                    UnsupportedOpException.class,
                                    () -> backward(model.apply(x)),
                                    part);
                    assertTrue(e.getMessage().contains(part), e.getMessage());
                });
    }

    private Output norm(Output in, Output scale, boolean training) {
        List<Output> inputs = List.of(in, scale, ones(), ones(), ones());
        return g.emit("FusedBatchNormV3", inputs, "is_training", training);
    }

    private Output ones() {
        return g.onesLike(g.cast(g.vector(1, 1, 1), FLOAT));
    }

    private Output einsum(String equation, Output in) {
        return g.emit("Einsum", List.of(in), "equation", equation);
    }

    private Output gatherPerBatch(Output in) {
        List<Output> inputs = List.of(in, g.vector(0, 0), g.scalar(1));
        return g.emit("GatherV2", inputs, "batch_dims", 1);
    }

    /** More voxels than half precision can count (65504), in a mean and among equal maxima. */
    @ParameterizedTest
    @ValueSource(strings = {"Mean", "Max"})
    void manyVoxelsInHalfPrecision(String op) {
        int voxels = 70_000;
        Output half = g.cast(x, DataType.DT_HALF);
        Output y = g.cast(g.emit(op, half, g.vector(0)), FLOAT);
        double[] gradient =
                run(
                        backward(y),
                        vector(new double[voxels]),
                        new Values(FLOAT, new long[0], new double[] {64}));
        assertEquals(64, Arrays.stream(gradient).sum(), 0.1);
    }

    /** A small classifier of 3-D images of any size, three classes. */
    private Output classifier(String pooling) {
        Object[] same = {"strides", Ops.list(1, 1, 1, 1, 1), "padding", "SAME"};
        Object[] halve = {
            "ksize", Ops.list(1, 2, 2, 2, 1), "strides", Ops.list(1, 2, 2, 2, 1), "padding", "SAME"
        };
        Output first = g.emit("Conv3D", List.of(x, constant(3, 3, 3, 2, 4)), same);
        Output active = g.emit("Elu", g.emit("BiasAdd", first, constant(4)));
        Output pooled = g.emit(pooling, List.of(active), halve);
        Output second = g.emit("Conv3D", List.of(pooled, constant(3, 3, 3, 4, 4)), same);
        Output mean = g.emit("Mean", g.emit("Tanh", second), g.vector(1, 2, 3));
        return g.emit("MatMul", mean, constant(4, 3));
    }

    private Output constant(long... shape) {
        Values values = random(shape);
        return g.constant(FLOAT, values.byteSize(), values::write, shape);
    }

    @Test
    void aBatchEqualsItsImagesOneByOne() {
        Output gradient = backward(classifier("MaxPool3D"));
        Values batch = random(3, 5, 4, 6, 2);
        Values cotangents = random(3, 3);
        double[] together = run(gradient, batch, cotangents);
        List<Double> single = new ArrayList<>();
        for (int b = 0; b < 3; b++) {
            Values image = part(batch, b, 1, 5, 4, 6, 2);
            double[] alone = run(gradient, image, part(cotangents, b, 1, 3));
            Arrays.stream(alone).forEach(single::add);
        }
        assertArrayEquals(
                single.stream().mapToDouble(Double::doubleValue).toArray(), together, 1e-5);
    }

    private static Values part(Values of, int index, long... shape) {
        int count = (int) Values.count(shape);
        double[] data = Arrays.copyOfRange(of.data(), index * count, (index + 1) * count);
        return new Values(FLOAT, shape, data);
    }

    @Test
    void oneGraphServesEverySize() {
        // Smooth, so that finite differences along a direction cross no kink.
        Output logits = classifier("AvgPool3D");
        Output gradient = backward(logits);
        run(logits, random(1, 2, 2, 2, 2), random(1, 3));
        run(gradient, random(1, 2, 2, 2, 2), random(1, 3));
        NativeSession loaded = session;
        for (long[] shape : new long[][] {{1, 4, 4, 4, 2}, {2, 5, 3, 7, 2}}) {
            Values image = random(shape);
            Values cotangent = random(shape[0], 3);
            double[] slopes = run(gradient, image, cotangent);
            assertEquals(image.data().length, slopes.length);
            Values direction = random(shape);
            double expected = slope(logits, image, direction, cotangent);
            double actual = dot(slopes, direction.data());
            assertEquals(expected, actual, 2e-3 * Math.abs(expected) + 1e-3);
        }
        assertSame(loaded, session);
    }

    /** Central difference of cotangent · logits along a direction. */
    private double slope(Output logits, Values at, Values direction, Values cotangent) {
        double step = 1e-3;
        double[] up = at.data().clone();
        double[] down = at.data().clone();
        for (int i = 0; i < up.length; i++) {
            up[i] += step * direction.data()[i];
            down[i] -= step * direction.data()[i];
        }
        double[] above = run(logits, new Values(FLOAT, at.shape(), up), cotangent);
        double[] below = run(logits, new Values(FLOAT, at.shape(), down), cotangent);
        return (dot(above, cotangent.data()) - dot(below, cotangent.data())) / (2 * step);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
