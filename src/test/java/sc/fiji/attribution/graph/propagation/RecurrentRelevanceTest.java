/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.DenseNetwork;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;

/** Without biases all relevance of a recurrent layer's score is the image's, step by step. */
class RecurrentRelevanceTest {

    private static final int STEPS = 4;
    private static final int WIDTH = 3;

    private final Random random = new Random(11);
    private final Graph graph = new Graph();
    private final Ops g = new Ops(graph, "forward/");
    private final Output image = DenseNetwork.placeholder(graph, "image", DataType.DT_DOUBLE);

    @Test
    void ofGatedRecurrentUnits() {
        Output h = weights(1);
        h = g.mul(h, 0);
        Layer update = new Layer();
        Layer reset = new Layer();
        Layer candidate = new Layer();
        for (int t = 0; t < STEPS; t++) {
            Output z = g.emit("Sigmoid", update.of(step(t), h));
            Output r = g.emit("Sigmoid", reset.of(step(t), h));
            Output c = g.emit("Tanh", candidate.of(step(t), g.mul(r, h)));
            h = g.add(g.mul(z, h), g.mul(g.sub(g.scalar(1.0, z), z), c));
        }
        conserves(h);
    }

    @Test
    void ofLongShortTermMemory() {
        Output h = g.mul(weights(1), 0);
        Output c = h;
        Layer[] layers = {new Layer(), new Layer(), new Layer(), new Layer()};
        for (int t = 0; t < STEPS; t++) {
            Output in = g.emit("Sigmoid", layers[0].of(step(t), h));
            Output forget = g.emit("Sigmoid", layers[1].of(step(t), h));
            Output out = g.emit("Sigmoid", layers[2].of(step(t), h));
            Output cell = g.emit("Tanh", layers[3].of(step(t), h));
            c = g.add(g.mul(forget, c), g.mul(in, cell));
            h = g.mul(out, g.emit("Tanh", c));
        }
        conserves(h);
    }

    /** As attention modules write them, on what kinds of activations make. */
    @ParameterizedTest
    @CsvSource({
        "1+a, Relu",
        "-a+1, Relu",
        "(1+t)/2, Relu",
        "1+t, Tanh",
        "clip, Relu",
        "a, Relu6",
        "1+a, Tanh",
        "hard, Tanh",
        "a, Tanh"
    })
    void ofGatesThatAreSpelledOut(String gate, String activation) {
        Output features = g.emit(activation, g.emit("MatMul", step(0), weights(WIDTH)));
        Output s = g.emit("MatMul", step(1), weights(WIDTH));
        Output a = g.emit("Sigmoid", s);
        Output one = g.scalar(1.0, a);
        Output t = g.emit("Tanh", s);
        Output scales =
                switch (gate) {
                    case "a" -> a;
                    case "1+a" -> g.add(one, a);
                    case "-a+1" -> g.add(g.neg(a), one);
                    case "1+t" -> g.add(t, one);
                    case "(1+t)/2" -> g.div(g.add(t, one), g.scalar(2.0, a));
                    case "clip" -> g.emit("Maximum", a, g.scalar(0.05, a));
                    default -> g.mul(g.emit("Relu6", g.add(s, g.scalar(3.0, a))), 1 / 6.0);
                };
        conserves(g.mul(scales, features));
    }

    /** x·W + h·U. */
    private final class Layer {

        private final Output w = weights(WIDTH);
        private final Output u = weights(WIDTH);

        Output of(Output x, Output h) {
            return g.add(g.emit("MatMul", x, w), g.emit("MatMul", h, u));
        }
    }

    private Output step(int t) {
        return g.reshape(g.slice(image, t * WIDTH, WIDTH), g.vector(1, WIDTH));
    }

    private Output weights(int rows) {
        double[] values = random.doubles(rows * WIDTH, 0.1, 0.6).toArray();
        Values weights = Values.of(DataType.DT_DOUBLE, new long[] {rows, WIDTH}, values);
        return g.constant(weights.type(), weights.byteSize(), weights::write, weights.shape());
    }

    private void conserves(Output h) {
        Output score = g.sum(h, g.vector(0, 1));
        Route route = Route.between(graph, image, score);
        RuleTable rules =
                RelevanceRules.table(g, route, Composite.parse("epsilon"), name -> List.of(name));
        Output relevance = new ReverseMode(g, rules).backward(score, score, image);
        double[] x = random.doubles(STEPS * WIDTH, 0.2, 1).toArray();
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            List<Values> found =
                    session.run(
                            Map.of(
                                    image.toString(),
                                    Values.of(DataType.DT_DOUBLE, new long[] {x.length}, x)),
                            List.of(score.toString(), relevance.toString()));
            double sum = Arrays.stream(found.get(1).data()).sum();
            assertEquals(found.get(0).data()[0], sum, 1e-4);
        }
    }
}
