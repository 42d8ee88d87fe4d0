/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Backward passes by other rules on models as people have them: what each must add up to, or the
 * refusal in one line that names op and method. The table is printed.
 */
@Tag("long")
class StrangersPropagationTest {

    private static final String SEGMENTATION = "brainchop_model5ae_tissuefraction_ndhwc";

    /** What the refusals say: op, layer. */
    private static final Map<String, Map<String, String>> REFUSED =
            Map.of(
                    "tf1_refvars_simple_save",
                    Map.of("LRP", "LRN, norm1", "DeepLIFT", "LRN, norm1"),
                    SEGMENTATION,
                    Map.of("LRP", "Softmax, softmax_1"),
                    "vit_small",
                    Map.of("LRP", "BatchMatMulV2, mha1, both computed from the image"));

    /**
     * Between image and logits there are affine layers, ReLU, leaky ReLU and extrema alone. There
     * LRP-0 is input × gradient (Ancona et al., Towards better understanding of gradient-based
     * attribution methods, 2018), and what it does not conserve is what biases take.
     */
    private static final Set<String> PIECEWISE_LINEAR =
            Set.of(
                    "augmentation_keras3_infer",
                    "cnn2d_keras_export",
                    "cond_constant",
                    "ct3d_keras_example",
                    "keras3_saved_model_save",
                    "mixed_float16",
                    "multi_input",
                    "multi_output",
                    "nchw_native",
                    "resnet3d",
                    "resnet_bn_dropout",
                    "softmax_by_hand",
                    "temperature_softmax",
                    "tf1_learning_phase_switch",
                    "uint8_input",
                    "unet3d_aux_head");

    private static final List<String> TABLE = new ArrayList<>();

    static Stream<Stranger> models() throws IOException {
        Stream<Stranger> generated =
                StrangersModelsTest.models()
                        .map(Resources.shared("models/generated")::resolve)
                        .map(Stranger::generated)
                        .filter(stranger -> !stranger.isRefused());
        return Stream.concat(generated, Stream.of(thirdParty("arm_openmv", "arm_openmv")));
    }

    private static Stranger thirdParty(String name, String figures) {
        Path model = Resources.shared("models/third-party").resolve(name);
        Npy x =
                Npy.readAll(Resources.shared("golden/third-party").resolve(figures + ".npz"))
                        .get("x");
        return new Stranger(name, model, Map.of("x0", x, "x1", x), "ok", -1);
    }

    @AfterAll
    static void table() {
        System.out.printf(
                "%-27s %8s %8s %8s %8s %8s %8s %8s %5s%n",
                "model", "guided", "f", "LRP-0", "ε: Σ−f", "ε+: Σ−f", "rescale", "reveal", "s");
        TABLE.forEach(System.out::println);
        System.out.println(
                "guided: max. LRP-0: off input × gradient. rescale, reveal: completeness errors"
                        + " relative to f(x) − f(0), of rescale the larger of two images.");
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("models")
    void addsUpOrSaysWhyNot(Stranger stranger) {
        String name = stranger.name();
        long start = System.nanoTime();
        StringBuilder row = new StringBuilder(String.format("%-27.27s", name));
        try (Classifier c = Engines.open(stranger.model(), stranger.options(1))) {
            Tensor x = stranger.input(1, c);
            Attribution guided = map(c, x, "Guided Backprop", Map.of());
            row.append(String.format(" %8.1e %8.3f", largest(guided), guided.score()));
            if (isOffered(c, x, "LRP", name, row)) {
                relevance(c, x, name, row);
            }
            if (isOffered(c, x, "DeepLIFT", name, row)) {
                multipliers(c, stranger, row);
            }
        }
        TABLE.add(row + String.format(" %5.1f", (System.nanoTime() - start) / 1e9));
    }

    /**
     * Its scores are log-odds of means over 32768 voxels, which TensorFlow adds up in float32: the
     * difference of the means is 2e-3 off. That is all that the completeness error consists of.
     */
    @Test
    void addsUpWhereTheNetworkItselfRounds() {
        Stranger stranger = thirdParty(SEGMENTATION, "brainchop5_tissuefraction_on_t1_crop");
        long start = System.nanoTime();
        StringBuilder row = new StringBuilder(String.format("%-27.27s %17s", SEGMENTATION, ""));
        try (Classifier c = Engines.open(stranger.model(), stranger.options(0))) {
            Tensor x = stranger.input(0, c);
            Tensor zero = Tensor.zerosLike(x);
            assertFalse(isOffered(c, x, "LRP", SEGMENTATION, row));
            Attribution differences = map(c, x, "DeepLIFT", Map.of());
            double sum = differences.map().sum();
            double scores = differences.score() - differences.baselineScore().getAsDouble();
            double exact = scores * (mean(c, x) - mean(c, zero)) / (given(c, x) - given(c, zero));
            assertEquals(exact, sum, 1e-5 * Math.abs(exact));
            double reported = differences.relativeCompletenessError().getAsDouble();
            assertEquals(Math.abs(sum / scores - 1), reported, 1e-6);
            row.append(String.format(" %8.1e", reported));
        }
        TABLE.add(row + String.format(" %5.1f", (System.nanoTime() - start) / 1e9));
    }

    /** The first class's probability, in double precision. */
    private static double mean(Classifier c, Tensor x) {
        String layer = "functional_1/softmax";
        Layers.Trace trace =
                c.layers().orElseThrow().run(Pass.forward(layer), Layers.Feed.image(x));
        float[] p = trace.activations().get(layer).data();
        double mean = 0;
        for (int i = 0; i < p.length; i += 3) {
            mean += 3.0 * p[i] / p.length;
        }
        return mean;
    }

    /** As the network gives it. */
    private static double given(Classifier c, Tensor x) {
        return c.spec().head().probabilities(c.logits(x)[0])[0];
    }

    private static Attribution map(
            Classifier c, Tensor x, String name, Map<String, String> options) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), options);
        Problem problem = new Problem(c, x, "", new Baseline.Constant(0), settings);
        return method.attribute(problem, Progress.NONE);
    }

    private static double largest(Attribution attribution) {
        for (float value : attribution.map().data()) {
            assertTrue(Float.isFinite(value));
        }
        double largest = Maps.maxAbs(attribution.map().data());
        assertTrue(largest > 0);
        return largest;
    }

    /** The refusal is known before anything is computed, and stands in the table. */
    private static boolean isOffered(
            Classifier c, Tensor x, String method, String model, StringBuilder row) {
        Optional<String> why = AttributionMethods.named(method).whyNot(c);
        String words = REFUSED.getOrDefault(model, Map.of()).get(method);
        assertEquals(words != null, why.isPresent(), why.orElse("not refused"));
        if (words == null) {
            return true;
        }
        assertEquals(1, why.get().lines().count());
        for (String word : (method + " rule, " + words).split(", ")) {
            assertTrue(why.get().contains(word), word + " in " + why.get());
        }
        ModelException thrown =
                assertThrows(ModelException.class, () -> map(c, x, method, Map.of()));
        assertEquals(why.get(), thrown.getMessage());
        row.append(" [").append(why.get()).append("]");
        return false;
    }

    private static void relevance(Classifier c, Tensor x, String model, StringBuilder row) {
        float[] product = map(c, x, "Input x Gradient", Map.of()).map().data();
        double[] linear = new double[product.length];
        Arrays.setAll(linear, i -> product[i]);
        Attribution zero = map(c, x, "LRP", Map.of("composite", "*: zero"));
        double off = Maps.maxDifference(zero.map().data(), linear) / Maps.maxAbs(linear);
        if (PIECEWISE_LINEAR.contains(model)) {
            assertTrue(off <= 1e-3, model + ": LRP-0 is " + off + " off input × gradient");
        }
        row.append(String.format(" %8.1e", off));
        for (String composite : List.of("epsilon", "epsilonplus")) {
            Attribution relevance = map(c, x, "LRP", Map.of("composite", composite));
            largest(relevance);
            double missing = relevance.map().sum() - relevance.score();
            double reported = Double.parseDouble(relevance.findings().get("conservation.error"));
            assertEquals(missing, reported, 1e-3 * Math.abs(missing));
            row.append(String.format(" %8.3f", missing));
        }
    }

    /** On a feed-forward graph with a rule for every op, both rules are complete. */
    private static void multipliers(Classifier c, Stranger stranger, StringBuilder row) {
        for (String rules : List.of("rescale", "revealcancel")) {
            double worst = 0;
            for (int i = rules.equals("rescale") ? 0 : 1; i < 2; i++) {
                Tensor x = stranger.input(i, c);
                Attribution differences = map(c, x, "DeepLIFT", Map.of("multipliers", rules));
                largest(differences);
                double expected = differences.score() - differences.baselineScore().getAsDouble();
                double error = Math.abs(differences.map().sum() - expected) / Math.abs(expected);
                double reported = differences.relativeCompletenessError().getAsDouble();
                assertEquals(error, reported, 1e-6);
                worst = Math.max(worst, error);
            }
            assertTrue(worst <= 1e-3, stranger.name() + ", " + rules + ": " + worst);
            row.append(String.format(" %8.1e", worst));
        }
    }
}
