/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.sampling.SampleRandom;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;

/** SmoothGrad and its kin on top of guided rules: single maps of noisy images, put together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuidedSmoothGradTest {

    private static final int SAMPLES = 7;
    private static final double NOISE = 0.3;
    private static final int SEED = 4;

    @TempDir static Path folder;

    private final Tensor input = Tensor.zeros(new Axes("bzyxc"), 1, 3, 4, 5, 2);
    private Classifier classifier;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(12);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = (float) random.nextGaussian();
        }
        NetworkWriter network =
                new NetworkWriter(-1, 3, 4, 5, 2)
                        .conv3d(4)
                        .op("Relu")
                        .maxPool3d()
                        .conv3d(3)
                        .op("Elu")
                        .globalMean()
                        .dense(2)
                        .op("Softmax");
        classifier = Engines.open(network.write(folder.resolve("network")), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private Attribution run(String name, Tensor image, Map<String, String> options) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), options);
        Problem problem = new Problem(classifier, image, "1", new Baseline.Constant(0), settings);
        return method.attribute(problem, Progress.NONE);
    }

    /** The image with the noise of one sample, whose spread is a share of the image's range. */
    private Tensor noisy(int sample) {
        float low = input.data()[0];
        float high = low;
        for (float value : input.data()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        Tensor noisy = input.copy();
        SplittableRandom random = SampleRandom.of(SEED, sample);
        for (int i = 0; i < noisy.length(); i++) {
            noisy.data()[i] += (float) (NOISE * ((double) high - low) * random.nextGaussian());
        }
        return noisy;
    }

    @ParameterizedTest
    @CsvSource({
        "guided, Guided Backprop, 1",
        "guided, Guided Backprop, 3",
        "deconvolution, Deconvolution, 3"
    })
    void averagesTheMapsOfNoisyImages(String gradient, String single, int batch) {
        double[] mean = new double[input.length()];
        double[] meanSquare = new double[input.length()];
        for (int s = 0; s < SAMPLES; s++) {
            float[] map = run(single, noisy(s), Map.of()).map().data();
            for (int i = 0; i < map.length; i++) {
                mean[i] += (double) map[i] / SAMPLES;
                meanSquare[i] += (double) map[i] * map[i] / SAMPLES;
            }
        }
        Map<String, String> options =
                Map.of(
                        "gradient", gradient,
                        "samples", "" + SAMPLES,
                        "noise", "" + NOISE,
                        "seed", "" + SEED,
                        "batch", "" + batch);
        double scale = Maps.maxAbs(mean);
        double[] variance = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            variance[i] = meanSquare[i] - mean[i] * mean[i];
        }
        Attribution smooth = run("SmoothGrad", input, options);
        assertEquals(1 + SAMPLES, smooth.passes());
        assertTrue(Maps.maxDifference(smooth.map().data(), mean) < 1e-5 * scale);
        float[] squared = run("SmoothGrad Squared", input, options).map().data();
        assertTrue(Maps.maxDifference(squared, meanSquare) < 1e-5 * scale * scale);
        float[] varied = run("VarGrad", input, options).map().data();
        assertTrue(Maps.maxDifference(varied, variance) < 1e-5 * scale * scale);
        // The noise changes what is largest where, and the rules change the map.
        float[] clean = run(single, input, Map.of()).map().data();
        assertTrue(Maps.maxDifference(clean, mean) > 0.01 * scale);
        float[] plain = run("Gradient", input, Map.of()).map().data();
        assertTrue(Maps.maxDifference(plain, mean) > 0.01 * scale);
    }
}
