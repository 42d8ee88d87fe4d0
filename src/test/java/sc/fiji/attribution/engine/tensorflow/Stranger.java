/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.testing.Npy;

/**
 * A model that this project did not make, with the figures that its makers recorded.
 *
 * @param name its folder
 * @param model the SavedModel
 * @param figures by name; see the collection's index
 * @param expected what should happen: {@code ok …} or {@code refuse …}
 * @param pathOps number of nodes between image and scores, -1 where nobody counted
 */
record Stranger(String name, Path model, Map<String, Npy> figures, String expected, int pathOps) {

    static Stranger generated(Path folder) {
        try {
            JsonObject meta =
                    new Gson()
                            .fromJson(
                                    Files.readString(folder.resolve("meta.json")),
                                    JsonObject.class);
            JsonObject ops = meta.getAsJsonObject("verify").getAsJsonObject("ops_on_path");
            return new Stranger(
                    folder.getFileName().toString(),
                    folder.resolve("saved_model"),
                    Npy.readAll(folder.resolve("golden.npz")),
                    meta.get("expected").getAsString(),
                    ops == null
                            ? -1
                            : ops.entrySet().stream().mapToInt(e -> e.getValue().getAsInt()).sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRefused() {
        return expected.startsWith("refuse");
    }

    /** Whether it was exported with its data augmentation active. */
    boolean isAugmented() {
        return expected.startsWith("warn or refuse");
    }

    /** The name of the image among several inputs; empty where it is the only one. */
    private String image() {
        return figures.containsKey("x0") ? "" : "__image";
    }

    /** The other inputs of the i-th example. */
    ModelOptions options(int i) {
        Map<String, float[]> constants = new LinkedHashMap<>();
        figures.forEach(
                (key, value) -> {
                    if (key.startsWith("x" + i + "__") && !key.endsWith(image())) {
                        constants.put(key.substring(4), value.floats());
                    }
                });
        return ModelOptions.NONE.withConstants(constants);
    }

    Tensor input(int i, Classifier classifier) {
        Npy x = figures.get("x" + i + image());
        return new Tensor(classifier.spec().axes(), x.shape(), x.floats());
    }

    /** As the model itself gave them. */
    double[] logits(int i) {
        return figures.get("logits" + i).values();
    }

    double[] twinLogits(int i) {
        return best("logits" + i).orElseThrow();
    }

    int index(String which, int i) {
        return (int) figures.get(which + i).values()[0];
    }

    /** Gradient of the logit of class {@code top} or {@code other}. */
    double[] gradient(String which, int i) {
        return best("grad_" + which + i + image()).orElseThrow();
    }

    /** Integrated Gradients; empty for several inputs, where the path moved all of them. */
    Optional<double[]> integrated(int i) {
        return image().isEmpty() ? best("ig_top" + i) : Optional.empty();
    }

    /** The same for the image among several inputs, where the path moved all of them. */
    Optional<double[]> jointlyIntegrated(int i) {
        return image().isEmpty() ? Optional.empty() : best("ig_top" + i + image());
    }

    /** Probabilities that the file itself gives, where an output has as many numbers. */
    Optional<double[]> probabilities(int i, int count) {
        return figures.entrySet().stream()
                .filter(e -> e.getKey().startsWith("out" + i + "__"))
                .map(e -> e.getValue().values())
                .filter(values -> values.length == count)
                .filter(values -> Math.abs(java.util.Arrays.stream(values).sum() - 1) < 1e-3)
                .findFirst();
    }

    /** The float64 twin's figures where there is one, else the recorded ones. */
    private Optional<double[]> best(String key) {
        Npy twin = figures.get("f64_" + key);
        Npy recorded = figures.get(key);
        return Optional.ofNullable(twin == null ? recorded : twin).map(Npy::values);
    }
}
