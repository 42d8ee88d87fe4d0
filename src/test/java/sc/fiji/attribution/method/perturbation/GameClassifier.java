/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.RegionScore;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Any function of a row of numbers as a classifier; a game, where each number is a region that is 1
 * when it is in and 0 when it is out.
 */
record GameClassifier(int players, ToDoubleFunction<float[]> game) implements Classifier {

    @Override
    public ModelSpec spec() {
        return new ModelSpec(
                "game",
                "",
                new Axes("bxc"),
                new int[] {-1, players, 1},
                Head.LINEAR,
                List.of("value", "zero"));
    }

    @Override
    public float[][] logits(Tensor batch) {
        float[][] logits = new float[batch.size('b')][];
        for (int i = 0; i < logits.length; i++) {
            float[] row = Arrays.copyOfRange(batch.data(), i * players, (i + 1) * players);
            logits[i] = new float[] {(float) game.applyAsDouble(row), 0};
        }
        return logits;
    }

    /** What a region method finds for it. */
    Attribution play(String name, String... options) {
        Tensor input = Tensor.zeros(new Axes("bxc"), 1, players, 1);
        Arrays.fill(input.data(), 1);
        Tensor labels = Tensor.zeros(new Axes("bx"), 1, players);
        String[] names = new String[players];
        for (int i = 0; i < players; i++) {
            labels.data()[i] = i + 1;
            names[i] = "region " + i;
        }
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), map(options));
        Problem problem =
                new Problem(this, input, "value", new Baseline.Constant(0), settings)
                        .with(new Regions(labels, List.of(names)));
        return method.attribute(problem, Progress.NONE);
    }

    static Map<String, String> map(String... options) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        return map;
    }

    static double[] values(Attribution attribution) {
        return attribution.regions().stream().mapToDouble(RegionScore::value).toArray();
    }

    @Override
    public Optional<Gradients> gradients() {
        return Optional.empty();
    }

    @Override
    public Optional<String> whyNoGradients() {
        return Optional.of("A game has no gradients.");
    }

    @Override
    public Map<String, String> facts() {
        return Map.of();
    }

    @Override
    public Optional<Layers> layers() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
