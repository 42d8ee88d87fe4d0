/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.LrpRule;
import sc.fiji.attribution.core.propagation.Propagation;

/** Whole networks, against the papers' formulas in loops over connections. */
@Tag("long")
class NetworkOracleTest {

    /** Rules of the first layer, of other convolutions, of dense layers, of max pooling. */
    private static final List<List<String>> COMPOSITES =
            List.of(
                    List.of("epsilon 1e-6", "epsilon 1e-6", "epsilon 1e-6", "winner"),
                    List.of("epsilon 0.25", "epsilon 0.25", "epsilon 0.25", "average"),
                    List.of("box -6 6", "gamma 0.25", "epsilon 0.1", "winner"),
                    List.of("flat", "zplus", "epsilon 0.1", "average"),
                    List.of("wsquare", "alphabeta 2 1", "gamma 1", "winner"));

    static Stream<SmallNetwork> networks() {
        return SmallNetwork.all();
    }

    private static double tolerance(SmallNetwork small) {
        return small.type() == DataType.DT_DOUBLE ? 1e-6 : 1e-4;
    }

    private static LrpRule rule(DenseNetwork.Step step, List<String> rules) {
        boolean pooling = step.kind() instanceof DenseNetwork.Kind.Max;
        boolean first = step.from().get(0).kind() instanceof DenseNetwork.Kind.Image;
        int which = pooling ? 3 : first ? 0 : step.shape().length > 1 ? 1 : 2;
        return LrpRule.parse(rules.get(which));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void relevance(SmallNetwork small) {
        for (boolean signed : new boolean[] {false, true}) {
            DenseNetwork network = small.build(signed);
            PropagationTrial trial = new PropagationTrial(network);
            DenseNetwork.Step last = network.steps.get(network.steps.size() - 1);
            assertTrue(LayerOracleTest.error(trial.forward(), last.x()) < tolerance(small));
            double[] dy = LayerOracleTest.cotangent(network);
            double[] r = new double[dy.length];
            Arrays.setAll(r, i -> dy[i] * last.x()[i]);
            for (List<String> rules : COMPOSITES) {
                String composite =
                        String.format(
                                "first: %s; convolution: %s; maxpooling: %s; *: %s",
                                rules.get(0), rules.get(1), rules.get(3), rules.get(2));
                double[] expected =
                        new RelevanceOracle(step -> rule(step, rules)).ofImage(network, r);
                double[] actual = trial.relevance(composite, dy);
                double error = LayerOracleTest.error(actual, expected);
                assertTrue(error < tolerance(small), composite + ": " + error);
            }
        }
    }

    /** And all of them add up to the difference of the scores. */
    @ParameterizedTest
    @MethodSource("networks")
    void multipliers(SmallNetwork small) {
        for (Propagation.Multipliers rules : Propagation.Multipliers.values()) {
            DenseNetwork network = small.build(true);
            DenseNetwork.Step last = network.steps.get(network.steps.size() - 1);
            double[] dy = LayerOracleTest.cotangent(network);
            boolean apart = rules == Propagation.Multipliers.REVEAL_CANCEL;
            double[] expected = new MultiplierOracle(apart).ofImage(network, dy);
            double[] actual = new PropagationTrial(network).multipliers(rules, dy);
            double error = LayerOracleTest.error(actual, expected);
            double total = 0;
            double sum = 0;
            for (int i = 0; i < dy.length; i++) {
                total += dy[i] * (last.x()[i] - last.x0()[i]);
            }
            for (int i = 0; i < actual.length; i++) {
                sum += actual[i] * (network.image.x()[i] - network.image.x0()[i]);
            }
            assertEquals(total, sum, tolerance(small) * Math.abs(total), rules.toString());
            assertTrue(error < tolerance(small), rules + ": " + error);
        }
    }
}
