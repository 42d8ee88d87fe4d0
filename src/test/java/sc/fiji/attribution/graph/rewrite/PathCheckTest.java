/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Random numbers are refused where they reach the scores, and only there. */
class PathCheckTest {

    private Graph graph;
    private Ops g;
    private Output x;

    @BeforeEach
    void start() {
        graph = new Graph();
        g = new Ops(graph, "");
        x = g.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    }

    private Output uniform() {
        return g.emit("RandomUniform", List.of(g.shape(x)), "dtype", DataType.DT_FLOAT);
    }

    /** As TensorFlow writes it: kept where a uniform number is at least the rate. */
    private Output dropout(double rate) {
        Output mask = g.emit("GreaterEqual", uniform(), g.scalar(rate, x));
        return g.where(mask, g.mul(x, 1 / (1 - rate)));
    }

    /** As TensorFlow 1 wrote it. */
    private Output oldDropout(double keep) {
        Output kept = g.scalar(keep, x);
        Output mask = g.emit("Floor", g.add(kept, uniform()));
        return g.mul(g.div(x, kept), mask);
    }

    private void passes(Output scores) {
        PathCheck.check(graph, x, scores, "m");
    }

    private void refused(Output scores, String... words) {
        ModelException e = assertThrows(ModelException.class, () -> passes(scores));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), e.getMessage());
        }
    }

    @Test
    void dropout() {
        passes(dropout(0));
        passes(oldDropout(1));
        refused(dropout(0.3), "RandomUniform", "run to run");
        refused(oldDropout(0.5), "RandomUniform", "training=False");
    }

    @Test
    void noise() {
        refused(g.add(x, uniform()), "RandomUniform");
        passes(g.add(x, g.cast(g.emit("Rank", uniform()), DataType.DT_FLOAT)));
    }

    @Test
    void statelessNumbersFromAFixedSeedRepeat() {
        Object[] type = {"dtype", DataType.DT_FLOAT};
        Output fixed = g.emit("StatelessRandomUniform", List.of(g.shape(x), g.vector(1, 2)), type);
        passes(g.add(x, fixed));
        Output drawn = g.emit("RandomUniformInt", g.vector(2), g.scalar(0), g.scalar(1 << 30));
        Output changing = g.emit("StatelessRandomUniform", List.of(g.shape(x), drawn), type);
        refused(g.add(x, changing), "StatelessRandomUniform");
    }

    @Test
    void loopsAndIntegersByName() {
        refused(g.emit("LoopCond", g.emit("Cast", List.of(x), "DstT", DataType.DT_BOOL)), "loop");
        Output quantised =
                g.emit(
                        "QuantizeV2",
                        List.of(x, g.scalar(0.0, x), g.scalar(1.0, x)),
                        "T",
                        DataType.DT_QUINT8);
        refused(quantised, "QuantizeV2", "quantised");
    }

    @Test
    void valuesThatNobodyGives() {
        Output keep = g.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        refused(g.mul(x, keep), keep.node(), "constants=");
    }
}
