/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Resources;

/** Activations are those that another tool recorded, and contributions add up to the score. */
class LayerFeaturesTest {

    private static Classifier ms3d;

    @BeforeAll
    static void open() {
        ms3d = Engines.open(Resources.bundled("golden/ms3d/saved_model"), ModelOptions.NONE);
    }

    @AfterAll
    static void close() {
        ms3d.close();
    }

    private static LayerFeatures run(Tensor image, String layer, String target) {
        Settings settings =
                Settings.of(LayerFeatures.DECLARATION.options(), Map.of("layer", layer));
        return LayerFeatures.of(
                new Problem(ms3d, image, target, new Baseline.Constant(0), settings));
    }

    private static Tensor random(int seed) {
        Tensor image = Tensor.zeros(ms3d.spec().axes(), 1, 48, 56, 48, 3);
        Random random = new Random(seed);
        for (int i = 0; i < image.length(); i++) {
            image.data()[i] = random.nextFloat();
        }
        return image;
    }

    @Test
    void activationsAreThoseOfPyTorch() throws IOException {
        GoldenMs3d golden = GoldenMs3d.shared();
        JsonArray images =
                new Gson()
                        .fromJson(
                                Files.readString(golden.folder().resolve("activations.json")),
                                JsonArray.class);
        int compared = 0;
        for (int i = 0; i < images.size(); i++) {
            Tensor image = golden.input(i);
            for (Layer layer : ms3d.layers().orElseThrow().list()) {
                JsonElement figures =
                        images.get(i).getAsJsonObject().get(layer.name().replace("net_", "net."));
                if (figures != null && layer.spatial()) {
                    compare(figures.getAsJsonObject(), run(image, layer.name(), "1"));
                    compared++;
                }
            }
        }
        assertEquals(12 * images.size(), compared);
    }

    private static void compare(JsonObject figures, LayerFeatures features) {
        Tensor a = Maps.permute(features.attribution().map(), "bczyx");
        double sum = 0;
        double size = 0;
        double maximum = Double.NEGATIVE_INFINITY;
        for (float value : a.data()) {
            sum += value;
            size += Math.abs(value);
            maximum = Math.max(maximum, value);
        }
        double expected = figures.get("abs_sum").getAsDouble();
        assertEquals(figures.get("sum").getAsDouble(), sum, 1e-5 * expected);
        assertEquals(expected, size, 1e-5 * expected);
        double limit = figures.get("max").getAsDouble();
        assertEquals(limit, maximum, 1e-5 * limit);
        JsonArray first = figures.getAsJsonArray("first8");
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).getAsDouble(), a.data()[i], 1e-5 * limit);
        }
        double means = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (LayerFeatures.Channel channel : features.channels()) {
            means += channel.mean() * a.length() / features.channels().size();
            highest = Math.max(highest, channel.maximum());
        }
        assertEquals(sum, means, 1e-6 * expected);
        assertEquals(maximum, highest);
    }

    /** Behind the last ReLU the network is linear: logits are contributions and a bias. */
    @Test
    void contributionsAddUpToTheScoreButForTheBias() {
        for (String layer : List.of("net_relu3", "net_pool3", "net_gap")) {
            for (String target : List.of("0", "1", "1 - 0")) {
                LayerFeatures a = run(random(1), layer, target);
                LayerFeatures b = run(random(2), layer, target);
                double difference = a.attribution().score() - b.attribution().score();
                assertTrue(Math.abs(difference) > 1e-4);
                assertEquals(difference, total(a) - total(b), 1e-4, layer + " " + target);
            }
        }
    }

    private static double total(LayerFeatures features) {
        return features.channels().stream().mapToDouble(c -> c.contribution().orElseThrow()).sum();
    }

    /** The largest of either sign first; the gradient of a mean over space is known. */
    @Test
    void channelsOfAHiddenTarget() {
        LayerFeatures features = run(random(3), "net_relu3", "net_relu3[4]");
        LayerFeatures.Channel first = features.ranked().get(0);
        assertEquals(4, first.index());
        double mean = first.mean();
        assertEquals(mean, first.contribution().orElseThrow(), 1e-6 * mean);
        assertEquals(mean, features.attribution().score(), 1e-6 * mean);
        assertEquals(0, features.ranked().get(1).contribution().orElseThrow());
        double[] sizes =
                run(random(3), "net_conv2", "1").ranked().stream()
                        .mapToDouble(channel -> -Math.abs(channel.contribution().orElseThrow()))
                        .toArray();
        double[] sorted = sizes.clone();
        Arrays.sort(sorted);
        assertArrayEquals(sorted, sizes);
    }

    @Test
    void theLastConvolutionUnlessSaid() {
        assertEquals("net_conv3", LayerFeatures.layer(ms3d, "").name());
        String message =
                assertThrows(OptionException.class, () -> LayerFeatures.layer(ms3d, "net_conv7"))
                        .getMessage();
        assertTrue(message.contains("near names: net_conv"), message);
    }
}
