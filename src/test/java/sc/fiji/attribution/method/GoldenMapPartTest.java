/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks that put out a map, of four frameworks: what explains class 1 inside a mask, against the
 * same networks closed by a sum over it, in double precision, the largest in single ({@code
 * make_maps.py}, which checks its gradients by central differences).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenMapPartTest {

    private static final ModelOptions MAP = ModelOptions.NONE;

    private Map<String, Npy> figures;

    @BeforeAll
    void read() {
        figures = Npy.readAll(Resources.bundled("golden/maps").resolve("figures.npz"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_legacy_opset17.onnx",
                "model_dynamo_opset20.onnx",
                "model_traced.pt",
                "model_frozen.pt"
            })
    void aSegmentationBesideAClass(String file) {
        Path folder = Resources.shared("frameworks/SEUnetAux");
        Npy x = Npy.readAll(folder.resolve("golden.npz")).get("x0");
        String output = file.endsWith(".pt") ? "output_1" : "segmentation";
        check("seunet", folder.resolve(file), scores(output), x, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.keras", "model.h5"})
    void aUnetBesideAClass(String file) {
        Path folder = Resources.shared("frameworks/keras_multi_output_unet");
        Npy x = Npy.readAll(folder.resolve("golden.npz")).get("x0");
        check("kunet", folder.resolve(file), scores("seg"), x, 1);
    }

    private static ModelOptions scores(String output) {
        return ModelOptions.NONE.withScores(output);
    }

    @Test
    void aUnetOfVolumes() {
        Path model = Resources.bundled("golden/maps").resolve("unet3d.keras");
        check("unet3d", model, MAP, image(1, 8, 12, 16, 1), 1);
    }

    /** Channels first, its convolutions inside calls that TensorFlow does not inline. */
    @Test
    @Tag("long")
    void meshNet() {
        Path model = Resources.shared("models/third-party/brainchop_model30_3class_ncdhw");
        check("meshnet", model, MAP, image(1, 1, 64, 64, 64), 61);
    }

    /** As the script makes it. */
    private static Npy image(int... shape) {
        double[] x = new double[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < x.length; i++) {
            x[i] = 0.5 + 0.5 * Math.sin(0.7 * i) * Math.cos(0.013 * i);
        }
        return new Npy(shape, x, new String[0]);
    }

    /**
     * Figures in double precision hold to 1e-5 of the largest. Those in single precision, some of
     * the values only, hold to 1e-3 in the mean square: which of the units near zero a ReLU lets
     * through depends on how a processor's kernels round. With AVX2 one in a hundred values of
     * MeshNet's gradient is more than 1e-4 off, and with TensorFlow's own kernels instead of
     * oneDNN's, on the same processor, none more than 4e-7.
     *
     * @param every the figures hold the first of so many values
     */
    private void check(String name, Path model, ModelOptions options, Npy x, int every) {
        try (Classifier network = Engines.open(model, options)) {
            boolean named = !model.toString().contains("frozen");
            assertEquals(named, layer(name, network).isPresent(), name);
            Tensor image = new Tensor(network.spec().axes(), x.shape(), x.floats());
            Area area = new Area(mask(network, image), "mean inside a mask");
            double score = figures.get(name + "_score").values()[0];
            Optional<String> layer = layer(name, network);
            for (String[] each :
                    new String[][] {
                        {"Gradient", "gradient"},
                        {"Integrated Gradients", "ig"},
                        {"Grad-CAM", "cam"}
                    }) {
                if (each[1].equals("cam") && layer.isEmpty()) {
                    continue;
                }
                AttributionMethod method = AttributionMethods.named(each[0]);
                Map<String, String> more =
                        switch (each[1]) {
                            case "ig" -> Map.of("steps", every == 1 ? "8" : "2");
                            case "cam" -> Map.of("layer", layer.orElse(""));
                            default -> Map.of();
                        };
                Settings settings = Settings.of(method.declaration().options(), more);
                Problem problem =
                        new Problem(network, image, "1", new Baseline.Constant(0), settings);
                Attribution found = method.attribute(problem.at(area), Progress.NONE);
                double[] expected = figures.get(name + "_" + each[1]).values();
                double largest = Maps.maxAbs(figures.get(name + "_" + each[1]).floats());
                float[] map = found.map().data();
                assertEquals((map.length + every - 1) / every, expected.length);
                double worst = 0;
                double squares = 0;
                double squaresExpected = 0;
                for (int i = 0; i < expected.length; i++) {
                    double apart = Math.abs(expected[i] - map[i * every]);
                    worst = Math.max(worst, apart);
                    squares += apart * apart;
                    squaresExpected += expected[i] * expected[i];
                }
                if (every == 1) {
                    assertTrue(worst <= 1e-5 * largest, each[0] + ": " + worst / largest);
                } else {
                    double apart = Math.sqrt(squares / squaresExpected);
                    assertTrue(apart <= 1e-3, each[0] + ": " + apart);
                }
                assertEquals(score, found.score(), 1e-5 * Math.max(1, Math.abs(score)), each[0]);
            }
        }
    }

    /**
     * An activation that is as large as the image; the script takes the same. Frozen networks have
     * lost the names of their layers.
     */
    private static Optional<String> layer(String name, Classifier network) {
        List<String> names =
                network.layers().orElseThrow().list().stream().map(Layer::name).toList();
        return names.stream()
                .filter(
                        each ->
                                switch (name) {
                                    case "seunet" -> each.matches("a|n4|.*a\\W2.*");
                                    case "kunet" -> each.equals("conv2d_13");
                                    case "unet3d" -> each.equals("first");
                                    default -> each.endsWith("30");
                                })
                .findFirst();
    }

    /** An ellipsoid beside the middle, as weights that add up to 1. */
    private static Tensor mask(Classifier network, Tensor image) {
        String space = image.axes().spatial();
        int[] shape = new int[space.length() + 1];
        shape[0] = 1;
        for (int i = 0; i < space.length(); i++) {
            shape[i + 1] = image.size(space.charAt(i));
        }
        Tensor mask = Tensor.zeros(new Axes("b" + space), shape);
        int inside = 0;
        for (int i = 0; i < mask.length(); i++) {
            double r = 0;
            for (int axis = 1, stride = mask.length(); axis < shape.length; axis++) {
                int n = shape[axis];
                stride /= n;
                r += Math.pow((i / stride % n - 0.4 * n) / (0.25 * n), 2);
            }
            mask.data()[i] = r <= 1 ? 1 : 0;
            inside += r <= 1 ? 1 : 0;
        }
        for (int i = 0; i < mask.length(); i++) {
            mask.data()[i] /= inside;
        }
        return mask;
    }
}
