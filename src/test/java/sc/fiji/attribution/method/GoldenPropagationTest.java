/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Engines;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Captum's and zennit's figures for backward passes by other rules. */
class GoldenPropagationTest {

    private record Asked(String method, Map<String, String> options) {}

    private static final Map<String, Asked> FIGURES = figures();

    private static Map<String, Asked> figures() {
        Map<String, Asked> figures = new LinkedHashMap<>();
        figures.put("guided_backprop", new Asked("Guided Backprop", Map.of()));
        figures.put("deconvolution", new Asked("Deconvolution", Map.of()));
        figures.put("deeplift_zero_fixed", new Asked("DeepLIFT", Map.of()));
        figures.put("lrp_captum_epsilon_bnmerged", lrp("*: epsilon 1e-9"));
        figures.put("lrp_zennit_epsilon_bnmerged", lrp("*: epsilon 1e-6"));
        figures.put("lrp_zennit_epsilon0.25_bnmerged", lrp("*: epsilon 0.25"));
        figures.put("lrp_zennit_epsilon_plus_bnmerged", lrp("epsilonplus"));
        figures.put("lrp_zennit_epsilon_plus_flat_bnmerged", lrp("epsilonplusflat"));
        figures.put("lrp_zennit_epsilon_alpha2_beta1_bnmerged", lrp("epsilonalpha2beta1"));
        figures.put("lrp_zennit_epsilon_alpha2_beta1_flat_bnmerged", lrp("epsilonalpha2beta1flat"));
        figures.put(
                "lrp_zennit_epsilon_gamma_box_bnmerged",
                lrp("first: box 0 1; convolution: gamma 0.25; *: epsilon"));
        return figures;
    }

    private static Asked lrp(String composite) {
        return new Asked("LRP", Map.of("composite", composite));
    }

    private static Tensor channelsLast(Npy image) {
        return Maps.permute(new Tensor(new Axes("bczyx"), image.shape(), image.floats()), "bzyxc");
    }

    @Test
    void all() throws IOException {
        Path folder = Resources.shared("golden/ms3d");
        JsonObject manifest =
                new Gson()
                        .fromJson(
                                Files.readString(folder.resolve("manifest.json")),
                                JsonObject.class);
        double[] index = Npy.read(folder.resolve("samples_idx.npy")).values();
        List<String> failures = new ArrayList<>();
        try (Classifier classifier =
                Engines.open(folder.resolve("saved_model"), ModelOptions.NONE)) {
            for (JsonElement element : manifest.getAsJsonArray("entries")) {
                JsonObject entry = element.getAsJsonObject();
                Asked asked = FIGURES.get(entry.get("method").getAsString());
                if (asked == null || !entry.get("output").getAsString().equals("logit")) {
                    continue;
                }
                int number = entry.get("input").getAsInt();
                Npy image =
                        Npy.read(
                                folder.resolve(
                                        "input"
                                                + number
                                                + (number == 3 ? "_tiefree" : "")
                                                + ".npy"));
                AttributionMethod method = AttributionMethods.named(asked.method);
                Attribution found =
                        method.attribute(
                                new Problem(
                                        classifier,
                                        channelsLast(image),
                                        entry.get("target").getAsString(),
                                        new Baseline.Constant(0),
                                        Settings.of(method.declaration().options(), asked.options)),
                                Progress.NONE);
                String file = entry.get("file").getAsString();
                boolean whole = file.endsWith(".npz");
                double[] expected =
                        whole
                                ? Npy.readAll(folder.resolve(file)).get("a").values()
                                : Npy.read(folder.resolve(file)).values();
                float[] all = Maps.permute(found.map(), "bczyx").data();
                float[] actual = whole ? all : new float[index.length];
                for (int i = 0; !whole && i < index.length; i++) {
                    actual[i] = all[(int) index[i]];
                }
                double scale =
                        Math.max(entry.get("max").getAsDouble(), -entry.get("min").getAsDouble());
                int kinks = 0;
                for (int i = 0; i < actual.length; i++) {
                    kinks += Math.abs(actual[i] - expected[i]) > 1e-3 * scale ? 1 : 0;
                }
                String line =
                        String.format(
                                "%s: error %.1e of the maximum, %d of %d off by more than 1e-3,"
                                        + " correlation %.7f, sum %.5f of %.5f %s",
                                file,
                                Maps.maxDifference(actual, expected) / scale,
                                kinks,
                                actual.length,
                                Maps.correlation(actual, expected),
                                found.map().sum(),
                                entry.get("sum").getAsDouble(),
                                found.findings());
                System.out.println(line);
            }
        }
        assertEquals(List.of(), failures);
    }
}
