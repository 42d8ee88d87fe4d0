/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;

/** f(x) = Σ w·x, whose metrics have closed forms; its maps are w·(x − reference). */
public final class LinearScore implements Explained, Explainer {

    public final double[] weights;
    public Optional<Regions> regions = Optional.empty();
    private final Tensor input;
    private final Tensor reference;

    public LinearScore(long seed, String axes, int... shape) {
        Random random = new Random(seed);
        this.input = Tensor.zeros(new Axes(axes), shape);
        this.reference = Tensor.zerosLike(input);
        this.weights = random.doubles(input.length(), -1, 1).toArray();
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
            reference.data()[i] = 0.1f * random.nextFloat();
        }
    }

    @Override
    public Tensor input() {
        return input;
    }

    @Override
    public Tensor reference() {
        return reference;
    }

    @Override
    public Optional<Regions> regions() {
        return regions;
    }

    @Override
    public double[] scores(Tensor batch) {
        double[] scores = new double[batch.size('b')];
        for (int i = 0; i < batch.length(); i++) {
            scores[i / weights.length] += weights[i % weights.length] * batch.data()[i];
        }
        return scores;
    }

    @Override
    public float[][] logits(Tensor batch) {
        double[] scores = scores(batch);
        float[][] logits = new float[scores.length][1];
        for (int i = 0; i < scores.length; i++) {
            logits[i][0] = (float) scores[i];
        }
        return logits;
    }

    @Override
    public Tensor map(Tensor image, Progress progress) {
        Tensor map = Tensor.zerosLike(image);
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] = (float) (weights[i] * (image.data()[i] - reference.data()[i]));
        }
        return map;
    }

    @Override
    public Optional<Explainer> explainer() {
        return Optional.of(this);
    }

    @Override
    public List<String> layers() {
        return List.of("last", "middle", "first");
    }

    @Override
    public List<String> otherTargets() {
        return List.of();
    }

    @Override
    public boolean hasRandomLabels() {
        return false;
    }

    @Override
    public Tensor mapOf(Change change, Progress progress) {
        if (!(change instanceof Change.Shuffled order)) {
            throw new IllegalArgumentException("not of a linear network: " + change);
        }
        // Each layer has every third weight.
        Tensor map = map(input, progress);
        for (int i = 0; i < map.length(); i++) {
            if (order.layers().contains(layers().get(i % 3))) {
                map.data()[i] = (float) new Random(order.seed() + i).nextGaussian();
            }
        }
        return map;
    }

    @Override
    public long passes() {
        return 1;
    }

    /** The map of the input, with or without a channel axis. */
    public Trial trial(boolean[] mask) {
        return new Trial(
                map(input, Progress.NONE), Optional.ofNullable(mask), Optional.of(this), 20, 5, 7);
    }
}
