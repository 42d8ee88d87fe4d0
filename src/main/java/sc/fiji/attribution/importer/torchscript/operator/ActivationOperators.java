/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;

/** Activation functions. */
final class ActivationOperators {

    private final TensorOperators all;
    private final Emission g;

    private ActivationOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        new ActivationOperators(all).activations();
    }

    private void activation(
            String signature, java.util.function.BiFunction<Arguments, Value, Value> f) {
        all.add(signature, a -> f.apply(a, g.floating(all.tensor(a, "x"))));
    }

    private void activations() {
        activation(
                "hardtanh(x, min_val=-1, max_val=1)",
                (a, x) ->
                        a.number("min_val") == 0 && a.number("max_val") == 6
                                ? g.unary("Relu6", x)
                                : ElementwiseOperators.clip(
                                        g, x, a.number("min_val"), a.number("max_val")));
        activation("silu(x)", (a, x) -> g.mul(x, g.unary("Sigmoid", x)));
        activation("mish(x)", (a, x) -> g.mul(x, g.unary("Tanh", g.unary("Softplus", x))));
        activation("log_sigmoid(x)", (a, x) -> logSigmoid(x));
        activation("hardsigmoid(x)", (a, x) -> hardSigmoid(x));
        activation("hardswish(x)", (a, x) -> g.mul(x, hardSigmoid(x)));
        activation(
                "leaky_relu(x, negative_slope=0.01)",
                (a, x) -> g.unary("LeakyRelu", x, "alpha", (float) a.number("negative_slope")));
        activation(
                "rrelu(x, lower=0.125, upper=0.3333333333333333, training=False, generator=None)",
                this::randomised);
        activation("elu(x, alpha=1, scale=1, input_scale=1)", this::elu);
        activation(
                "celu(x, alpha=1.0)",
                (a, x) ->
                        g.mul(g.unary("Elu", g.mul(x, 1 / a.number("alpha"))), a.number("alpha")));
        activation("softplus(x, beta=1, threshold=20)", this::softplus);
        activation("gelu(x, approximate='none')", this::gelu);
        activation("prelu(x, weight)", this::prelu);
        activation(
                "hardshrink(x, lambd=0.5)",
                (a, x) ->
                        ElementwiseOperators.select(
                                g,
                                g.binary(
                                        "Greater",
                                        g.unary("Abs", x),
                                        g.number(a.number("lambd"), x.type())),
                                x,
                                g.number(0, x.type())));
        activation(
                "softshrink(x, lambd=0.5)",
                (a, x) ->
                        g.sub(
                                x,
                                ElementwiseOperators.clip(
                                        g, x, -a.number("lambd"), a.number("lambd"))));
        activation("tanhshrink(x)", (a, x) -> g.sub(x, g.unary("Tanh", x)));
        activation(
                "threshold(x, threshold, value)",
                (a, x) ->
                        ElementwiseOperators.select(
                                g,
                                g.binary("Greater", x, g.number(a.number("threshold"), x.type())),
                                x,
                                g.number(a.number("value"), x.type())));
        activation("glu(x, dim=-1)", this::glu);
        activation(
                "logit(x, eps=None)",
                (a, x) -> {
                    Value p =
                            a.isNone("eps")
                                    ? x
                                    : ElementwiseOperators.clip(
                                            g, x, a.number("eps"), 1 - a.number("eps"));
                    Value one = g.number(1, p.type());
                    return g.unary("Log", g.div(p, g.sub(one, p)));
                });
    }

    /** By the mean of its slopes, outside training. */
    private Value randomised(Arguments a, Value x) {
        if (a.flag("training")) {
            throw a.refuse("training=True: export the model after model.eval()");
        }
        double slope = (a.number("lower") + a.number("upper")) / 2;
        return g.unary("LeakyRelu", x, "alpha", (float) slope);
    }

    private Value logSigmoid(Value x) {
        return g.unary("Neg", g.unary("Softplus", g.unary("Neg", x)));
    }

    private Value hardSigmoid(Value x) {
        return g.mul(g.unary("Relu6", g.add(x, 3)), 1 / 6.0);
    }

    private Value elu(Arguments a, Value x) {
        if (a.number("input_scale") != 1) {
            throw a.refuse("input_scale");
        }
        Value plain = g.unary("Elu", x);
        Value scaled =
                a.number("alpha") == 1
                        ? plain
                        : ElementwiseOperators.select(
                                g,
                                g.binary("Greater", x, g.number(0, x.type())),
                                x,
                                g.mul(plain, a.number("alpha")));
        return g.mul(scaled, a.number("scale"));
    }

    private Value softplus(Arguments a, Value x) {
        double beta = a.number("beta");
        Value curve = g.mul(g.unary("Softplus", g.mul(x, beta)), 1 / beta);
        double straight = a.number("threshold") / beta;
        // From 20 on single precision cannot tell the two apart.
        return a.number("threshold") >= 20
                ? curve
                : ElementwiseOperators.select(
                        g, g.binary("Greater", x, g.number(straight, x.type())), x, curve);
    }

    private Value gelu(Arguments a, Value x) {
        if (!a.text("approximate").equals("tanh")) {
            return gelu(g, x);
        }
        Value cube = g.mul(g.mul(g.unary("Square", x), x), 0.044715);
        Value inner = g.unary("Tanh", g.mul(g.add(x, cube), Math.sqrt(2 / Math.PI)));
        return g.mul(g.mul(x, 0.5), g.add(inner, 1));
    }

    static Value gelu(Emission g, Value x) {
        return g.mul(g.mul(x, 0.5), g.add(g.unary("Erf", g.mul(x, Math.sqrt(0.5))), 1));
    }

    private Value prelu(Arguments a, Value x) {
        Value slope = all.tensor(a, "weight");
        if (slope.rank() == 1 && x.rank() > 1) {
            long[] shape = new long[x.rank()];
            java.util.Arrays.fill(shape, 1);
            shape[1] = slope.extent(0);
            slope = g.reshape(slope, shape);
        }
        return g.add(g.unary("Relu", x), g.mul(slope, g.sub(x, g.unary("Relu", x))));
    }

    private Value glu(Arguments a, Value x) {
        int axis = a.axis("dim", x.rank());
        int half = x.shape()[axis] / 2;
        if (half < 1) {
            throw a.refuse("an axis of unknown extent");
        }
        Value gate = g.slice(x, axis, (long) half, (long) half);
        return g.mul(g.slice(x, axis, 0L, (long) half), g.unary("Sigmoid", gate));
    }
}
