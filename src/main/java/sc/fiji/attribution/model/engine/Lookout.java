/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Sees what the process computes, and how much of a processor it could have: a thread that wants
 * five milliseconds of one measures how long it takes to get them.
 */
final class Lookout {

    private static final long TRIAL = 5_000_000;
    private static final long LONGEST_TRIAL = 1_000_000_000;
    private static final double SECOND = 1e9;

    private final OperatingSystemMXBean process =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean thread = ManagementFactory.getThreadMXBean();
    private long time = System.nanoTime();
    private long used = process.getProcessCpuTime();

    /** Since the last look, without the trial's own. */
    Patience.Look look() {
        long now = System.nanoTime();
        long nowUsed = process.getProcessCpuTime();
        double elapsed = (now - time) / SECOND;
        double computed = (nowUsed - used) / SECOND;
        time = now;
        long before = process.getProcessCpuTime();
        double share = share();
        used = nowUsed + process.getProcessCpuTime() - before;
        return new Patience.Look(elapsed, computed, share);
    }

    private double share() {
        if (!thread.isCurrentThreadCpuTimeSupported()) {
            return 1;
        }
        long start = System.nanoTime();
        long begun = thread.getCurrentThreadCpuTime();
        long had;
        long took;
        do {
            had = thread.getCurrentThreadCpuTime() - begun;
            took = System.nanoTime() - start;
        } while (had < TRIAL && took < LONGEST_TRIAL);
        return took <= 0 ? 1 : Math.min(1, had / (double) took);
    }
}
