/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.gradient.Quadrature;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;

/**
 * What another framework computed of one of its networks, in float64: logits, gradients of the best
 * and the second class, Integrated Gradients of the best (50 Gauss–Legendre nodes from zero).
 *
 * @param image name of the image among several inputs, empty where it is the only one
 * @param npz the figures by name
 */
public record FrameworkFigures(String image, Map<String, Npy> npz) {

    /** How far a model is from them: of the largest logit, and of the largest gradient. */
    public record Errors(double logits, double gradient, double integrated) {}

    /** Of a network's folder. */
    public static FrameworkFigures read(Path folder) throws IOException {
        JsonObject meta =
                new Gson()
                        .fromJson(Files.readString(folder.resolve("meta.json")), JsonObject.class);
        Map<String, Npy> npz = Npy.readAll(folder.resolve("golden.npz"));
        boolean several = npz.containsKey("x0__image");
        return new FrameworkFigures(several ? "__image" : "", npz);
    }

    private ModelOptions options(int i) {
        Map<String, float[]> constants = new LinkedHashMap<>();
        npz.forEach(
                (key, value) -> {
                    boolean besides = image.isEmpty() || !key.endsWith(image);
                    if (key.startsWith("x" + i + "__") && besides) {
                        constants.put(key.substring(4), value.floats());
                    }
                });
        return ModelOptions.NONE.withConstants(constants);
    }

    /** Opens a file and compares it, on two images. */
    public Errors compare(Path file) {
        double[] worst = new double[3];
        for (int i = 0; i < 2; i++) {
            try (Classifier c = Engines.open(file, options(i))) {
                Npy image = npz.get("x" + i + this.image);
                Tensor x = new Tensor(c.spec().axes(), image.shape(), image.floats());
                double[] logits = npz.get("logits" + i).values();
                worst[0] = Math.max(worst[0], off(logits, c.logits(x)[0], max(logits)));
                for (String which : List.of("top", "other")) {
                    int index = (int) npz.get(which + i).values()[0];
                    boolean opposite = logits.length == 1 && which.equals("other");
                    if (opposite) {
                        continue;
                    }
                    double[] expected = npz.get("grad_" + which + i + image()).values();
                    float[] found = gradient(c, x, logits.length, index);
                    worst[1] = Math.max(worst[1], off(expected, found, max(expected)));
                }
                int top = (int) npz.get("top" + i).values()[0];
                double[] expected = npz.get("ig_top" + i + image()).values();
                worst[2] =
                        Math.max(
                                worst[2],
                                off(expected, integrated(c, x, logits.length, top), max(expected)));
            }
        }
        return new Errors(worst[0], worst[1], worst[2]);
    }

    private static float[] gradient(Classifier c, Tensor x, int classes, int index) {
        float[] cotangent = new float[classes];
        cotangent[index] = 1;
        return c.gradients()
                .orElseThrow(() -> new AssertionError(c.whyNoGradients().orElse("")))
                .gradient(x, new float[][] {cotangent})
                .gradient()
                .data();
    }

    private static float[] integrated(Classifier c, Tensor x, int classes, int index) {
        Quadrature nodes = Quadrature.of("gausslegendre", 50);
        double[] sum = new double[x.data().length];
        for (int k = 0; k < nodes.size(); k++) {
            float[] at = new float[sum.length];
            for (int i = 0; i < at.length; i++) {
                at[i] = (float) (x.data()[i] * nodes.nodes()[k]);
            }
            float[] slope = gradient(c, new Tensor(x.axes(), x.shape(), at), classes, index);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += slope[i] * nodes.weights()[k];
            }
        }
        float[] result = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            result[i] = (float) (sum[i] * x.data()[i]);
        }
        return result;
    }

    private static double max(double[] values) {
        double max = 1e-30;
        for (double value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    private static double off(double[] expected, float[] found, double scale) {
        if (expected.length != found.length) {
            throw new AssertionError(found.length + " numbers instead of " + expected.length);
        }
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = Math.abs(expected[i] - found[i]);
            worst = Math.max(worst, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
        }
        return worst / scale;
    }
}
