/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Occlusion that computes only what a box changes gives the map of the plain way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncrementalOcclusionTest {

    private static final String CUTS = "occlusion.cuts";
    private static final String PLAIN = "occlusion.plain";

    private Classifier ms3d;
    private Tensor noise;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d").resolve("saved_model");
        ms3d = Engines.open(folder, ModelOptions.NONE);
        noise = noise(ms3d, 1, 40, 39, 38, 3);
    }

    @AfterAll
    void close() {
        ms3d.close();
    }

    static Tensor noise(Classifier classifier, int... shape) {
        Tensor tensor = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(11);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    private static Problem problem(Classifier classifier, Tensor image, String... options) {
        Map<String, String> texts = new HashMap<>(Map.of("window", "9", "stride", "9"));
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        Settings settings =
                Settings.of(AttributionMethods.named("Occlusion").declaration().options(), texts);
        return new Problem(classifier, image, "0", new Baseline.Constant(0.5f), settings);
    }

    private static Attribution occlude(Problem problem) {
        AttributionMethod method = AttributionMethods.named("Occlusion");
        return method.attribute(problem, Progress.NONE);
    }

    private static Problem plainly(Problem problem) {
        Map<String, String> texts = new HashMap<>(problem.settings().toMap());
        texts.put("computation", "plain");
        Settings settings =
                Settings.of(AttributionMethods.named("Occlusion").declaration().options(), texts);
        return new Problem(
                problem.classifier(),
                problem.input(),
                problem.target(),
                problem.baseline(),
                settings,
                problem.grid(),
                problem.regions(),
                problem.inside());
    }

    private static Attribution compare(Problem problem) {
        Attribution fast = occlude(problem);
        Attribution plain = occlude(plainly(problem));
        assertFalse(plain.findings().containsKey(CUTS));
        float[] logits = fast.classLogits();
        float range = Math.abs(logits[1] - logits[0]);
        assertArrayEquals(plain.map().data(), fast.map().data(), 1e-4f * range);
        return fast;
    }

    @ParameterizedTest
    @CsvSource({
        "9, 9, all, 0",
        "'8,9,13', '7,9,13', all, 5",
        "9, 9, each, 0",
        "12, 12, '2', 1",
        "2, 2, all, 0"
    })
    void sameMap(String window, String stride, String groups, String batch) {
        Problem problem =
                problem(
                        ms3d, noise, "window", window, "stride", stride, "groups", groups, "batch",
                        batch);
        if (window.equals("2")) {
            // 8,000 boxes would take minutes the plain way.
            problem = problem.within(corners(noise));
        }
        Attribution found = compare(problem);
        System.out.println(found.findings());
        assertTrue(found.findings().containsKey(CUTS), found.findings().toString());
        // The image and, for the comparison, four boxes.
        assertEquals(5, found.passes());
    }

    private static Tensor corners(Tensor image) {
        int z = image.size('z');
        int y = image.size('y');
        int x = image.size('x');
        Tensor mask = Tensor.zeros(new sc.fiji.attribution.core.Axes("bzyx"), 1, z, y, x);
        for (int corner = 0; corner < 8; corner++) {
            int at = (corner & 1) * (z - 1) * y * x + (corner >> 1 & 1) * (y - 1) * x;
            mask.data()[at + (corner >> 2) * (x - 1)] = 1;
        }
        mask.data()[(z / 2 * y + y / 2) * x + x / 2] = 1;
        return mask;
    }

    @Test
    void insideAMaskNothingElseChanges() {
        Tensor mask = corners(noise);
        Attribution found = compare(problem(ms3d, noise).within(mask));
        assertTrue(found.findings().containsKey(CUTS));
        double inside = 0;
        for (int i = 0; i < mask.length(); i++) {
            float effect = found.map().data()[i];
            assertTrue(mask.data()[i] != 0 || effect == 0, i + ": " + effect);
            inside = Math.max(inside, Math.abs(effect));
        }
        // A corner may be without effect on the score; the middle is not.
        assertTrue(inside > 0);
    }

    @Test
    void severalBaselinesAreAveraged() {
        Problem one = problem(ms3d, noise);
        Tensor other = noise.copy();
        for (int i = 0; i < other.length(); i++) {
            other.data()[i] = -other.data()[i];
        }
        Baseline two = new Baseline.Images(java.util.List.of(Tensor.zerosLike(noise), other), "");
        compare(new Problem(ms3d, noise, "0", two, one.settings()));
    }

    /** Crops whose scores are off by a little, or that fail, are found out before the run. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatDoesNotAgreeIsDoneThePlainWay(boolean fails) {
        try (TamperedClassifier wrong = new TamperedClassifier(ms3d, fails)) {
            Attribution found = compare(problem(wrong, noise));
            assertFalse(found.findings().containsKey(CUTS));
            String why = found.findings().get(PLAIN);
            String words = fails ? "crops fail: tampered" : "give scores that differ by 0.1";
            assertTrue(why.contains(words), why);
        }
    }

    @Test
    void aNetworkThatMixesAllPlacesIsOccludedThePlainWay(@TempDir Path folder) throws IOException {
        new NetworkWriter(-1, 12, 12, 12, 1).flatten().dense(2).op("Softmax").write(folder);
        try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
            Attribution found = occlude(problem(classifier, noise(classifier, 1, 12, 12, 12, 1)));
            assertEquals(
                    "whole passes, since the network has no layer at which it can be cut",
                    found.findings().get(PLAIN));
        }
    }
}
