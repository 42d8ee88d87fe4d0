/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * An {@link OpCase} as a graph in a session: its outputs y, a cotangent dy fed for each, and the
 * gradients of Σ dy·y by the rules, by finite differences and by TensorFlow itself.
 */
public final class OpTrial implements AutoCloseable {

    private final Graph graph = new Graph();
    private final OpCase opCase;
    private final boolean half;
    private final List<Output> xs = new ArrayList<>();
    private final List<Output> ys = new ArrayList<>();
    private final List<Output> dys = new ArrayList<>();
    private final List<Output> gradients = new ArrayList<>();
    private final Map<String, Values> feeds = new LinkedHashMap<>();
    private final NativeSession session;

    private OpTrial(OpCase opCase, boolean half) {
        this.opCase = opCase;
        this.half = half;
        apply(new Ops(graph, "forward/"));
        for (int i = 0; i < ys.size(); i++) {
            dys.add(placeholder("dy" + i, graph.type(ys.get(i))));
        }
        differentiate(new Ops(graph, "backward/"));
        session = NativeSession.of(graph.toProto().build());
        feedCotangents();
    }

    public static OpTrial of(OpCase opCase) {
        return new OpTrial(opCase, false);
    }

    /** Fed and read in float32, with the op itself in half precision, as in mixed_float16. */
    public static OpTrial inHalf(OpCase opCase) {
        return new OpTrial(opCase.inFloat(), true);
    }

    /** Whether this TensorFlow has oneDNN: then it convolves channels-first on the CPU. */
    public static boolean hasOneDnn() {
        OpCase channelsFirst =
                OpCase.op("Conv2D", "NCHW", Inputs.x(1, 1, 2, 2), Inputs.x(1, 1, 1, 1))
                        .with("strides", Ops.list(1, 1, 1, 1), "padding", "SAME")
                        .with("data_format", "NCHW")
                        .inFloat();
        try (OpTrial trial = of(channelsFirst)) {
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void apply(Ops ops) {
        List<Output> inputs = new ArrayList<>();
        for (OpCase.Input input : opCase.inputs()) {
            Values values = input.values();
            if (values.type() == DataType.DT_DOUBLE) {
                values = values.as(opCase.type());
            }
            Output fed;
            if (input.differentiated()) {
                fed = placeholder("x" + xs.size(), values.type());
                xs.add(fed);
                feeds.put(fed.toString(), values);
            } else {
                fed = ops.constant(values.type(), values.byteSize(), values::write, values.shape());
            }
            boolean floating = Ops.isFloating(values.type());
            inputs.add(half && floating ? ops.cast(fed, DataType.DT_HALF) : fed);
        }
        Output y = ops.emit(opCase.op(), inputs, opCase.attributes());
        List<DataType> types = OpRegistry.outputTypes(graph.node(y));
        for (int i = 0; i < Math.min(types.size(), opCase.outputs()); i++) {
            if (types.get(i) == DataType.DT_HALF) {
                ys.add(ops.cast(new Output(y.node(), i), DataType.DT_FLOAT));
            } else if (Ops.isFloating(types.get(i))) {
                ys.add(new Output(y.node(), i));
            }
        }
    }

    private Output placeholder(String name, DataType type) {
        Object[] dtype = {"dtype", type};
        Output placeholder = new Ops(graph, name + "/").emit("Placeholder", List.of(), dtype);
        return placeholder;
    }

    private void differentiate(Ops ops) {
        ReverseMode reverse = new ReverseMode(ops, RuleTable.GRADIENT);
        Output from = ys.get(0);
        Output cotangent = dys.get(0);
        if (ys.size() > 1) {
            from = contraction(ops);
            cotangent = ops.onesLike(from);
        }
        for (Output x : xs) {
            // What is fed cannot be fetched, and some rules hand dy on as it is.
            gradients.add(ops.emit("Identity", reverse.backward(from, cotangent, x)));
        }
    }

    /** Σ dy·y over all outputs. */
    private Output contraction(Ops ops) {
        List<Output> parts = new ArrayList<>();
        for (int i = 0; i < ys.size(); i++) {
            Output product = ops.mul(ys.get(i), dys.get(i));
            parts.add(ops.sum(product, ops.range(ops.rank(product))));
        }
        return ops.emit("AddN", parts, "N", parts.size());
    }

    private void feedCotangents() {
        List<Values> values = session.run(feeds, names(ys));
        for (int i = 0; i < ys.size(); i++) {
            Random random = new Random(i);
            double[] data = new double[values.get(i).data().length];
            for (int k = 0; k < data.length; k++) {
                data[k] = (float) random.nextGaussian();
            }
            Values y = values.get(i);
            feeds.put(dys.get(i).toString(), new Values(y.type(), y.shape(), data));
        }
    }

    /** By the rules, one for each differentiated input. */
    public List<Values> gradients() {
        return session.run(feeds, names(gradients));
    }

    /** By TensorFlow's C API, or empty where it has none for this op. */
    Optional<List<Values>> nativeGradients() {
        return session.addGradients(names(ys), names(xs), names(dys))
                .map(names -> session.run(feeds, names));
    }

    /** By central differences, element by element. */
    public List<Values> finiteDifferences() {
        List<Values> results = new ArrayList<>();
        for (Output x : xs) {
            Values at = feeds.get(x.toString());
            double[] slopes = new double[at.data().length];
            for (int i = 0; i < slopes.length; i++) {
                Values up = at.with(i, (float) (at.data()[i] + opCase.step()));
                Values down = at.with(i, (float) (at.data()[i] - opCase.step()));
                if (at.type() == DataType.DT_DOUBLE) {
                    up = at.with(i, at.data()[i] + opCase.step());
                    down = at.with(i, at.data()[i] - opCase.step());
                }
                slopes[i] =
                        (contraction(x, up) - contraction(x, down))
                                / (up.data()[i] - down.data()[i]);
            }
            results.add(new Values(at.type(), at.shape(), slopes));
        }
        return results;
    }

    private double contraction(Output x, Values value) {
        Map<String, Values> moved = new LinkedHashMap<>();
        for (Output each : xs) {
            moved.put(each.toString(), feeds.get(each.toString()));
        }
        moved.put(x.toString(), value);
        List<Values> y = session.run(moved, names(ys));
        double total = 0;
        for (int i = 0; i < y.size(); i++) {
            double[] dy = feeds.get(dys.get(i).toString()).data();
            for (int k = 0; k < dy.length; k++) {
                total += dy[k] * y.get(i).data()[k];
            }
        }
        return total;
    }

    private static List<String> names(List<Output> outputs) {
        return outputs.stream().map(Output::toString).toList();
    }

    @Override
    public void close() {
        session.close();
    }

    /** Largest difference relative to the largest expected element, or to 0.01. */
    public static double error(Values actual, Values expected) {
        if (!java.util.Arrays.equals(actual.shape(), expected.shape())) {
            throw new AssertionError(
                    "shape "
                            + java.util.Arrays.toString(actual.shape())
                            + " instead of "
                            + java.util.Arrays.toString(expected.shape()));
        }
        double largest = 0.01;
        double difference = 0;
        for (int i = 0; i < expected.data().length; i++) {
            double d = Math.abs(actual.data()[i] - expected.data()[i]);
            difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
            largest = Math.max(largest, Math.abs(expected.data()[i]));
        }
        return difference / largest;
    }
}
