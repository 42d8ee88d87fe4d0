/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.BatchSize;
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

    /** Takes f at point {@code index} and the gradient, which begins at {@code offset}. */
    @FunctionalInterface
    interface Sink {
        void accept(int index, double score, float[] gradient, int offset);
    }

    private final Score score;
    private final int length;
    private final Batches[] buffers;
    private final BatchSize size;
    private final Propagation rules;
    private int turn;

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
        this.buffers = new Batches[] {new Batches(single), new Batches(single)};
        this.size = new BatchSize(batch, single, score.tuning(), "gradients by " + rules);
    }

    /**
     * Visits the points in order. Progress is told before each model call and at the end. While the
     * model runs, another thread takes what the call before gave, and then writes the next points:
     * the two never at once, and in the order of the points, so that results have the same bits.
     */
    void run(int count, Point point, Sink sink, Progress progress, String what) {
        Tensor points = written(point, 0, count);
        Score.Gradient gradient = null;
        int taken = 0;
        for (int first = 0; first < count; ) {
            progress.update(first, count, what);
            int n = points.size('b');
            int next = first + n;
            int last = taken;
            Score.Gradient before = gradient;
            // Not before the size of the next batch is known.
            boolean ahead = size.isSettled() && next < count;
            CompletableFuture<Tensor> aside =
                    CompletableFuture.supplyAsync(
                            () -> {
                                if (before != null) {
                                    take(sink, last, before);
                                }
                                return ahead ? written(point, next, count) : null;
                            });
            try {
                long start = System.nanoTime();
                gradient = score.gradient(points, rules);
                size.took(n, (System.nanoTime() - start) / 1e9);
            } finally {
                points = finished(aside);
            }
            if (points == null && next < count) {
                points = written(point, next, count);
            }
            taken = first;
            first = next;
        }
        take(sink, taken, gradient);
        progress.update(count, count, what);
    }

    private Tensor written(Point point, int first, int count) {
        int n = Math.min(size.next(), count - first);
        turn = 1 - turn;
        Tensor points = buffers[turn].of(n);
        for (int i = 0; i < n; i++) {
            point.write(first + i, points.data(), i * length);
        }
        return points;
    }

    private void take(Sink sink, int first, Score.Gradient gradient) {
        double[] scores = gradient.values();
        for (int i = 0; i < scores.length; i++) {
            sink.accept(first + i, scores[i], gradient.gradient().data(), i * length);
        }
    }

    private static Tensor finished(CompletableFuture<Tensor> aside) {
        try {
            return aside.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
