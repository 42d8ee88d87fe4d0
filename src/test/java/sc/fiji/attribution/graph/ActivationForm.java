/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.DenseNetwork.constant;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * An activation as one of the ways in which exporters write it, and as its formula.
 *
 * @param name for the report
 * @param part its ops
 * @param f the function
 * @param slope its derivative
 */
record ActivationForm(
        String name, DenseNetwork.Part part, DoubleUnaryOperator f, DoubleUnaryOperator slope) {

    static Stream<ActivationForm> all() {
        return Stream.of(rectifiers(), bounded(), exponential(), smooth()).flatMap(List::stream);
    }

    DenseNetwork.Step behind(DenseNetwork network, DenseNetwork.Step from) {
        return network.pointwise(from, part, f);
    }

    private static ActivationForm relu(String name, DenseNetwork.Part part) {
        return new ActivationForm(name, part, v -> Math.max(v, 0), v -> v < 0 ? 0 : 1);
    }

    private static ActivationForm leaky(String name, DenseNetwork.Part part) {
        return new ActivationForm(name, part, v -> v < 0 ? 0.25 * v : v, v -> v < 0 ? 0.25 : 1);
    }

    private static List<ActivationForm> rectifiers() {
        return List.of(
                relu("ReLU", (g, x) -> g.emit("Relu", x)),
                relu("ReLU as maximum", (g, x) -> g.emit("Maximum", x, g.scalar(0.0, x))),
                relu(
                        "ReLU as a threshold",
                        (g, x) ->
                                g.mul(
                                        x,
                                        g.emit(
                                                "Cast",
                                                List.of(positive(g, x)),
                                                "DstT",
                                                g.type(x)))),
                leaky("LeakyReLU", (g, x) -> g.emit("LeakyRelu", List.of(x), "alpha", 0.25f)),
                leaky("LeakyReLU as maximum", (g, x) -> g.emit("Maximum", x, g.mul(x, 0.25))),
                leaky("PReLU", (g, x) -> prelu(g, x, 2)),
                leaky("PReLU of each voxel", (g, x) -> prelu(g, x, 4, 4, 2)));
    }

    /** As Keras writes it. */
    private static Output prelu(Ops g, Output x, long... shape) {
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.fill(values, -0.25);
        Output alpha = constant(g, x, values, shape);
        return g.add(g.emit("Relu", x), g.mul(alpha, g.emit("Relu", g.neg(x))));
    }

    private static Output positive(Ops g, Output x) {
        return g.emit("Greater", x, g.scalar(0.0, x));
    }

    private static ActivationForm relu6(String name, DenseNetwork.Part part) {
        return new ActivationForm(
                name, part, v -> Math.min(Math.max(v, 0), 6), v -> v < 0 || v > 6 ? 0 : 1);
    }

    private static List<ActivationForm> bounded() {
        return List.of(
                relu6("ReLU6", (g, x) -> g.emit("Relu6", x)),
                relu6(
                        "ReLU6 as minimum",
                        (g, x) -> g.emit("Minimum", g.emit("Relu", x), g.scalar(6.0, x))),
                new ActivationForm(
                        "tanh",
                        (g, x) -> g.emit("Tanh", x),
                        Math::tanh,
                        v -> 1 - Math.tanh(v) * Math.tanh(v)));
    }

    private static ActivationForm elu(String name, DenseNetwork.Part part) {
        return new ActivationForm(
                name, part, v -> v < 0 ? Math.expm1(v) : v, v -> v < 0 ? Math.exp(v) : 1);
    }

    private static List<ActivationForm> exponential() {
        return List.of(
                elu("ELU", (g, x) -> g.emit("Elu", x)),
                elu(
                        "ELU as a choice",
                        (g, x) -> g.emit("SelectV2", positive(g, x), x, g.emit("Expm1", x))));
    }

    static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    private static ActivationForm silu(String name, DenseNetwork.Part part) {
        return new ActivationForm(
                name, part, v -> v * sigmoid(v), v -> sigmoid(v) * (1 + v * (1 - sigmoid(v))));
    }

    private static List<ActivationForm> smooth() {
        return List.of(
                silu("SiLU", (g, x) -> g.mul(x, g.emit("Sigmoid", x))),
                silu("swish with its own gradient", ActivationForm::swish),
                new ActivationForm(
                        "hard swish",
                        (g, x) ->
                                g.mul(x, g.mul(g.emit("Relu6", g.add(x, g.scalar(3.0, x))), 0.125)),
                        v -> v * Math.min(Math.max(v + 3, 0), 6) * 0.125,
                        v -> v < -3 ? 0 : v > 3 ? 0.75 : (2 * v + 3) * 0.125),
                new ActivationForm(
                        "GELU by tanh",
                        ActivationForm::geluByTanh,
                        v -> v * gate(v),
                        v -> {
                            double t = 2 * gate(v) - 1;
                            return gate(v) + 0.5 * v * (1 - t * t) * 0.75 * (1 + 0.1875 * v * v);
                        }),
                new ActivationForm(
                        "GELU by erf",
                        ActivationForm::geluByErf,
                        v -> v * normal(v),
                        v -> normal(v) + v * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI)));
    }

    /** As Keras writes it, in front of a gradient that saves memory in training. */
    private static Output swish(Ops g, Output x) {
        Output y = g.mul(x, g.emit("Sigmoid", x));
        AttrValue.ListValue types =
                AttrValue.ListValue.newBuilder().addType(g.type(y)).addType(g.type(x)).build();
        AttrValue both = AttrValue.newBuilder().setList(types).build();
        return g.emit("IdentityN", List.of(y, x), "T", both);
    }

    private static double gate(double v) {
        return 0.5 * (1 + Math.tanh(0.75 * (v + 0.0625 * v * v * v)));
    }

    private static Output geluByTanh(Ops g, Output x) {
        Output cubed = g.mul(g.mul(x, g.mul(x, x)), 0.0625);
        Output tanh = g.emit("Tanh", g.mul(g.add(x, cubed), 0.75));
        return g.mul(g.mul(x, 0.5), g.add(tanh, g.scalar(1.0, x)));
    }

    private static Output geluByErf(Ops g, Output x) {
        Output erf = g.emit("Erf", g.mul(x, Math.sqrt(0.5)));
        return g.mul(g.mul(x, 0.5), g.add(erf, g.scalar(1.0, x)));
    }

    /** The normal distribution, by its series about 0. */
    private static double normal(double v) {
        double term = v;
        double sum = v;
        for (int k = 1; Math.abs(term) > 1e-18; k++) {
            term *= v * v / (2 * k + 1);
            sum += term;
        }
        return v > 8 ? 1 : v < -8 ? 0 : 0.5 + sum * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
    }

    @Override
    public String toString() {
        return name;
    }
}
