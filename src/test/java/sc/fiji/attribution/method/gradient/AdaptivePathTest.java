/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Memory, batch and cancelling, with a network. */
class AdaptivePathTest {

    private static final double ALLOWED = 1e-4;

    private final Tensor input = Tensor.zeros(new Axes("bzyxc"), 1, 3, 4, 5, 2);

    @Test
    void theMapHasTheSameBitsWhateverFitsInMemory(@TempDir Path folder) throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
        }
        NetworkWriter network =
                new NetworkWriter(-1, 3, 4, 5, 2).conv3d(6).op("Relu").globalMean().dense(3);
        try (Classifier classifier =
                Engines.open(network.op("Softmax").write(folder), ModelOptions.NONE)) {
            Score score =
                    new Score(
                            new Problem(
                                    classifier,
                                    input,
                                    "1",
                                    new Baseline.Constant(0),
                                    Settings.of(List.of(), Map.of())));
            double[] all = integrate(score, Long.MAX_VALUE, Progress.NONE);
            assertArrayEquals(all, integrate(score, 0, Progress.NONE));
            assertArrayEquals(all, integrate(score, 11, Progress.NONE));
            double total = 0;
            for (int i = 0; i < all.length; i++) {
                total += all[i] * input.data()[i];
            }
            double missed = total - (score.ofInput() - score.of(Tensor.zerosLike(input)));
            assertTrue(Math.abs(missed) <= 1.01 * ALLOWED, "missed " + missed);
            assertThrows(
                    CancelledException.class,
                    () -> integrate(score, Long.MAX_VALUE, AdaptivePathTest::cancelLater));
        }
    }

    /** In the second round. */
    private static void cancelLater(long done, long total, String what) {
        if (done > PathMesh.FIRST) {
            throw new CancelledException();
        }
    }

    private double[] integrate(Score score, long room, Progress progress) {
        float[] baseline = new float[input.length()];
        StraightPath path = new StraightPath(baseline, input.data());
        double[] sum = new double[input.length()];
        double ofBaseline = score.of(Tensor.zerosLike(input));
        new AdaptivePath(path, new GradientSweep(score, input, 1), room)
                .integrate(new PathMesh(ofBaseline, score.ofInput(), ALLOWED), sum, progress);
        return sum;
    }
}
