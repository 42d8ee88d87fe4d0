/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.stream.LongStream;
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
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * What TensorFlow fuses computes what its ops do one by one: each kind of layer, with what may
 * follow it and each activation, against the same graph with an op between each two that keeps them
 * apart.
 */
class FusionBarriersTest {

    private static final List<String> FOLLOWERS =
            List.of(
                    "nothing",
                    "bias",
                    "residual",
                    "bias residual",
                    "residual bias",
                    "scale and shift",
                    "batch norm",
                    "batch norm residual",
                    "instance norm");

    private static final List<String> ACTIVATIONS =
            List.of(
                    "None",
                    "Relu",
                    "Relu6",
                    "Elu",
                    "Selu",
                    "Tanh",
                    "Sigmoid",
                    "Softplus",
                    "Softsign",
                    "LeakyRelu 0.01",
                    "LeakyRelu 0.2",
                    "LeakyRelu 0.5",
                    "Swish",
                    "HardSwish",
                    "Mish",
                    "Gelu",
                    "GeluTanh");

    /** Builds the same network with and without what keeps its ops apart. */
    private static final class Builder {
        final Random random = new Random(4);
        final Graph graph = new Graph();
        final Ops ops = new Ops(graph, "");
        final boolean apart;

        Builder(boolean apart) {
            this.apart = apart;
        }

        Output placeholder(long... shape) {
            TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
            LongStream.of(shape).forEach(extent -> extents.addDimBuilder().setSize(extent));
            return ops.emit(
                    "Placeholder",
                    List.of(),
                    "dtype",
                    DataType.DT_FLOAT,
                    "shape",
                    AttrValue.newBuilder().setShape(extents).build());
        }

        Output constant(long... shape) {
            int count = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
            return ops.constant(
                    DataType.DT_FLOAT,
                    count * Float.BYTES,
                    buffer -> {
                        for (int i = 0; i < count; i++) {
                            buffer.putFloat((float) (0.4 * random.nextGaussian()));
                        }
                    },
                    shape);
        }

        Output keepApart(Output x) {
            return ops.emit("Maximum", x, ops.scalar(-1e30, x));
        }

        Output apart(Output x) {
            return apart ? keepApart(x) : x;
        }

        Output layer(String op, Output x, int channels) {
            Output layer =
                    switch (op) {
                        case "MatMul" -> ops.emit(op, x, constant(channels, channels));
                        case "Conv3D" -> strided(op, x, constant(3, 3, 3, channels, channels), 5);
                        case "DepthwiseConv2dNative" ->
                                strided(op, x, constant(3, 3, channels, 1), 4);
                        default -> strided(op, x, constant(3, 3, channels, channels), 4);
                    };
            return apart(layer);
        }

        private Output strided(String op, Output x, Output filter, int rank) {
            long[] ones = new long[rank];
            Arrays.fill(ones, 1);
            return ops.emit(op, List.of(x, filter), "strides", Ops.list(ones), "padding", "SAME");
        }

        Output follow(String follower, Output y, Output residual, int channels, int rank) {
            return switch (follower) {
                case "bias" -> bias(y, channels);
                case "residual" -> apart(ops.add(y, residual));
                case "bias residual" -> apart(ops.add(bias(y, channels), residual));
                case "residual bias" -> apart(ops.add(residual, bias(y, channels)));
                case "scale and shift" ->
                        apart(ops.add(apart(ops.mul(y, constant(channels))), constant(channels)));
                case "batch norm" -> batchNorm(y, channels);
                case "batch norm residual" -> apart(ops.add(batchNorm(y, channels), residual));
                case "instance norm" -> instanceNorm(y, channels, rank);
                default -> y;
            };
        }

        private Output bias(Output y, int channels) {
            return apart(ops.emit("BiasAdd", y, constant(channels)));
        }

        private Output batchNorm(Output y, int channels) {
            Output variance = ops.emit("Square", constant(channels));
            return apart(
                    ops.emit(
                            "FusedBatchNormV3",
                            List.of(
                                    y,
                                    constant(channels),
                                    constant(channels),
                                    constant(channels),
                                    variance),
                            "is_training",
                            false,
                            "epsilon",
                            0.001f));
        }

        private Output instanceNorm(Output y, int channels, int rank) {
            int[] space = new int[rank - 2];
            Arrays.setAll(space, axis -> axis + 1);
            Output mean = mean(y, space);
            Output variance = mean(apart(ops.emit("SquaredDifference", y, mean)), space);
            Output root = apart(ops.emit("Rsqrt", apart(ops.add(variance, ops.scalar(0.001, y)))));
            Output scale = apart(ops.mul(root, constant(channels)));
            Output shift = apart(ops.sub(constant(channels), apart(ops.mul(mean, scale))));
            return apart(ops.add(apart(ops.mul(y, scale)), shift));
        }

        private Output mean(Output y, int[] space) {
            return apart(ops.emit("Mean", List.of(y, ops.vector(space)), "keep_dims", true));
        }

        Output activation(String name, Output y) {
            BinaryOperator<Output> mul = (a, b) -> apart(ops.mul(a, b));
            return switch (name.split(" ")[0]) {
                case "None" -> y;
                case "LeakyRelu" ->
                        ops.emit(
                                "LeakyRelu",
                                List.of(y),
                                "alpha",
                                Float.parseFloat(name.split(" ")[1]));
                case "Swish" -> ops.mul(y, apart(ops.emit("Sigmoid", y)));
                case "HardSwish" -> {
                    Output gate = apart(ops.emit("Relu6", apart(ops.add(y, ops.scalar(3.0, y)))));
                    yield ops.mul(y, mul.apply(gate, ops.scalar(1 / 6.0, y)));
                }
                case "Mish" -> ops.mul(y, apart(ops.emit("Tanh", apart(ops.emit("Softplus", y)))));
                case "Gelu" -> {
                    Output erf =
                            apart(ops.emit("Erf", mul.apply(y, ops.scalar(Math.sqrt(0.5), y))));
                    yield ops.mul(
                            mul.apply(ops.scalar(0.5, y), y),
                            apart(ops.add(ops.scalar(1.0, y), erf)));
                }
                case "GeluTanh" -> {
                    Output cube = apart(ops.emit("Pow", y, ops.scalar(3.0, y)));
                    Output inner =
                            mul.apply(
                                    ops.scalar(Math.sqrt(2 / Math.PI), y),
                                    apart(ops.add(y, mul.apply(ops.scalar(0.044715, y), cube))));
                    yield ops.mul(
                            mul.apply(ops.scalar(0.5, y), y),
                            apart(ops.add(ops.scalar(1.0, y), apart(ops.emit("Tanh", inner)))));
                }
                default -> ops.emit(name, y);
            };
        }

        /** As loaded, with its seams. */
        GraphDef loaded() {
            GraphDef.Builder loaded = GraphDef.newBuilder();
            for (NodeDef node : graph.nodes()) {
                loaded.addAllNode(FusionBarriers.sew(node, graph));
            }
            return loaded.build();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Conv2D", "Conv3D", "DepthwiseConv2dNative", "MatMul"})
    void fusedIsAsOneByOne(String op) {
        long[] shape =
                switch (op) {
                    case "Conv3D" -> new long[] {1, 4, 5, 3, 4};
                    case "MatMul" -> new long[] {5, 4};
                    default -> new long[] {1, 5, 6, 4};
                };
        Map<String, double[]> fused = values(op, shape, false);
        Map<String, double[]> expected = values(op, shape, true);
        List<String> wrong = new ArrayList<>();
        expected.forEach(
                (network, values) -> {
                    double most = Arrays.stream(values).map(Math::abs).max().orElseThrow();
                    double worst = 0;
                    for (int i = 0; i < values.length; i++) {
                        worst = Math.max(worst, Math.abs(values[i] - fused.get(network)[i]));
                    }
                    if (!(worst <= 2e-5 * most)) {
                        wrong.add(network + ": " + worst / most);
                    }
                });
        assertEquals(List.of(), wrong);
        System.out.printf("%s: %d networks as their ops%n", op, expected.size());
    }

    private static Map<String, double[]> values(String op, long[] shape, boolean apart) {
        Builder b = new Builder(apart);
        Output x = b.placeholder(shape);
        int channels = (int) shape[shape.length - 1];
        Map<String, Output> outputs = new LinkedHashMap<>();
        for (String follower : FOLLOWERS) {
            boolean applies =
                    shape.length == 4
                            || !follower.startsWith("batch norm")
                                    && !(follower.equals("instance norm") && shape.length < 4);
            for (String activation : applies ? ACTIVATIONS : List.<String>of()) {
                // What is added comes from a layer, as TensorFlow wants to know its shape.
                Output other =
                        b.apart(
                                b.ops.emit(
                                        "BiasAdd", b.layer(op, x, channels), b.constant(channels)));
                Output residual = b.apart(b.ops.emit("Tanh", other));
                Output y = b.layer(op, b.apart(b.ops.emit("Elu", residual)), channels);
                Output followed = b.follow(follower, y, residual, channels, shape.length);
                Output end = b.keepApart(b.activation(activation, followed));
                outputs.put(follower + ", " + activation, b.ops.emit("Identity", end));
            }
        }
        Random random = new Random(7);
        double[] data = new double[(int) LongStream.of(shape).reduce(1, (m, n) -> m * n)];
        Arrays.setAll(data, i -> (float) random.nextGaussian());
        Map<String, double[]> values = new LinkedHashMap<>();
        try (NativeSession session = NativeSession.of(b.loaded())) {
            List<String> names = outputs.values().stream().map(Output::toString).toList();
            List<Values> results =
                    session.run(
                            Map.of(x.toString(), new Values(DataType.DT_FLOAT, shape, data)),
                            names);
            int i = 0;
            for (String network : outputs.keySet()) {
                values.put(network, results.get(i++).data());
            }
        }
        return values;
    }
}
