/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.bias.ChannelGaps.By;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The parts add up to the score, whatever the head. */
class ChannelPartsTest {

    private static final int SIZE = 6;

    @TempDir Path folder;

    private final ImagePlus image =
            Specimens.image(
                    32, SIZE, SIZE, 1, SIZE, 1, p -> Math.sin(p[0] + 2 * p[1] - 3 * p[3]) + 0.5);

    private static NetworkWriter body() {
        return new NetworkWriter(-1, SIZE, SIZE, SIZE, 1).conv3d(4).bias().op("Relu").globalMean();
    }

    private static double score(Classifier classifier, Tensor tensor) {
        float[] logits = classifier.logits(tensor)[0];
        return logits[1] - logits[0];
    }

    /** A linear head: the parts are the score but for the head's bias. */
    @Test
    void linearHead() throws IOException {
        try (Classifier classifier =
                Engines.open(
                        body().dense(2).bias().write(folder.resolve("m")), ModelOptions.NONE)) {
            SubjectResult.Parts parts = new ChannelParts(classifier).of(image, Progress.NONE);
            assertEquals(By.WEIGHT, parts.by());
            Tensor input = ModelInput.of(classifier.spec(), image).tensor(0);
            SubjectResult.Parts others =
                    new ChannelParts(classifier)
                            .of(Specimens.image(32, SIZE, SIZE, 1, SIZE, 1, p -> 1), Progress.NONE);
            Tensor ones = Tensor.zerosLike(input);
            Arrays.fill(ones.data(), 1);
            assertEquals(
                    score(classifier, input) - score(classifier, ones),
                    Arrays.stream(parts.channels()).sum() - Arrays.stream(others.channels()).sum(),
                    1e-5);
        }
    }

    /** One sigmoid for two classes: the parts are those of its logit. */
    @Test
    void oneOutput() throws IOException {
        try (Classifier classifier =
                Engines.open(
                        body().dense(1).bias().op("Sigmoid").write(folder.resolve("m")),
                        ModelOptions.NONE)) {
            SubjectResult.Parts parts = new ChannelParts(classifier).of(image, Progress.NONE);
            assertEquals(By.WEIGHT, parts.by());
            Tensor input = ModelInput.of(classifier.spec(), image).tensor(0);
            ImagePlus flat = Specimens.image(32, SIZE, SIZE, 1, SIZE, 1, p -> 1);
            Tensor ones = ModelInput.of(classifier.spec(), flat).tensor(0);
            SubjectResult.Parts others = new ChannelParts(classifier).of(flat, Progress.NONE);
            assertEquals(
                    classifier.logits(input)[0][0] - classifier.logits(ones)[0][0],
                    Arrays.stream(parts.channels()).sum() - Arrays.stream(others.channels()).sum(),
                    1e-5);
        }
    }

    /** A hidden layer with biases in the head: what flows from black to the image. */
    @Test
    void hiddenLayerInTheHead() throws IOException {
        try (Classifier classifier =
                Engines.open(
                        body().dense(5).bias().op("Tanh").dense(2).write(folder.resolve("m")),
                        ModelOptions.NONE)) {
            SubjectResult.Parts parts = new ChannelParts(classifier).of(image, Progress.NONE);
            assertEquals(By.CONDUCTANCE, parts.by());
            assertEquals(4, parts.channels().length);
            Tensor input = ModelInput.of(classifier.spec(), image).tensor(0);
            double gap = score(classifier, input) - score(classifier, Tensor.zerosLike(input));
            assertEquals(gap, Arrays.stream(parts.channels()).sum(), 0.01 * Math.abs(gap));
        }
    }
}
