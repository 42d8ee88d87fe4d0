/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.util.Locale;
import java.util.Optional;

/**
 * How long a call that may never end is waited for. Counted is the processor's time, not the
 * clock's: what the call computed, and what it could have computed while it did not. So a machine
 * with too much to do, or one that sleeps, takes nothing of it.
 */
final class Patience {

    /** Those that wait for something compute nothing; they have this part of the time. */
    private static final int IDLE_PART = 10;

    /** Of what could be computed: less is no work. */
    private static final double IDLE = 0.02;

    /**
     * Of a processor: where there is less, other threads' little work would hide that the call has
     * none.
     */
    private static final double LEAST_SHARE = 0.05;

    /** Seconds that one look stands for, when it comes late. */
    private static final double LONGEST_LOOK = 2;

    private final double seconds;
    private double computed;
    private double used;
    private double possible;

    /**
     * @param seconds for a call that computes
     */
    Patience(double seconds) {
        this.seconds = seconds;
    }

    /**
     * What was seen since the last look.
     *
     * @param elapsed seconds by the clock
     * @param used seconds of all processors that the process had
     * @param share of a processor that a thread of this process gets when it wants one, 0 to 1
     */
    record Look(double elapsed, double used, double share) {}

    /** Why the call is given up; empty as long as it is not. */
    Optional<String> after(Look look) {
        // Of several threads that compute at once, one is the call's.
        computed += Math.min(look.elapsed(), look.used());
        if (computed > seconds) {
            return Optional.of(
                    String.format(Locale.ROOT, "has computed for %.0f s without an end", seconds));
        }
        used += look.used();
        possible += Math.min(look.elapsed(), LONGEST_LOOK) * Math.max(look.share(), LEAST_SHARE);
        if (used > IDLE * possible) {
            used = 0;
            possible = 0;
        }
        double idle = Math.max(1, seconds / IDLE_PART);
        return possible > idle
                ? Optional.of(
                        String.format(
                                Locale.ROOT,
                                "has waited for %.0f s and computed nothing (for a pipe, or a"
                                        + " disk that does not answer)",
                                idle))
                : Optional.empty();
    }
}
