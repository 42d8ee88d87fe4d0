/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.graph.DenseNetwork;
import sc.fiji.attribution.graph.LayerOracleTest;
import sc.fiji.attribution.graph.PropagationTrial;
import sc.fiji.attribution.graph.ir.Output;

/** DeepLIFT's rules at single ops, in the precision that networks have, in closed form. */
class MultiplierRulesTest {

    private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
            Map.of(
                    "Square", v -> v * v,
                    "Sqrt", Math::sqrt,
                    "Rsqrt", v -> 1 / Math.sqrt(v),
                    "Reciprocal", v -> 1 / v,
                    "Inv", v -> 1 / v,
                    "Exp", Math::exp,
                    "Log", Math::log);

    /** At variances as small as a flat image has them, too. */
    @ParameterizedTest
    @CsvSource({
        "Square, 1",
        "Sqrt, 1",
        "Rsqrt, 1",
        "Reciprocal, 1",
        "Inv, 1",
        "Exp, 1",
        "Log, 1",
        "Square, 1e-8",
        "Sqrt, 1e-8",
        "Rsqrt, 1e-8",
        "Reciprocal, 1e-8",
        "Inv, 1e-8"
    })
    void differenceOverDifference(String op, double scale) {
        double[] x = {1, 2, 0.5, 8, 1.5};
        double[] x0 = {3, 0.25, 1, 0.125, 1.25};
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (scale * x[i]);
            x0[i] = (float) (scale * x0[i]);
        }
        DoubleUnaryOperator f = FUNCTIONS.get(op);
        DenseNetwork network = new DenseNetwork(DataType.DT_FLOAT, x, x0, x.length);
        network.pointwise(network.image, (g, v) -> g.emit(op, v), f);
        double[] dy = {1, -2, 3, 0.5, 1};
        double[] m = multipliers(network, dy);
        for (int i = 0; i < x.length; i++) {
            double slope = (f.applyAsDouble(x[i]) - f.applyAsDouble(x0[i])) / (x[i] - x0[i]);
            assertEquals(dy[i] * slope, m[i], 1e-5 * Math.abs(dy[i] * slope));
        }
    }

    private static double[] multipliers(DenseNetwork network, double[] dy) {
        return new PropagationTrial(network).multipliers(Propagation.Multipliers.RESCALE, dy);
    }

    /** Whatever lies between the rows' largest elements; the last one is where they are equal. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 10, 60, -60, 0})
    void softmax(double apart) {
        double[] x = {apart, 0.5 * apart, 0, -1, 1};
        double[] x0 = {0, 0.25 * apart, 0.125 * apart, -1, 1};
        DenseNetwork network = new DenseNetwork(DataType.DT_FLOAT, x, x0, x.length);
        Output tensor = network.g.emit("Softmax", network.image.tensor());
        double[] p = probabilities(x);
        double[] p0 = probabilities(x0);
        network.steps.add(
                new DenseNetwork.Step(
                        new DenseNetwork.Kind.Sum(),
                        List.of(network.image),
                        tensor,
                        p,
                        p0,
                        new long[] {5}));
        double[] dy = {1, -2, 3, 0.5, 1};
        double[] m = multipliers(network, dy);
        double[] expected = expected(x, x0, dy);
        assertTrue(LayerOracleTest.error(m, expected) < 1e-5, Arrays.toString(m));
        double sum = 0;
        double total = 0;
        for (int i = 0; i < x.length; i++) {
            sum += m[i] * (x[i] - x0[i]);
            total += dy[i] * (p[i] - p0[i]);
        }
        assertEquals(total, sum, 1e-5);
    }

    private static double logSumExp(double[] x) {
        return Math.log(Arrays.stream(x).map(Math::exp).sum());
    }

    private static double[] probabilities(double[] x) {
        double sum = logSumExp(x);
        return Arrays.stream(x).map(v -> Math.exp(v - sum)).toArray();
    }

    /** Rescale at the exponentials, at the logarithm of their sum, and at exp(x − log Σ). */
    private static double[] expected(double[] x, double[] x0, double[] dy) {
        double sum = logSumExp(x);
        double sum0 = logSumExp(x0);
        double ofSum =
                sum == sum0 ? Math.exp(-sum) : (sum - sum0) / (Math.exp(sum) - Math.exp(sum0));
        double[] m = new double[x.length];
        double all = 0;
        for (int i = 0; i < x.length; i++) {
            m[i] = dy[i] * exponential(x[i] - sum, x0[i] - sum0);
            all += m[i];
        }
        for (int i = 0; i < x.length; i++) {
            m[i] -= all * ofSum * exponential(x[i], x0[i]);
        }
        return m;
    }

    private static double exponential(double to, double from) {
        return to == from ? Math.exp(to) : (Math.exp(to) - Math.exp(from)) / (to - from);
    }
}
