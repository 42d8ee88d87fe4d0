/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;

/** What methods at hidden layers must give on networks whose answer is known beforehand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LayerMethodsTest {

    private static final int PLACES = 3 * 4 * 5;
    private static final int FILTERS = 4;

    @TempDir static Path folder;

    private final Tensor input = random(5);
    private final Tensor reference = random(6);
    private final float[] weights = new float[FILTERS * 3];

    /** A convolution, the mean of each channel, and given weights: linear behind the layer. */
    private Classifier linear;

    /** Two convolutions with softplus, and a dense layer. */
    private Classifier smooth;

    private static Tensor random(int seed) {
        Tensor tensor = Tensor.zeros(new Axes("bzyxc"), 1, 3, 4, 5, 2);
        Random random = new Random(seed);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        linear =
                open(
                        new NetworkWriter(-1, 3, 4, 5, 2)
                                .conv3d(FILTERS)
                                .globalMean()
                                .dense(weights, 3)
                                .op("Softmax"),
                        "linear");
        smooth =
                open(
                        new NetworkWriter(-1, 3, 4, 5, 2)
                                .conv3d(6)
                                .op("Softplus")
                                .conv3d(5)
                                .op("Softplus")
                                .globalMean()
                                .op("Tanh")
                                .dense(3)
                                .op("Softmax"),
                        "smooth");
    }

    private static Classifier open(NetworkWriter network, String name) throws IOException {
        return Engines.open(network.write(folder.resolve(name)), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        linear.close();
        smooth.close();
    }

    private Attribution run(Classifier c, String method, String target, String... options) {
        AttributionMethod found = AttributionMethods.named(method);
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        Problem problem =
                new Problem(
                        c,
                        input,
                        target,
                        new Baseline.Images(List.of(reference), "given"),
                        Settings.of(found.declaration().options(), texts));
        return found.attribute(problem, Progress.NONE);
    }

    /** The word means the last convolution all the same; in quotes it is the author's name. */
    @Test
    void aLayerThatItsAuthorCalledLast() throws IOException {
        Layers layers = smooth.layers().orElseThrow();
        String first =
                layers.list().stream().filter(Layer::convolution).findFirst().orElseThrow().name();
        Path model = folder.resolve("smooth/saved_model.pb");
        SavedModel.Builder changed = SavedModel.parseFrom(Files.readAllBytes(model)).toBuilder();
        for (NodeDef.Builder node :
                changed.getMetaGraphsBuilder(0).getGraphDefBuilder().getNodeBuilderList()) {
            node.setName(node.getName().equals(first) ? "last" : node.getName());
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, node.getInput(i).equals(first) ? "last" : node.getInput(i));
            }
        }
        Path renamed = Files.createDirectory(folder.resolve("renamed"));
        Files.write(renamed.resolve("saved_model.pb"), changed.build().toByteArray());
        try (Classifier c = Engines.open(renamed, ModelOptions.NONE)) {
            float[] last = run(smooth, "Grad-CAM", "0").map().data();
            assertArrayEquals(last, run(c, "Grad-CAM", "0").map().data(), 1e-6f);
            assertArrayEquals(last, run(c, "Grad-CAM", "0", "layer", "last").map().data(), 1e-6f);
            float[] own = run(smooth, "Grad-CAM", "0", "layer", first).map().data();
            assertArrayEquals(own, run(c, "Grad-CAM", "0", "layer", "'last'").map().data(), 1e-6f);
            assertFalse(Arrays.equals(own, last));
        }
    }

    private static Tensor activations(Classifier c, String layer, Tensor image) {
        return c.layers()
                .orElseThrow()
                .run(Pass.forward(layer), Layers.Feed.image(image))
                .activations()
                .get(layer);
    }

    /** Σₖ wₖ·Aₖ at each place. */
    private static float[] weighted(Tensor a, double[] channelWeights) {
        int channels = a.size('c');
        float[] sum = new float[a.length() / channels];
        for (int i = 0; i < a.length(); i++) {
            sum[i / channels] += (float) (channelWeights[i % channels] * a.data()[i]);
        }
        return sum;
    }

    private static double mean(Tensor a, int channel) {
        double sum = 0;
        for (int i = channel; i < a.length(); i += a.size('c')) {
            sum += a.data()[i];
        }
        return sum / (a.length() / a.size('c'));
    }

    /** Behind the layer all is linear, so that one weight per channel says everything. */
    @ParameterizedTest
    @ValueSource(strings = {"Grad-CAM", "HiResCAM", "XGrad-CAM", "Layer Gradient x Activation"})
    void theWeightsOfALinearHead(String method) {
        Tensor a = activations(linear, "BiasAdd", input);
        double[] channelWeights = new double[FILTERS];
        for (int k = 0; k < FILTERS; k++) {
            channelWeights[k] = weights[k * 3 + 2] / (double) PLACES;
        }
        Attribution result = run(linear, method, "2", "layer", "BiasAdd");
        assertArrayEquals(weighted(a, channelWeights), result.map().data(), 1e-6f);
        assertEquals(result.score(), result.map().sum(), 1e-5);
        assertEquals("BiasAdd (5 x 4 x 3, 4 channels)", result.findings().get("layer"));
    }

    @Test
    void ablationOfALinearHead() {
        Tensor a = activations(linear, "BiasAdd", input);
        double[] falls = new double[FILTERS];
        for (int k = 0; k < FILTERS; k++) {
            falls[k] = weights[k * 3 + 1] * mean(a, k);
        }
        float[] map = run(linear, "Ablation-CAM", "1", "layer", "BiasAdd").map().data();
        assertArrayEquals(weighted(a, falls), map, 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Layer Integrated Gradients", "Layer Conductance"})
    void sharesOfALinearHead(String method) {
        Tensor a = activations(linear, "BiasAdd", input);
        Tensor before = activations(linear, "BiasAdd", reference);
        for (int i = 0; i < a.length(); i++) {
            a.data()[i] -= before.data()[i];
        }
        double[] channelWeights = new double[FILTERS];
        for (int k = 0; k < FILTERS; k++) {
            channelWeights[k] = weights[k * 3] / (double) PLACES;
        }
        Attribution result = run(linear, method, "0", "layer", "BiasAdd", "steps", "3");
        assertArrayEquals(weighted(a, channelWeights), result.map().data(), 1e-6f);
        assertEquals(0, result.completenessError().getAsDouble(), 1e-5);
    }

    @Test
    void influenceOfALinearHead() {
        double sum = 0;
        for (int k = 0; k < FILTERS; k++) {
            sum += weights[k * 3 + 1] / (double) PLACES;
        }
        Attribution result =
                run(linear, "Internal Influence", "1", "layer", "BiasAdd", "steps", "3");
        for (float value : result.map().data()) {
            assertEquals(sum, value, 1e-6);
        }
    }

    /** A layer that all comes through: both add up, wherever it stands. */
    @ParameterizedTest
    @ValueSource(strings = {"Layer Integrated Gradients", "Layer Conductance"})
    void completeForASmoothNetwork(String method) {
        for (String layer : List.of("BiasAdd", "Softplus", "BiasAdd_1", "Softplus_1")) {
            Attribution result = run(smooth, method, "1 - 2", "layer", layer, "steps", "100");
            double relative = result.relativeCompletenessError().getAsDouble();
            System.out.printf("completeness of %s at %s: %.1e%n", method, layer, relative);
            assertTrue(relative <= 1e-3, layer + ": " + relative);
        }
    }

    /** Written once more from the paper, channel by channel, with exp(f) as there. */
    @Test
    void gradCamPlusPlusAsPublished() {
        String layer = "BiasAdd_1";
        BackwardPasses passes = smooth.backward().orElseThrow();
        Tensor cotangent = Tensor.zeros(new Axes("bc"), 1, 3);
        cotangent.data()[1] = 1;
        Layers.Trace trace =
                passes.run(Pass.gradient(layer), Layers.Feed.image(input).withCotangent(cotangent));
        Tensor a = trace.activations().get(layer);
        Tensor g = trace.gradients().get(layer);
        double y = Math.exp(trace.logits()[0][1]);
        double[] channelWeights = new double[a.size('c')];
        for (int k = 0; k < channelWeights.length; k++) {
            for (int i = k; i < a.length(); i += channelWeights.length) {
                double first = y * g.data()[i];
                double second = first * g.data()[i];
                double third = second * g.data()[i];
                double alpha = second / (2 * second + PLACES * mean(a, k) * third);
                channelWeights[k] += alpha * Math.max(0, first) / y;
            }
        }
        float[] expected = weighted(a, channelWeights);
        float[] map = run(smooth, "Grad-CAM++", "1", "layer", layer).map().data();
        assertArrayEquals(expected, map, 1e-5f * (float) Maps.maxAbs(expected));
    }

    /** Each mask made and scored by itself. */
    @Test
    void scoreCamAsPublished() {
        Tensor a = activations(smooth, "Softplus", input);
        int channels = a.size('c');
        double[] channelWeights = new double[channels];
        double sum = 0;
        for (int k = 0; k < channels; k++) {
            float low = Float.MAX_VALUE;
            float high = -Float.MAX_VALUE;
            for (int i = k; i < a.length(); i += channels) {
                low = Math.min(low, a.data()[i]);
                high = Math.max(high, a.data()[i]);
            }
            Tensor masked = input.copy();
            for (int i = 0; i < input.length(); i++) {
                float seen = (a.data()[i / 2 * channels + k] - low) / (high - low);
                float hidden = reference.data()[i];
                masked.data()[i] = hidden + seen * (input.data()[i] - hidden);
            }
            channelWeights[k] = Math.exp(smooth.logits(masked)[0][2]);
            sum += channelWeights[k];
        }
        for (int k = 0; k < channels; k++) {
            channelWeights[k] /= sum;
        }
        float[] map = run(smooth, "Score-CAM", "2", "layer", "Softplus").map().data();
        assertArrayEquals(weighted(a, channelWeights), map, 1e-5f);
    }

    /** The projection on a vector is the longest that any unit vector gives. */
    @Test
    void eigenCamIsTheStrongestPattern() {
        Tensor a = activations(smooth, "Softplus", input);
        float[] map = run(smooth, "Eigen-CAM", "0", "layer", "Softplus").map().data();
        float[] other = run(smooth, "Eigen-CAM", "2", "layer", "Softplus").map().data();
        assertArrayEquals(map, other);
        double longest = 0;
        for (float value : map) {
            longest += value * value;
        }
        Random random = new Random(1);
        double best = 0;
        for (int trial = 0; trial < 1000; trial++) {
            double[] vector = random.doubles(a.size('c'), -0.2, 1).toArray();
            double square = 0;
            for (double v : vector) {
                square += v * v;
            }
            double length = 0;
            for (float value : weighted(a, vector)) {
                length += value * value / square;
            }
            best = Math.max(best, length);
        }
        assertTrue(best <= longest && best > 0.98 * longest, best + " of " + longest);
    }

    static List<String> methods() {
        return AttributionMethods.all().stream()
                .filter(LayerMethod.class::isInstance)
                .map(method -> method.declaration().name())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void severalLayersAverage(String method) {
        float[] both = run(smooth, method, "1", "layer", "Softplus, last").map().data();
        float[] first = run(smooth, method, "1", "layer", "Softplus").map().data();
        float[] last = run(smooth, method, "1").map().data();
        double scale = Maps.maxAbs(first) + Maps.maxAbs(last);
        for (int i = 0; i < both.length; i++) {
            assertEquals((first[i] + last[i]) / 2, both[i], 1e-6 * scale);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void reluLeavesAwayWhatIsNegative(String method) {
        AttributionMethod found = AttributionMethods.named(method);
        if (!found.declaration().options().contains(LayerMethod.RELU)) {
            return;
        }
        float[] all = run(smooth, method, "1").map().data();
        float[] positive = run(smooth, method, "1", "relu", "yes").map().data();
        for (int i = 0; i < all.length; i++) {
            assertEquals(Math.max(0, all[i]), positive[i], 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Grad-CAM", "XGrad-CAM", "HiResCAM", "Ablation-CAM"})
    void mapOfADifferenceIsTheDifferenceOfTheMaps(String method) {
        float[] difference = run(smooth, method, "2 - 0").map().data();
        float[] two = run(smooth, method, "2").map().data();
        float[] zero = run(smooth, method, "0").map().data();
        for (int i = 0; i < difference.length; i++) {
            assertEquals(two[i] - zero[i], difference[i], 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void layersThatDoNotServeAreRefusedByName(String method) {
        assertTrue(refusal(method, "1", "Softplus_9").contains("near names: Softplus"));
        assertTrue(refusal(method, "1", "MatMul").contains("no place in the image"));
        assertTrue(refusal(method, "Softplus[1]", "BiasAdd_1").contains("reaches the target"));
        assertTrue(refusal(method, "Conv3D[1]", "last").contains("no convolution stands before"));
    }

    private String refusal(String method, String target, String layer) {
        String message =
                assertThrows(
                                OptionException.class,
                                () -> run(smooth, method, target, "layer", layer))
                        .getMessage();
        assertEquals(1, message.lines().count());
        return message;
    }

    @Test
    void aModelWithoutConvolutionsIsRefused() throws IOException {
        NetworkWriter network = new NetworkWriter(-1, 3, 4, 5, 2).flatten().dense(3).op("Softmax");
        try (Classifier dense = open(network, "dense")) {
            for (String method : methods()) {
                String reason = AttributionMethods.named(method).whyNot(dense).orElseThrow();
                assertTrue(reason.contains("no convolution"), reason);
            }
            assertTrue(AttributionMethods.names(dense).contains("Gradient"));
        }
    }
}
