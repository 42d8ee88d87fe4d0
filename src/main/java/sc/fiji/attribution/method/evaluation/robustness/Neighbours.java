/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Images close to the one that was explained, and their maps: uniform noise of up to a share of the
 * image's range in every value. They are made and judged one after the other.
 */
final class Neighbours {

    /** Share of the image's range. */
    static final double RADIUS = 0.02;

    /** What is asked of each. */
    interface Judge {
        double of(Tensor image, Tensor map);
    }

    private final Explained explained;
    private final Trial trial;

    /** Of the image that was explained; null until they are asked for. */
    private float[] logits;

    Neighbours(Trial trial) {
        this.trial = trial;
        this.explained = trial.explained().orElseThrow();
    }

    Tensor input() {
        return explained.input();
    }

    /** Of the noise. */
    double radius() {
        return RADIUS * range(explained.input());
    }

    /** A figure of each of the trial's samples. */
    List<Double> each(Judge judge, Progress progress) {
        SplittableRandom random = new SplittableRandom(trial.seed());
        double radius = radius();
        List<Double> figures = new ArrayList<>();
        for (int i = 0; i < trial.samples(); i++) {
            Tensor image = explained.input().copy();
            for (int k = 0; k < image.length(); k++) {
                image.data()[k] += (float) (radius * (2 * random.nextDouble() - 1));
            }
            Progress part = Progress.part(progress, i, trial.samples());
            Tensor map =
                    trial.shared().map(List.of("noise", i), () -> explainer().map(image, part));
            figures.add(judge.of(image, map));
        }
        return figures;
    }

    private Explainer explainer() {
        return trial.explainer();
    }

    /** Euclidean distance of an image's logits from those of the image that was explained. */
    double logitsMove(Tensor image) {
        if (logits == null) {
            logits = explained.logits(explained.input())[0];
        }
        return distance(logits, explained.logits(image)[0]);
    }

    private static double range(Tensor image) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : image.data()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return high - low;
    }

    /** Euclidean length of a difference. */
    static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** Euclidean length. */
    static double length(float[] a) {
        return distance(a, new float[a.length]);
    }

    /** Length of (a − b) ÷ a, value by value; divisors of 0 are taken as a millionth. */
    static double relative(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double share = ((double) a[i] - b[i]) / (a[i] == 0 ? FLOOR : a[i]);
            sum += share * share;
        }
        return Math.sqrt(sum);
    }

    private static final double FLOOR = 1e-6;
}
