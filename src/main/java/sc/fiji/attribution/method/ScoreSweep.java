/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Locale;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;

/**
 * Scores of many images, batch by batch in one buffer: each image is written just before it is
 * needed. How many go together is measured while the work is done, unless the user said it.
 */
public final class ScoreSweep {

    public static final Option.Whole LIMIT =
            new Option.Whole(
                    "limit",
                    "refuse to start above that many passes, 0 = no limit",
                    0,
                    0,
                    Integer.MAX_VALUE);

    /** Writes image number {@code index} to a place in a batch. */
    @FunctionalInterface
    public interface Image {
        void write(int index, Tensor batch, int place);
    }

    /** Takes the score of image {@code index}, which still stands at its place in the batch. */
    @FunctionalInterface
    public interface Sink {
        void accept(int index, double score, int place);
    }

    private final Score score;
    private final Batches batches;
    private final BatchSize size;

    public ScoreSweep(Score score, Problem problem) {
        this.score = score;
        this.batches = new Batches(problem.input());
        this.size =
                new BatchSize(
                        problem.settings().get(Declaration.BATCH),
                        problem.input(),
                        score.tuning(),
                        "scores");
    }

    /**
     * Refuses a run that costs more than the user allows, before anything is computed.
     *
     * @throws OptionException if it does
     */
    public static void requireWithinLimit(Problem problem, String what, long passes) {
        int limit = problem.settings().get(LIMIT);
        if (limit > 0 && passes > limit) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "limit=%d: %s would take %d passes; raise the limit, or ask for less.",
                            limit,
                            what,
                            passes));
        }
        if (passes > Integer.MAX_VALUE) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "%s would take %d passes, which never ends; ask for less.",
                            what,
                            passes));
        }
    }

    /** Visits that many images in order. */
    public void run(int count, Pace pace, Image image, Sink sink) {
        for (int first = 0; first < count; ) {
            pace.next();
            int n = Math.min(size.next(), count - first);
            long start = System.nanoTime();
            Tensor batch = batches.of(n);
            for (int i = 0; i < n; i++) {
                image.write(first + i, batch, i);
            }
            double[] scores = score.ofAll(batch);
            size.took(n, seconds(start));
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, scores[i], i);
            }
            first += n;
            pace.did(n, seconds(start));
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
