/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Classes that do not exclude one another are all said that are seen. */
class SeveralLabelsTest {

    @TempDir Path folder;

    @Test
    void allThatAreSeenTheLikeliestFirst() throws IOException {
        Path model =
                new NetworkWriter(-1, 4, 4, 4, 1)
                        .globalMean()
                        .dense(new float[] {1, -1, 2}, 3)
                        .op("Sigmoid")
                        .write(folder.resolve("labels"));
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            assertEquals(
                    "class 2 (probability 0.8808), class 0 (probability 0.7311)",
                    summary(classifier, 1));
            assertEquals("class 1 (probability 0.7311)", summary(classifier, -1));
            assertTrue(
                    new ModelReport(classifier)
                            .lines(false)
                            .contains("Classes, several at once: class 0, class 1, class 2"));
        }
        Path none =
                new NetworkWriter(-1, 4, 4, 4, 1)
                        .globalMean()
                        .dense(new float[] {-1, -2}, 2)
                        .op("Sigmoid")
                        .write(folder.resolve("none"));
        try (Classifier classifier = Engines.open(none, ModelOptions.NONE)) {
            assertEquals(
                    "none, the likeliest is class 0 (probability 0.2689)", summary(classifier, 1));
        }
    }

    private static String summary(Classifier classifier, double value) {
        ImagePlus image = Specimens.image(32, 4, 4, 1, 4, 1, p -> value);
        return Classification.of(classifier, image).get(0).summary();
    }
}
