/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Tuning;
import sc.fiji.attribution.model.engine.Engines;

/** The batch that measures best is found while the work is done, and is known the next time. */
class BatchSizeTest {

    private static final Tensor LARGE = Tensor.zeros(new Axes("byxc"), 1, 512, 512, 1);

    private final Tuning tuning = new Tuning();

    /** Two calls of the size that is asked for, of which the first is slower. */
    private static void twice(BatchSize size, double secondsPerImage) {
        int images = size.next();
        size.took(images, 3 * images * secondsPerImage);
        size.took(images, images * secondsPerImage);
    }

    @Test
    void itDoublesAsLongAsThatSavesTime() {
        BatchSize size = new BatchSize(0, LARGE, tuning, "gradients");
        assertEquals(1, size.next());
        twice(size, 1.0);
        assertEquals(2, size.next());
        twice(size, 0.7);
        assertEquals(4, size.next());
        assertFalse(size.isSettled());
        assertEquals(OptionalInt.empty(), tuning.batch("gradients", LARGE.shape()));
        twice(size, 0.69);
        assertTrue(size.isSettled());
        assertEquals(2, size.next());
    }

    @Test
    void whatWasFoundIsForThatKindOfPassAndShape() {
        itDoublesAsLongAsThatSavesTime();
        BatchSize again = new BatchSize(0, LARGE, tuning, "gradients");
        assertTrue(again.isSettled());
        assertEquals(2, again.next());
        assertFalse(new BatchSize(0, LARGE, tuning, "scores").isSettled());
        Tensor other = Tensor.zeros(new Axes("byxc"), 1, 512, 256, 1);
        assertFalse(new BatchSize(0, other, tuning, "gradients").isSettled());
        assertEquals(5, new BatchSize(5, LARGE, tuning, "gradients").next());
    }

    @Test
    void aBatchThatIsNotFullSaysNothing() {
        BatchSize size = new BatchSize(0, LARGE, tuning, "gradients");
        twice(size, 1.0);
        for (int i = 0; i < 9; i++) {
            size.took(1, 0.001);
        }
        assertEquals(2, size.next());
        assertFalse(size.isSettled());
    }

    /** On the sample: the model remembers, and the map is that of single images. */
    @Test
    void pathsOfARealNetwork() {
        Path folder = Path.of("sample-images", "lesion-classifier");
        try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
            int[] shape = classifier.spec().shape().clone();
            shape[0] = 1;
            Tensor image = Tensor.zeros(classifier.spec().axes(), shape);
            Random random = new Random(5);
            for (int i = 0; i < image.length(); i++) {
                image.data()[i] = 255 * random.nextFloat();
            }
            float[] single = integrated(classifier, image, "1");
            float[] measured = integrated(classifier, image, "0");
            String passes = "gradients by PLAIN";
            assertTrue(classifier.tuning().batch(passes, shape).isPresent());
            float most = 0;
            for (float value : single) {
                most = Math.max(most, Math.abs(value));
            }
            assertArrayEquals(single, measured, 1e-5f * most);
            classifier.tuning().remember(passes, shape, 3);
            assertArrayEquals(single, integrated(classifier, image, "0"), 1e-5f * most);
        }
    }

    /** With more points than are measured where each larger batch is the faster one: 30. */
    private static float[] integrated(Classifier classifier, Tensor image, String batch) {
        AttributionMethod method = AttributionMethods.named("Integrated Gradients");
        Map<String, String> options = Map.of("steps", "40", "batch", batch);
        Settings settings = Settings.of(method.declaration().options(), options);
        Problem problem = new Problem(classifier, image, "0", new Baseline.Constant(0), settings);
        return method.attribute(problem, Progress.NONE).map().data();
    }
}
