/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Propagation;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Score;

/**
 * Gradients at many points, batch by batch: each point is written into the batch just before it is
 * needed and each gradient is handed on at once, so memory does not grow with their number.
 */
final class GradientSweep {

    /** Writes point number {@code index} to {@code data}, beginning at {@code offset}. */
    @FunctionalInterface
    interface Point {
        void write(int index, float[] data, int offset);
    }

    /** Takes the gradient at point {@code index}, which begins at {@code offset}. */
    @FunctionalInterface
    interface Sink {
        void accept(int index, float[] gradient, int offset);
    }

    private final Score score;
    private final int length;
    private final Batches batches;
    private final int batch;
    private final Propagation rules;

    /**
     * @param single one image, whose axes and shape the points take
     * @param batch points per model call, 0 = automatic
     */
    GradientSweep(Score score, Tensor single, int batch) {
        this(score, single, batch, Propagation.Gradient.PLAIN);
    }

    /**
     * @param rules of the backward pass
     */
    GradientSweep(Score score, Tensor single, int batch, Propagation rules) {
        this.rules = rules;
        this.score = score;
        this.length = single.length();
        this.batches = new Batches(single);
        this.batch = Batches.size(batch, single);
    }

    /** Visits the points in order. Progress is told before each model call and at the end. */
    void run(int count, Point point, Sink sink, Progress progress, String what) {
        for (int first = 0; first < count; first += batch) {
            progress.update(first, count, what);
            int n = Math.min(batch, count - first);
            Tensor points = batches.of(n);
            for (int i = 0; i < n; i++) {
                point.write(first + i, points.data(), i * length);
            }
            float[] gradient = score.gradient(points, rules).gradient().data();
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, gradient, i * length);
            }
        }
        progress.update(count, count, what);
    }
}
