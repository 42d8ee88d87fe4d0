/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.CountingClassifier;
import sc.fiji.attribution.testing.Maps;

/** The map of each class must be that of a run for this class alone, for fewer passes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AllClassesTest {

    private static final int CLASSES = 4;

    @TempDir static Path folder;

    private final Tensor input = random(5);
    private final Tensor reference = random(6);

    /** Small, so that the batch of all classes is worth it. */
    private Classifier small;

    /** One logit for two classes. */
    private Classifier binary;

    /** Too large for that. */
    private Classifier large;

    private static Tensor random(int seed) {
        return random(seed, 3, 4, 5);
    }

    private static Tensor random(int seed, int z, int y, int x) {
        Tensor tensor = Tensor.zeros(new Axes("bzyxc"), 1, z, y, x, 2);
        Random random = new Random(seed);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    @BeforeAll
    void open() throws IOException {
        small = open(front().dense(CLASSES).op("Softmax"), "small");
        binary = open(front().dense(1).op("Sigmoid"), "binary");
        large = open(front().dense(CLASSES).op("Softmax"), "large");
    }

    private static NetworkWriter front() {
        NetworkWriter network = new NetworkWriter(-1, -1, -1, -1, 2);
        return network.conv3d(6).op("Softplus").conv3d(5).op("Relu").globalMean().op("Tanh");
    }

    private static Classifier open(NetworkWriter network, String name) throws IOException {
        return Engines.open(network.write(folder.resolve(name)), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        small.close();
        binary.close();
        large.close();
    }

    private Problem problem(Classifier c, AttributionMethod method, String target) {
        Map<String, String> options = new HashMap<>();
        for (Option<?> option : method.declaration().options()) {
            switch (option.key()) {
                case "window", "stride", "cell" -> options.put(option.key(), "2");
                case "samples", "masks", "iterations" -> options.put(option.key(), "20");
                case "computation" -> options.put(option.key(), "plain");
                default -> {}
            }
        }
        Tensor labels = Tensor.zeros(new Axes("bzyx"), 1, 3, 4, 5);
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = 1 + i / 20;
        }
        return new Problem(
                        c,
                        input,
                        target,
                        new Baseline.Images(List.of(reference), "given"),
                        Settings.of(method.declaration().options(), options))
                .with(new Regions(labels, List.of("a", "b", "c")));
    }

    static List<String> methods() {
        return AttributionMethods.names();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void eachIsTheMapOfItsClassAlone(String name) {
        AttributionMethod method = AttributionMethods.named(name);
        for (Classifier c : List.of(small, binary)) {
            CountingClassifier together = new CountingClassifier(c);
            AllClasses.Maps all =
                    AllClasses.of(method, problem(together, method, "all"), Progress.NONE);
            assertEquals(c.spec().classes(), all.maps().size());
            assertEquals(together.images(), all.passes());
            CountingClassifier apart = new CountingClassifier(c);
            for (int k = 0; k < all.maps().size(); k++) {
                Attribution one = method.attribute(problem(apart, method, "" + k), Progress.NONE);
                Attribution found = all.maps().get(k);
                assertEquals(one.target().description(), found.target().description());
                float tolerance = (float) (1e-6 * Maps.maxAbs(one.map().data()));
                assertArrayEquals(one.map().data(), found.map().data(), tolerance);
                assertEquals(one.score(), found.score(), 1e-6);
                assertArrayEquals(one.classLogits(), found.classLogits(), 1e-6f);
                assertEquals(
                        one.completenessError().orElse(0),
                        found.completenessError().orElse(0),
                        1e-5);
                assertEquals(one.passes(), found.passes());
                assertEquals(one.findings().keySet(), found.findings().keySet());
                assertEquals(one.regions().size(), found.regions().size());
                for (int r = 0; r < one.regions().size(); r++) {
                    double expected = one.regions().get(r).value();
                    assertEquals(expected, found.regions().get(r).value(), 1e-5);
                }
            }
            assertTrue(together.images() <= apart.images(), name);
            assertTrue(together.calls() < apart.calls(), name);
        }
    }

    /** A forward pass gives the scores of all classes; what LIME draws twice is scored once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Occlusion",
                "Feature Ablation",
                "Shapley Values",
                "KernelSHAP",
                "Banzhaf Values",
                "LIME",
                "RISE",
                "Score-CAM",
                "Ablation-CAM",
                "Eigen-CAM"
            })
    void methodsThatNeedScoresOnlyTakeThePassesOfOneClass(String name) {
        AttributionMethod method = AttributionMethods.named(name);
        CountingClassifier counting = new CountingClassifier(small);
        AllClasses.Maps all =
                AllClasses.of(method, problem(counting, method, "all"), Progress.NONE);
        long alone = all.maps().get(0).passes();
        assertTrue(counting.images() <= alone, counting.images() + " of " + alone);
    }

    /** The backward passes of all classes in one batch. */
    @ParameterizedTest
    @CsvSource({
        "Gradient, 1",
        "Input x Gradient, 1",
        "Guided Backprop, 1",
        "Deconvolution, 1",
        "LRP, 1",
        "Grad-CAM, 1",
        "LayerCAM, 1",
        "Guided Grad-CAM, 2"
    })
    void oneBackwardCallServesAllClasses(String name, int calls) {
        AttributionMethod method = AttributionMethods.named(name);
        CountingClassifier counting = new CountingClassifier(small);
        AllClasses.of(method, problem(counting, method, "all"), Progress.NONE);
        assertEquals(calls, counting.calls());
        assertEquals(calls * CLASSES, counting.images());
    }

    /** In larger images a batch saves no time, and would only take memory. */
    @Test
    void largeImagesGoOneByOne() {
        Tensor volume = random(7, 40, 64, 64);
        AttributionMethod method = AttributionMethods.named("Gradient");
        CountingClassifier counting = new CountingClassifier(large);
        Settings settings = Settings.of(method.declaration().options(), Map.of());
        Baseline zero = new Baseline.Constant(0);
        AllClasses.of(method, new Problem(counting, volume, "all", zero, settings), Progress.NONE);
        assertEquals(1, counting.largestBatch());
        assertEquals(CLASSES, counting.images());
    }

    @Test
    void whatAllMeans() {
        assertTrue(AllClasses.meant(" All ", List.of("a", "b")));
        assertFalse(AllClasses.meant("a", List.of("a", "b")));
        assertFalse(AllClasses.meant("all", List.of("none", "ALL")));
    }

    /** Names that are numbers of other classes, or words with a meaning. */
    @Test
    void oddNamesOfClasses() throws IOException {
        ModelOptions labels = ModelOptions.NONE.withLabels(List.of("1", "0", "predicted", "x"));
        AttributionMethod method = AttributionMethods.named("Gradient");
        try (Classifier odd = Engines.open(folder.resolve("small"), labels)) {
            List<String> found = new ArrayList<>();
            for (Attribution map :
                    AllClasses.of(method, problem(odd, method, "all"), Progress.NONE).maps()) {
                found.add(map.target().description());
            }
            assertEquals(odd.spec().labels(), found);
        }
    }

    @Test
    void tooManyClassesAreRefusedBeforeAnythingIsComputed() throws IOException {
        NetworkWriter many = front().dense(AllClasses.MOST + 1).op("Softmax");
        try (Classifier c = open(many, "many")) {
            CountingClassifier counting = new CountingClassifier(c);
            AttributionMethod method = AttributionMethods.named("Gradient");
            Problem problem = problem(counting, method, "all");
            String message =
                    assertThrows(
                                    OptionException.class,
                                    () -> AllClasses.of(method, problem, Progress.NONE))
                            .getMessage();
            assertTrue(message.startsWith("target=all: "), message);
            assertTrue(message.contains("21 classes"), message);
            assertEquals(0, counting.calls());
        }
    }
}
