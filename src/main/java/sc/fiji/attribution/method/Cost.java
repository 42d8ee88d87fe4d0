/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;

/**
 * What a run of many passes will cost: refused where that is more than the user allows, and said
 * before a long run starts.
 */
public final class Cost {

    /** With fewer passes it is not worth to take some more for an estimate. */
    private static final int MANY = 20;

    /** Runs that may take longer than this are announced. */
    private static final double LONG_SECONDS = 10;

    private Cost() {}

    /**
     * Looks at a run before it starts. Where it has many passes one is timed, and another one where
     * the first, which also wakes the engine up, promises a long run. That is for one image per
     * call: batches, and boxes that need a part of the network only, make it shorter.
     *
     * @param method reads {@link ScoreSweep#LIMIT}
     * @param problem the first image
     * @param passes of all images
     * @param progress gets a line with passes and time, if that is long
     * @throws OptionException where the user allows fewer passes; nothing was computed then
     * @throws CancelledException where progress said stop
     */
    public static void announce(
            AttributionMethod method, Problem problem, long passes, Progress progress) {
        String name = method.declaration().name();
        ScoreSweep.requireWithinLimit(problem, name, passes);
        if (passes < MANY) {
            return;
        }
        progress.update(0, passes, name);
        Score score = new Score(problem);
        double seconds = passes * time(method, score, problem);
        if (seconds > LONG_SECONDS) {
            progress.update(0, passes, name);
            seconds = passes * time(method, score, problem);
        }
        if (seconds > LONG_SECONDS) {
            progress.note(
                    name + ": " + passes + " passes, up to about " + Pace.duration(seconds) + ".");
        }
    }

    private static double time(AttributionMethod method, Score score, Problem problem) {
        long start = System.nanoTime();
        method.pass(score, problem.input());
        return (System.nanoTime() - start) / 1e9;
    }
}
