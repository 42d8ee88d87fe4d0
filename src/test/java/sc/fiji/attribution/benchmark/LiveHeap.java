/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.util.function.Consumer;
import sc.fiji.attribution.core.Progress;

/** Java heap that is in use, not merely not collected yet. */
final class LiveHeap {

    private static final int LOOKS = 8;

    private LiveHeap() {}

    /**
     * The most that a computation holds over what was held before it, looked at a few times from
     * its own progress reports.
     */
    static double peakMegabytes(Consumer<Progress> computation) {
        long before = used();
        long[] peak = {0};
        long[] next = {0};
        computation.accept(
                (done, total, what) -> {
                    if (done >= next[0]) {
                        peak[0] = Math.max(peak[0], used() - before);
                        next[0] = done + Math.max(1, total / LOOKS);
                    }
                });
        return peak[0] / 1e6;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
