/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Progress;

/** How far a run of many model calls is, and how long it has still to go. */
public final class Pace {

    private final String what;
    private final long total;
    private final Progress progress;
    private long done;
    private long timed;
    private double seconds;
    private int calls;

    /**
     * @param what is done, for people
     * @param total images in all
     */
    public Pace(String what, long total, Progress progress) {
        this.what = what;
        this.total = total;
        this.progress = progress;
    }

    /**
     * To be called before each model call.
     *
     * @throws sc.fiji.attribution.core.CancelledException if the user asked to stop
     */
    public void next() {
        String left = timed == 0 ? "" : ", " + duration(left()) + " left";
        progress.update(done, total, what + left);
    }

    /** What a call took. The first one also wakes the engine up, so it counts only while alone. */
    public void did(int images, double took) {
        done += images;
        if (++calls == 2) {
            timed = 0;
            seconds = 0;
        }
        timed += images;
        seconds += took;
    }

    /** After the last call, or where no more is needed. */
    public void finish() {
        progress.update(done, total, what);
    }

    private double left() {
        return seconds / timed * (total - done);
    }

    /** For people: {@code 90 s}, {@code 12 min}. */
    static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 120
                ? whole + " s"
                : whole < 7200 ? (whole + 30) / 60 + " min" : (whole + 1800) / 3600 + " h";
    }
}
