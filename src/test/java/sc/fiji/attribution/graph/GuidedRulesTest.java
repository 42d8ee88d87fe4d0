/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Guided Backprop and Deconvolution in closed form, at every activation however it is written:
 * f'(x)·max(dy, 0) and max(dy, 0).
 */
class GuidedRulesTest {

    static Stream<ActivationForm> activations() {
        return ActivationForm.all();
    }

    /** One activation of 32 elements, whose input spans where it bends. */
    @ParameterizedTest
    @MethodSource("activations")
    void oneActivation(ActivationForm form) {
        DenseNetwork network = network();
        form.behind(network, network.image);
        double[] x = network.image.x();
        double[] dy = LayerOracleTest.cotangent(network);
        PropagationTrial trial = new PropagationTrial(network);
        double[] guided = trial.gradient(true, dy);
        double[] deconvolved = trial.gradient(false, dy);
        int stopped = 0;
        for (int i = 0; i < x.length; i++) {
            double positive = Math.max(dy[i], 0);
            stopped += positive == 0 ? 1 : 0;
            assertEquals(form.slope().applyAsDouble(x[i]) * positive, guided[i], 1e-6, "" + x[i]);
            assertEquals(positive, deconvolved[i], 0);
        }
        assertTrue(stopped > 8 && stopped < 24, "cotangents of both signs");
    }

    /** One in front of, and one behind a dense layer: cotangents are stopped at each of them. */
    @ParameterizedTest
    @MethodSource("activations")
    void twoActivations(ActivationForm form) {
        DenseNetwork network = network();
        DenseNetwork.Step a = form.behind(network, network.image);
        DenseNetwork.Part dense =
                (g, v) -> {
                    Output flat = g.reshape(v, g.vector(-1, 32));
                    Output z = g.emit("MatMul", flat, DenseNetwork.weights(g, v, 1, 32, 32));
                    return g.reshape(g.mul(z, 0.2), g.vector(-1, 4, 4, 2));
                };
        DenseNetwork.Step z = network.layer(a, dense);
        form.behind(network, z);
        double[] dy = LayerOracleTest.cotangent(network);
        PropagationTrial trial = new PropagationTrial(network);
        double[][] w = ((DenseNetwork.Kind.Affine) z.kind()).w();
        double[] guided = new double[32];
        double[] deconvolved = new double[32];
        for (int i = 0; i < 32; i++) {
            double ofGuided = 0;
            double ofDeconvolved = 0;
            for (int j = 0; j < 32; j++) {
                double positive = Math.max(dy[j], 0);
                ofGuided += w[j][i] * form.slope().applyAsDouble(z.x()[j]) * positive;
                ofDeconvolved += w[j][i] * positive;
            }
            double slope = form.slope().applyAsDouble(network.image.x()[i]);
            guided[i] = slope * Math.max(ofGuided, 0);
            deconvolved[i] = Math.max(ofDeconvolved, 0);
        }
        assertTrue(LayerOracleTest.error(trial.gradient(true, dy), guided) < 1e-6);
        assertTrue(LayerOracleTest.error(trial.gradient(false, dy), deconvolved) < 1e-6);
    }

    private static DenseNetwork network() {
        double[] x = new double[32];
        Arrays.setAll(x, i -> (float) (0.47 * (i - 15.4)));
        return new DenseNetwork(DataType.DT_DOUBLE, x, new double[32], 4, 4, 2);
    }
}
