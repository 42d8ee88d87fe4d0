/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Class-activation maps of other tools for a 3-D classifier; see the README beside them. Where a
 * tool does otherwise than the paper, its figure is made here of the same activations and gradients
 * by what it does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenCamTest {

    /** Captum's, pytorch-grad-cam's and MONAI's, all before they interpolate. */
    private static final Pattern FIGURE =
            Pattern.compile(
                    "(layer_gradcam|layer_grad_x_act|pgc_\\w+cam|monai_gradcam(?:pp)?)"
                            + "_([a-z]+\\d)(?:_relu([01]))?(?:_raw)?");

    private static final Map<String, String> METHODS =
            Map.of(
                    "layer_gradcam", "Grad-CAM",
                    "pgc_gradcam", "Grad-CAM",
                    "monai_gradcam", "Grad-CAM",
                    "layer_grad_x_act", "Layer Gradient x Activation",
                    "pgc_hirescam", "HiResCAM",
                    "pgc_layercam", "LayerCAM",
                    "pgc_eigencam", "Eigen-CAM",
                    "monai_gradcampp", "Grad-CAM++");

    private Classifier classifier;
    private Path folder;

    /** Error as a share of the map's maximum. */
    private double largest;

    private int atKinks;
    private int values;

    @BeforeAll
    void open() {
        folder = Resources.bundled("golden/ms3d");
        classifier = Engines.open(folder.resolve("saved_model"), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        classifier.close();
        System.out.printf("ms3d class-activation maps: error up to %.1e%n", largest);
    }

    private Problem problem(LayerMethod method, Tensor input, int target, String... options) {
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        return new Problem(
                classifier,
                input,
                Integer.toString(target),
                new Baseline.Constant(0),
                Settings.of(method.declaration().options(), texts));
    }

    private Site site(String tool, String layer, Tensor input, int target) {
        LayerMethod method = (LayerMethod) AttributionMethods.named(METHODS.get(tool));
        Problem problem = problem(method, input, target, "layer", "net_" + layer);
        Score score = new Score(problem, "net_" + layer);
        return new Site(
                problem,
                score,
                classifier.layers().orElseThrow().named("net_" + layer),
                score.activations("net_" + layer));
    }

    /** What a figure should be by our means: the method's map, or what the tool makes of it. */
    private static float[] ours(String tool, Site site, boolean relu) {
        LayerMethod method = (LayerMethod) AttributionMethods.named(METHODS.get(tool));
        double[] map =
                switch (tool) {
                    case "monai_gradcampp" -> monaiPlusPlus(site);
                    case "pgc_eigencam" -> method.map(centred(site), Progress.NONE);
                    default -> method.map(site, Progress.NONE);
                };
        float[] floats = new float[map.length];
        for (int i = 0; i < map.length; i++) {
            floats[i] = (float) (relu || tool.startsWith("monai") ? Math.max(0, map[i]) : map[i]);
        }
        return floats;
    }

    /**
     * Places at which rounding decides which of two nearly equal activations a max pooling behind
     * the layer takes: those that change where the activations do by some millionths.
     */
    private static Set<Integer> kinks(String tool, Site site, boolean relu, double scale) {
        float[] map = ours(tool, site, relu);
        Set<Integer> kinks = new TreeSet<>();
        Random random = new Random(1);
        for (int trial = 0; trial < 4; trial++) {
            Tensor a = site.activations().copy();
            for (int i = 0; i < a.length(); i++) {
                a.data()[i] *= 1 + 3e-6f * (float) random.nextGaussian();
            }
            float[] other =
                    ours(tool, new Site(site.problem(), site.score(), site.layer(), a), relu);
            for (int i = 0; i < map.length; i++) {
                if (Math.abs(map[i] - other[i]) > 1e-3 * scale) {
                    kinks.add(i);
                }
            }
        }
        return kinks;
    }

    /** pytorch-grad-cam subtracts each channel's mean first. */
    private static Site centred(Site site) {
        Tensor a = site.activations().copy();
        int channels = site.channels();
        double[] means = new double[channels];
        for (int i = 0; i < a.length(); i++) {
            means[i % channels] += (double) a.data()[i] * channels / a.length();
        }
        for (int i = 0; i < a.length(); i++) {
            a.data()[i] -= (float) means[i % channels];
        }
        return new Site(site.problem(), site.score(), site.layer(), a);
    }

    /** Sums A·G³ where the paper has (Σ A)·G³, adds 1e-7, and keeps the factor exp(f). */
    private static double[] monaiPlusPlus(Site site) {
        Tensor a = site.activations();
        Tensor g = site.gradient();
        int channels = site.channels();
        int places = a.length() / channels;
        double[] map = new double[places];
        for (int c = 0; c < channels; c++) {
            double cubes = 0;
            for (int i = 0; i < places; i++) {
                cubes += a.data()[i * channels + c] * Math.pow(g.data()[i * channels + c], 3);
            }
            double weight = 0;
            for (int i = 0; i < places; i++) {
                double gradient = g.data()[i * channels + c];
                double below = 2 * gradient * gradient + cubes;
                double alpha = gradient * gradient / ((below == 0 ? 1 : below) + 1e-7);
                weight += alpha * Math.max(0, Math.exp(site.score().ofInput()) * gradient);
            }
            for (int i = 0; i < places; i++) {
                map[i] += weight * a.data()[i * channels + c];
            }
        }
        return map;
    }

    private void compare(String figure, Tensor input, int target, double[] expected) {
        Matcher parts = FIGURE.matcher(figure);
        assertTrue(parts.matches(), figure);
        boolean relu = "1".equals(parts.group(3));
        Site site = site(parts.group(1), parts.group(2), input, target);
        float[] actual = ours(parts.group(1), site, relu);
        double[] wanted = expected.clone();
        if (METHODS.get(parts.group(1)).equals("Eigen-CAM")) {
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = Math.abs(wanted[i]);
            }
        }
        assertEquals(wanted.length, actual.length, figure);
        double scale = Maps.maxAbs(wanted);
        List<Integer> off = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (Math.abs(actual[i] - wanted[i]) > 1e-3 * scale) {
                off.add(i);
            }
        }
        if (!off.isEmpty()) {
            System.out.println("ms3d " + figure + ": off at kinks " + off + " of " + wanted.length);
            Set<Integer> kinks = kinks(parts.group(1), site, relu, scale);
            assertTrue(kinks.containsAll(off), figure + ": off at " + off);
            off.forEach(i -> wanted[i] = actual[i]);
        }
        atKinks += off.size();
        values += wanted.length;
        double error = Maps.maxDifference(actual, wanted);
        double correlation = Maps.correlation(actual, wanted);
        largest = Math.max(largest, error / scale);
        assertTrue(error <= 1e-3 * scale, figure + ": error " + error / scale);
        assertTrue(correlation >= 0.9999 || scale == 0, figure + ": correlation " + correlation);
    }

    @Test
    void bundled() {
        Tensor input =
                GoldenMs3d.channelsLast(Npy.readAll(folder.resolve("regions.npz")).get("input"));
        Map<String, Npy> figures = Npy.readAll(folder.resolve("cams.npz"));
        for (Map.Entry<String, Npy> figure : figures.entrySet()) {
            String name = figure.getKey().replaceAll("_[01]$", "");
            int target = figure.getKey().endsWith("_1") ? 1 : 0;
            if (FIGURE.matcher(name).matches()) {
                compare(name, input, target, figure.getValue().values());
            }
        }
    }

    /** Half-pixel centres, as Captum's interpolation without {@code align_corners}. */
    @Test
    void interpolated() {
        Tensor input =
                GoldenMs3d.channelsLast(Npy.readAll(folder.resolve("regions.npz")).get("input"));
        Map<String, Npy> figures = Npy.readAll(folder.resolve("cams.npz"));
        double[] index = figures.get("index").values();
        GradCam method = new GradCam();
        for (int target = 0; target < 2; target++) {
            Problem problem = problem(method, input, target, "relu", "yes");
            float[] map = method.attribute(problem, Progress.NONE).map().data();
            double[] expected =
                    figures.get("layer_gradcam_conv3_relu1_up_linear_" + target).values();
            float[] picked = new float[expected.length];
            for (int i = 0; i < picked.length; i++) {
                picked[i] = map[(int) index[i]];
            }
            double error = Maps.maxDifference(picked, expected) / Maps.maxAbs(expected);
            System.out.printf(
                    "ms3d Grad-CAM of logit %d interpolated: error %.1e%n", target, error);
            assertTrue(error <= 1e-3, "error " + error);
        }
    }

    @Tag("long")
    @Test
    void everyFigureOfTheOtherTools() throws IOException {
        GoldenMs3d golden = GoldenMs3d.shared();
        int compared = 0;
        for (GoldenMs3d.Figure figure : golden.figures(GoldenCamTest::isOnALayer)) {
            double[] expected = figure.expected();
            if (figure.file().endsWith(".npz")) {
                expected = summed(Npy.readAll(golden.folder().resolve(figure.file())).get("a"));
            }
            Tensor input = golden.input(figure.input());
            compare(figure.method(), input, figure.target(), expected);
            compared++;
        }
        assertEquals(122, compared);
        assertTrue(atKinks <= 1e-3 * values, atKinks + " of " + values);
    }

    private static boolean isOnALayer(String method) {
        Matcher parts = FIGURE.matcher(method);
        return parts.matches() && METHODS.containsKey(parts.group(1));
    }

    /** The sum over channels, N,C,D,H,W. */
    private static double[] summed(Npy figure) {
        int channels = figure.shape()[1];
        int places = figure.values().length / channels;
        double[] sum = new double[places];
        for (int i = 0; i < figure.values().length; i++) {
            sum[i % places] += figure.values()[i];
        }
        return sum;
    }
}
