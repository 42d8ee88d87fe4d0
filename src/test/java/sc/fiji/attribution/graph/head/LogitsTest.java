/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.head;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** How networks end, and where their logits are. */
class LogitsTest {

    private Graph graph;
    private Ops g;
    private Output z;

    @BeforeEach
    void start() {
        graph = new Graph();
        g = new Ops(graph, "");
        Output x = g.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output w = g.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        z = g.emit("MatMul", x, w);
    }

    private void is(Output scores, Output logits, Closing closing) {
        Logits found = Logits.find(graph, scores);
        assertEquals(logits, found.output());
        assertEquals(closing, found.closing());
    }

    @Test
    void closingOps() {
        is(g.emit("Identity", g.emit("Softmax", z)), z, Closing.SOFTMAX);
        is(g.emit("LogSoftmax", z), z, Closing.SOFTMAX);
        is(g.emit("Exp", g.emit("LogSoftmax", z)), z, Closing.SOFTMAX);
        is(g.emit("Sigmoid", z), z, Closing.SIGMOID);
        is(z, z, Closing.NONE);
    }

    @Test
    void softmaxByHand() {
        Output max = g.emit("Max", List.of(z, g.vector(-1)), "keep_dims", true);
        for (Output argument : List.of(z, g.sub(z, max), g.sub(z, g.emit("StopGradient", max)))) {
            Output e = g.emit("Exp", argument);
            is(g.div(e, g.sumKeepingAxes(e, g.vector(-1))), z, Closing.SOFTMAX);
            is(g.div(e, g.sumKeepingAxes(e, g.scalar(1))), z, Closing.SOFTMAX);
        }
    }

    @Test
    void sigmoidByHand() {
        Output one = g.scalar(1.0, z);
        Output e = g.emit("Exp", g.neg(z));
        is(g.div(one, g.add(one, e)), z, Closing.SIGMOID);
        is(g.div(one, g.add(e, one)), z, Closing.SIGMOID);
        is(g.emit("Reciprocal", g.add(one, e)), z, Closing.SIGMOID);
    }

    @Test
    void probabilitiesWithoutALogit() {
        Output softmax = g.emit("Softmax", z);
        Output mean = g.emit("Mean", softmax, g.vector(1, 2));
        is(mean, mean, Closing.PROBABILITY);
        Output product = g.mul(softmax, g.emit("Sigmoid", z));
        Output shares = g.div(product, g.sumKeepingAxes(product, g.vector(-1)));
        is(shares, shares, Closing.PROBABILITY);
    }

    /** Evidential networks: shares of what is positive. */
    @Test
    void sharesOfASumAreProbabilities() {
        Output evidence = g.add(g.emit("Softplus", z), g.scalar(1.0, z));
        Output shares = g.div(evidence, g.sumKeepingAxes(evidence, g.vector(-1)));
        is(shares, shares, Closing.PROBABILITY);
        Output signed = g.div(z, g.sumKeepingAxes(z, g.vector(-1)));
        is(signed, signed, Closing.NONE);
        Output other = g.div(evidence, g.sumKeepingAxes(g.emit("Exp", z), g.vector(-1)));
        is(other, other, Closing.NONE);
    }

    @Test
    void activationsAreNoHeads() {
        Output swish = g.emit("Mean", g.mul(z, g.emit("Sigmoid", z)), g.vector(1, 2));
        is(swish, swish, Closing.NONE);
        Output scaled = g.mul(g.emit("Sigmoid", g.mul(z, 1.7)), z);
        is(scaled, scaled, Closing.NONE);
        Output attention = g.emit("MatMul", g.emit("Softmax", z), z);
        is(attention, attention, Closing.NONE);
        Output weighed = g.sum(g.mul(g.emit("Softmax", z), g.emit("Tanh", z)), g.vector(1));
        is(weighed, weighed, Closing.NONE);
    }

    @Test
    void aProbabilityWithinAMaskIsOne() {
        Output mask = g.cast(g.emit("Greater", z, g.scalar(0.0, z)), DataType.DT_FLOAT);
        Output within = g.mul(g.emit("Sigmoid", z), mask);
        is(within, within, Closing.PROBABILITY);
    }

    @Test
    void whatNoLogitIsClosedByIsANumber() {
        for (String op : List.of("Relu", "Softplus", "Exp", "Tanh")) {
            Output number = g.emit(op, z);
            is(number, number, Closing.NUMBER);
        }
        Output log = g.emit("Log", g.emit("Mean", g.emit("Softmax", z), g.vector(1, 2)));
        is(log, log, Closing.NONE);
    }

    /** A percentage, an age between 18 and 90, a difference: nothing that has log odds. */
    @Test
    void whatConstantsTakeBeyondOneIsANumber() {
        Output p = g.emit("Sigmoid", z);
        for (Output number :
                List.of(
                        g.mul(p, 100),
                        g.add(g.mul(p, 72), g.scalar(18.0, z)),
                        g.sub(g.mul(p, 2), g.scalar(1.0, z)),
                        g.sub(p, g.emit("Softmax", z)),
                        g.emit("Mean", g.mul(g.emit("Softmax", z), 5), g.vector(1, 2)))) {
            is(number, number, Closing.NUMBER);
        }
        Output other = g.emit("Softmax", z);
        for (Output share :
                List.of(
                        g.sub(g.scalar(1.0, z), p),
                        g.mul(p, 0.5),
                        g.add(g.mul(p, 0.9), g.scalar(0.1, z)),
                        g.div(g.add(p, other), g.scalar(2.0, z)),
                        g.mul(g.add(p, other), 0.5))) {
            is(share, share, Closing.PROBABILITY);
        }
    }
}
