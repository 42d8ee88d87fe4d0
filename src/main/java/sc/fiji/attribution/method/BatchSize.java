/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.lang.management.ManagementFactory;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.machine.JavaHeap;

/**
 * How many images go through the model together: the user's number, or the one that measures best.
 * Measuring starts at a guess and doubles as long as that saves time and fits in memory: each size
 * is timed twice, because the first call of a size is slower. Small images are not worth it.
 */
final class BatchSize {

    /** With fewer values than this per image, {@link Batches#size} is good enough. */
    private static final int WORTH_MEASURING = 1 << 14;

    private static final int LARGEST = 64;

    /** A larger batch must save this share of the time. */
    private static final double WORTH = 0.05;

    private final boolean fixed;
    private final long imageBytes;
    private final long committedBefore = committed();
    private int size;
    private int best;
    private double bestSeconds = Double.POSITIVE_INFINITY;
    private double fastest = Double.POSITIVE_INFINITY;
    private int calls;
    private boolean settled;

    private BatchSize(int size, boolean fixed, long imageBytes) {
        this.size = size;
        this.best = size;
        this.fixed = fixed;
        this.imageBytes = imageBytes;
    }

    /**
     * @param wanted the user's, 0 for automatic
     */
    static BatchSize of(int wanted, Tensor single) {
        boolean fixed = wanted > 0 || single.length() < WORTH_MEASURING;
        return new BatchSize(
                Batches.size(wanted, single), fixed, (long) single.length() * Float.BYTES);
    }

    /** For the next model call. */
    int next() {
        return size;
    }

    /** What a call took. */
    void took(int images, double seconds) {
        if (settled || images != size) {
            return;
        }
        calls++;
        fastest = Math.min(fastest, seconds / images);
        if (calls < 2) {
            return;
        }
        boolean better = fastest < (1 - WORTH) * bestSeconds;
        if (better) {
            best = size;
            bestSeconds = fastest;
        }
        if (fixed || !better || 2 * size > LARGEST || !fits(2 * size)) {
            settled = true;
            size = best;
        } else {
            size *= 2;
            calls = 0;
            fastest = Double.POSITIVE_INFINITY;
        }
    }

    /** Judged by what the calls so far have taken from the system. */
    private boolean fits(int next) {
        long free = JavaHeap.free();
        long perImage = Math.max(0, committed() - committedBefore) / size;
        return 4 * imageBytes * next < free / 2 && perImage * next < physical() / 4;
    }

    private static long committed() {
        return system() == null ? 0 : system().getCommittedVirtualMemorySize();
    }

    private static long physical() {
        return system() == null ? Long.MAX_VALUE : system().getTotalMemorySize();
    }

    private static com.sun.management.OperatingSystemMXBean system() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean bean
                ? bean
                : null;
    }
}
