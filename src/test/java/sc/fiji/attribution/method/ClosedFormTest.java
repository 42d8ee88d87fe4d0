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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** What every gradient method must give on networks whose answer is known beforehand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClosedFormTest {

    private static final int[] SHAPE = {1, 3, 4, 5, 2};
    private static final int LENGTH = 3 * 4 * 5 * 2;

    @TempDir static Path folder;

    private final float[] weights = new float[LENGTH * 3];
    private final Tensor input = Tensor.zeros(new Axes("bzyxc"), SHAPE);
    private final Tensor reference = Tensor.zeros(new Axes("bzyxc"), SHAPE);

    /** Logits W·x of three classes, softmax. */
    private Classifier linear;

    /** A convolution and tanh. */
    private Classifier smooth;

    /** ReLU and max pooling. */
    private Classifier kinked;

    /** One logit, sigmoid. */
    private Classifier binary;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < LENGTH; i++) {
            input.data()[i] = random.nextFloat();
            reference.data()[i] = random.nextFloat();
        }
        linear =
                open(
                        new NetworkWriter(-1, 3, 4, 5, 2).flatten().dense(weights, 3).op("Softmax"),
                        "linear");
        smooth = open(smoothNetwork(3).op("Softmax"), "smooth");
        binary = open(smoothNetwork(1).op("Sigmoid"), "binary");
        kinked =
                open(
                        new NetworkWriter(-1, 3, 4, 5, 2)
                                .conv3d(6)
                                .op("Relu")
                                .maxPool3d()
                                .globalMean()
                                .dense(3)
                                .op("Softmax"),
                        "kinked");
    }

    private static NetworkWriter smoothNetwork(int classes) {
        return new NetworkWriter(-1, 3, 4, 5, 2)
                .conv3d(6)
                .batchNorm()
                .op("Tanh")
                .conv3d(4)
                .op("Softplus")
                .globalMean()
                .dense(classes);
    }

    private static Classifier open(NetworkWriter network, String name) throws IOException {
        return Engines.open(network.write(folder.resolve(name)), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        List.of(linear, smooth, kinked, binary).forEach(Classifier::close);
    }

    private Attribution run(Classifier c, String method, String target, String... options) {
        return run(c, method, target, new Baseline.Images(List.of(reference), "given"), options);
    }

    private Attribution run(
            Classifier c, String method, String target, Baseline baseline, String... options) {
        AttributionMethod found = AttributionMethods.named(method);
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        return found.attribute(problem(c, found, target, baseline, texts), Progress.NONE);
    }

    /** With boxes that fit the small input, and two regions for each slice. */
    private Problem problem(
            Classifier c,
            AttributionMethod method,
            String target,
            Baseline baseline,
            Map<String, String> texts) {
        Map<String, String> options = new HashMap<>(texts);
        for (Option<?> option : method.declaration().options()) {
            if (List.of("window", "stride", "cell").contains(option.key())) {
                options.putIfAbsent(option.key(), "2");
            }
        }
        Settings settings = Settings.of(method.declaration().options(), options);
        return new Problem(c, input, target, baseline, settings).with(regions());
    }

    private static Regions regions() {
        Tensor labels = Tensor.zeros(new Axes("bzyx"), 1, 3, 4, 5);
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = 1 + 2 * (i / 20) + (i / 10) % 2;
        }
        return new Regions(labels, List.of("a", "b", "c", "d", "e", "f"));
    }

    private double weight(int i, int target) {
        return weights[i * 3 + target];
    }

    @Test
    void linearModelGivesWeights() {
        float[] map = run(linear, "Gradient", "2").map().data();
        for (int i = 0; i < LENGTH; i++) {
            assertEquals(weight(i, 2), map[i], 1e-6);
        }
    }

    @Test
    void linearModelGivesWeightTimesInput() {
        float[] map = run(linear, "Input x Gradient", "1").map().data();
        for (int i = 0; i < LENGTH; i++) {
            assertEquals(weight(i, 1) * input.data()[i], map[i], 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gausslegendre", "left", "right", "middle", "trapezoid", "adaptive"})
    void linearModelGivesWeightTimesDistance(String rule) {
        Attribution result = run(linear, "Integrated Gradients", "0", "steps", "2", "rule", rule);
        for (int i = 0; i < LENGTH; i++) {
            double expected = weight(i, 0) * (input.data()[i] - reference.data()[i]);
            assertEquals(expected, result.map().data()[i], 2e-6);
        }
        assertEquals(0, result.completenessError().getAsDouble(), 1e-4);
    }

    @Test
    void expectedGradientsOfLinearModel() {
        Attribution result = run(linear, "Expected Gradients", "0", "samples", "7");
        for (int i = 0; i < LENGTH; i++) {
            double expected = weight(i, 0) * (input.data()[i] - reference.data()[i]);
            assertEquals(expected, result.map().data()[i], 5e-6);
        }
    }

    @Test
    void noiseDoesNotChangeALinearModelsGradient() {
        float[] mean = run(linear, "SmoothGrad", "0").map().data();
        float[] square = run(linear, "SmoothGrad Squared", "0").map().data();
        float[] variance = run(linear, "VarGrad", "0").map().data();
        for (int i = 0; i < LENGTH; i++) {
            assertEquals(weight(i, 0), mean[i], 1e-6);
            assertEquals(weight(i, 0) * weight(i, 0), square[i], 1e-5);
            assertEquals(0, variance[i], 1e-6);
        }
    }

    @Test
    void varianceIsThatOfTheSamples() {
        Attribution mean = run(smooth, "SmoothGrad", "0", "samples", "40", "seed", "3");
        Attribution square = run(smooth, "SmoothGrad Squared", "0", "samples", "40", "seed", "3");
        Attribution variance = run(smooth, "VarGrad", "0", "samples", "40", "seed", "3");
        for (int i = 0; i < LENGTH; i++) {
            double m = mean.map().data()[i];
            assertEquals(square.map().data()[i] - m * m, variance.map().data()[i], 1e-7);
        }
    }

    @Test
    void completeForASmoothNetwork() {
        Attribution result = run(smooth, "Integrated Gradients", "1");
        double relative = result.relativeCompletenessError().getAsDouble();
        System.out.printf("completeness of a smooth network, 50 steps: %.1e%n", relative);
        assertTrue(relative <= 1e-3, "relative error " + relative);
    }

    @Test
    void adaptiveReachesItsToleranceAndSaysWhatItTook() {
        Attribution coarse =
                run(kinked, "Integrated Gradients", "1", "rule", "adaptive", "tolerance", "0.1");
        Attribution fine =
                run(kinked, "Integrated Gradients", "1", "rule", "adaptive", "tolerance", "1e-4");
        assertTrue(coarse.relativeCompletenessError().getAsDouble() <= 0.1);
        assertTrue(fine.relativeCompletenessError().getAsDouble() <= 1e-4);
        System.out.printf(
                "adaptive: %d passes for 10 %%, %d for 0.01 %%%n", coarse.passes(), fine.passes());
        assertTrue(fine.passes() > coarse.passes());
    }

    @Test
    void adaptiveAgreesWithManySteps() {
        float[] fine =
                run(smooth, "Integrated Gradients", "1", "rule", "adaptive", "tolerance", "1e-5")
                        .map()
                        .data();
        float[] many = run(smooth, "Integrated Gradients", "1", "steps", "200").map().data();
        assertArrayEquals(many, fine, 1e-5f);
    }

    @Test
    void mapOfADifferenceIsTheDifferenceOfTheMaps() {
        for (String method : List.of("Gradient", "Integrated Gradients", "Expected Gradients")) {
            float[] difference = run(kinked, method, "2 - 0").map().data();
            float[] two = run(kinked, method, "2").map().data();
            float[] zero = run(kinked, method, "0").map().data();
            for (int i = 0; i < LENGTH; i++) {
                assertEquals(two[i] - zero[i], difference[i], 1e-6, method);
            }
        }
    }

    static List<String> methods() {
        return AttributionMethods.names();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void batchSizeDoesNotChangeTheNumbers(String method) {
        boolean batches =
                AttributionMethods.named(method)
                        .declaration()
                        .options()
                        .contains(Declaration.BATCH);
        if (!batches) {
            return;
        }
        Tensor one = run(kinked, method, "1", "batch", "1").map();
        Tensor seven = run(kinked, method, "1", "batch", "7").map();
        double scale = 0;
        for (float value : one.data()) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < one.length(); i++) {
            assertEquals(one.data()[i], seven.data()[i], 1e-5 * scale);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void sameParametersGiveTheSameMap(String method) {
        float[] once = run(kinked, method, "1").map().data();
        float[] again = run(kinked, method, "1").map().data();
        assertArrayEquals(once, again);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void declarationsHold(String method) {
        AttributionMethod found = AttributionMethods.named(method);
        Attribution result = run(smooth, method, "1");
        boolean negative = isNegative(result) || isNegative(run(smooth, method, "0"));
        assertEquals(found.declaration().signed(), negative);
        assertEquals(found.declaration().complete(), result.completenessError().isPresent());
        Baseline given = new Baseline.Images(List.of(reference), "given");
        long passes = found.passes(problem(smooth, found, "1", given, Map.of()));
        if (result.findings().containsKey("stopped")) {
            assertTrue(result.passes() <= passes);
        } else {
            assertEquals(passes, result.passes());
        }
        assertEquals(found.declaration().usesRegions(), !result.regions().isEmpty());
        assertEquals(found.declaration().usesBaseline(), !result.baseline().isEmpty());
    }

    private static boolean isNegative(Attribution result) {
        boolean negative = false;
        for (float value : result.map().data()) {
            negative |= value < 0;
        }
        return negative;
    }

    @Test
    void eitherSignOfASigmoid() {
        Attribution one = run(binary, "Integrated Gradients", "1");
        Attribution zero = run(binary, "Integrated Gradients", "0");
        Attribution both = run(binary, "Integrated Gradients", "1 - 0");
        for (int i = 0; i < LENGTH; i++) {
            assertEquals(one.map().data()[i], -zero.map().data()[i], 1e-9);
            assertEquals(2 * one.map().data()[i], both.map().data()[i], 1e-6);
        }
        double z = one.classLogits()[1];
        assertEquals(1 / (1 + Math.exp(-z)), one.probabilities()[1], 1e-12);
        assertEquals(1 - one.probabilities()[1], one.probabilities()[0], 1e-12);
    }

    /** The mean of a softmax over voxels has no logit: its log odds are explained, and named. */
    @Test
    void probabilitiesWithoutLogitsAreExplainedByTheirLogOdds() throws IOException {
        NetworkWriter network =
                new NetworkWriter(-1, 3, 4, 5, 2).conv3d(3).op("Softmax").globalMean();
        try (Classifier odds = open(network, "odds")) {
            assertEquals(Head.LOG_ODDS, odds.spec().head());
            Attribution result = run(odds, "Integrated Gradients", "1");
            double p = result.probabilities()[1];
            assertEquals(Math.log(p / (1 - p)), result.score(), 1e-5);
            assertEquals("log-odds", result.unit());
            assertTrue(result.relativeCompletenessError().getAsDouble() < 1e-3);
        }
        assertEquals("logit", run(smooth, "Integrated Gradients", "1").unit());
        assertEquals("logit per unit of the input", run(smooth, "Gradient", "1").unit());
    }

    @Test
    void predictedClassIsTheDefault() {
        Attribution result = run(linear, "Gradient", "");
        float[] logits = result.classLogits();
        for (float logit : logits) {
            assertTrue(result.score() >= logit);
        }
    }

    @Test
    void severalBaselinesAverage() {
        Tensor zero = Tensor.zerosLike(input);
        Attribution both =
                run(
                        kinked,
                        "Integrated Gradients",
                        "1",
                        new Baseline.Images(List.of(reference, zero), "two"));
        Attribution first = run(kinked, "Integrated Gradients", "1");
        Attribution second = run(kinked, "Integrated Gradients", "1", new Baseline.Constant(0));
        for (int i = 0; i < LENGTH; i++) {
            double mean = (first.map().data()[i] + second.map().data()[i]) / 2;
            assertEquals(mean, both.map().data()[i], 1e-6);
        }
    }

    @Test
    void expectedGradientsApproachIntegratedGradients() {
        Attribution sampled = run(smooth, "Expected Gradients", "1", "samples", "2000");
        Attribution exact = run(smooth, "Integrated Gradients", "1");
        assertArrayEquals(exact.map().data(), sampled.map().data(), 2e-3f);
        assertTrue(sampled.relativeCompletenessError().getAsDouble() < 0.01);
    }

    @Test
    void cancelStopsWithinOneModelCall() {
        List<Long> updates = new ArrayList<>();
        Progress cancel =
                (done, total, what) -> {
                    updates.add(done);
                    if (updates.size() == 3) {
                        throw new CancelledException();
                    }
                };
        AttributionMethod method = AttributionMethods.named("Integrated Gradients");
        Settings settings = Settings.of(method.declaration().options(), Map.of("batch", "1"));
        Problem problem = new Problem(smooth, input, "0", new Baseline.Constant(0), settings);
        assertThrows(CancelledException.class, () -> method.attribute(problem, cancel));
        assertEquals(List.of(0L, 1L, 2L), updates);
    }

    @Test
    void badOptionsAreNamed() {
        String zeroSteps =
                assertThrows(
                                OptionException.class,
                                () -> run(linear, "Integrated Gradients", "0", "steps", "0"))
                        .getMessage();
        assertTrue(zeroSteps.startsWith("steps=0: expected a whole number from 1"), zeroSteps);
        assertThrows(
                OptionException.class,
                () -> run(linear, "Integrated Gradients", "0", "steps", "many"));
        assertThrows(OptionException.class, () -> run(linear, "Gradient", "0", "steps", "5"));
        assertThrows(OptionException.class, () -> run(linear, "Magic", "0"));
        String noClass =
                assertThrows(OptionException.class, () -> run(linear, "Gradient", "3"))
                        .getMessage();
        assertTrue(noClass.contains("0 (class 0), 1 (class 1), 2 (class 2)"), noClass);
        assertFalse(noClass.contains("\n"));
    }
}
