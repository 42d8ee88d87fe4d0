/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.LrpRule;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.testing.Maps;

/** Each rule at each kind of layer, against its paper's formula in loops over connections. */
public class LayerOracleTest {

    private static final List<String> RULES =
            List.of(
                    "zero",
                    "epsilon 0.25",
                    "gamma 0.25",
                    "gamma 3",
                    "zplus",
                    "alphabeta 2 1",
                    "alphabeta 1.5 0.5",
                    "box -5 6",
                    "box",
                    "wsquare",
                    "flat",
                    "pass");

    static Stream<WeightedLayer> layers() {
        return WeightedLayer.all();
    }

    /** Largest difference relative to the largest expected. */
    public static double error(double[] actual, double[] expected) {
        assertEquals(expected.length, actual.length);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            // NaN stays NaN, which no tolerance lets pass.
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        return largest / Maps.maxAbs(expected);
    }

    static double[] cotangent(DenseNetwork network) {
        Random random = new Random(3);
        double[] dy = new double[network.steps.get(network.steps.size() - 1).x().length];
        Arrays.setAll(dy, i -> (float) random.nextGaussian());
        return dy;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void relevance(WeightedLayer layer) {
        double tolerance = layer.type() == DataType.DT_DOUBLE ? 1e-7 : 2e-5;
        for (boolean signed : new boolean[] {false, true}) {
            DenseNetwork network = DenseNetwork.of(layer.type(), signed, layer.shape());
            DenseNetwork.Step z = network.layer(network.image, layer.part());
            PropagationTrial trial = new PropagationTrial(network);
            assertTrue(error(trial.forward(), z.x()) < tolerance);
            double[] dy = cotangent(network);
            double[] r = new double[dy.length];
            Arrays.setAll(r, i -> dy[i] * z.x()[i]);
            for (String text : RULES) {
                LrpRule rule = LrpRule.parse(text);
                if (rule.kind() == LrpRule.Kind.PASS && !layer.keepsShape(z)) {
                    String refusal =
                            assertThrows(
                                            UnsupportedOpException.class,
                                            () -> trial.relevance("*: pass", dy))
                                    .getMessage();
                    assertTrue(refusal.contains("not of the same shape"), refusal);
                    continue;
                }
                double[] expected = new RelevanceOracle(step -> rule).ofImage(network, r);
                double error = error(trial.relevance("*: " + text, dy), expected);
                String line = layer + (signed ? ", signed: " : ": ") + text + " " + error;
                assertTrue(error < tolerance, line);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void multipliers(WeightedLayer layer) {
        double tolerance = layer.type() == DataType.DT_DOUBLE ? 1e-9 : 1e-5;
        for (Propagation.Multipliers rules : Propagation.Multipliers.values()) {
            DenseNetwork network = DenseNetwork.of(layer.type(), true, layer.shape());
            network.relu(network.layer(network.image, layer.part()));
            double[] dy = cotangent(network);
            boolean apart = rules == Propagation.Multipliers.REVEAL_CANCEL;
            double[] expected = new MultiplierOracle(apart).ofImage(network, dy);
            double[] actual = new PropagationTrial(network).multipliers(rules, dy);
            assertTrue(error(actual, expected) < tolerance, layer + ", " + rules);
        }
    }
}
