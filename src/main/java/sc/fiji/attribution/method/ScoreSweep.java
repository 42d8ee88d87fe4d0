/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
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

    /** Runs that take longer than this say so before they go on. */
    private static final double LONG_SECONDS = 10;

    /** Writes image number {@code index} to {@code data}, beginning at {@code offset}. */
    @FunctionalInterface
    public interface Image {
        void write(int index, float[] data, int offset);
    }

    /** Takes the score of image {@code index}, which still stands at {@code offset}. */
    @FunctionalInterface
    public interface Sink {
        void accept(int index, double score, int offset);
    }

    private final Score score;
    private final Progress progress;
    private final String what;
    private final long total;
    private final int length;
    private final Batches batches;
    private final BatchSize size;
    private long done;
    private double seconds;
    private boolean noted;

    /**
     * @param passes that the whole run takes, for progress and for the user's limit
     * @throws OptionException where these are more than the user allows
     */
    public ScoreSweep(Score score, Problem problem, String what, long passes, Progress progress) {
        this.score = score;
        this.progress = progress;
        this.what = what;
        this.total = passes;
        this.length = problem.input().length();
        this.batches = new Batches(problem.input());
        this.size = BatchSize.of(problem.settings().get(Declaration.BATCH), problem.input());
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
                            "limit=%d: %s would take %d passes; raise the limit, or ask for less.",
                            limit, what, passes));
        }
    }

    /** Visits that many images in order. Progress is told before each model call. */
    public void run(int count, Image image, Sink sink) {
        for (int first = 0; first < count; ) {
            progress.update(done, total, what + remaining());
            int n = Math.min(size.next(), count - first);
            long start = System.nanoTime();
            Tensor batch = batches.of(n);
            for (int i = 0; i < n; i++) {
                image.write(first + i, batch.data(), i * length);
            }
            double[] scores = score.ofAll(batch);
            double took = (System.nanoTime() - start) / 1e9;
            size.took(n, took);
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, scores[i], i * length);
            }
            first += n;
            done += n;
            seconds += (System.nanoTime() - start) / 1e9;
            note();
        }
        progress.update(Math.min(done, total), total, what);
    }

    /** Images per model call as it was measured or asked for. */
    public int batch() {
        return size.next();
    }

    /** Once the first calls, which are slower, are over. */
    private void note() {
        if (!noted && size.settled()) {
            noted = true;
            double expected = seconds / done * (total - done);
            if (expected > LONG_SECONDS) {
                progress.note(
                        what + ": " + total + " passes, about " + duration(expected) + " to go.");
            }
        }
    }

    private String remaining() {
        return done == 0 ? "" : ", " + duration(seconds / done * (total - done)) + " left";
    }

    private static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 120
                ? whole + " s"
                : whole < 7200 ? (whole + 30) / 60 + " min" : (whole + 1800) / 3600 + " h";
    }
}
