/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.lang.management.ManagementFactory;
import java.util.OptionalInt;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.model.Tuning;

/**
 * How many images go through the model together: the user's number, or the one that measures best.
 * Measuring starts at a guess and doubles as long as that saves time and fits in memory: each size
 * is timed twice, because the first call of a size is slower. What it came to is remembered with
 * the model. Small images are not worth it.
 */
public final class BatchSize {

    /** With fewer values than this per image, {@link Batches#size} is good enough. */
    private static final int WORTH_MEASURING = 1 << 14;

    private static final int LARGEST = 64;

    /** Values in a batch: where there are more, an image alone keeps all cores busy. */
    private static final int MOST_VALUES = 1 << 22;

    /**
     * A larger batch must save this share of the time: it takes more memory, and times of busy
     * machines differ by nearly as much.
     */
    private static final double WORTH = 0.1;

    private final Tensor single;
    private final Tuning tuning;
    private final String passes;
    private final long committedBefore = committed();
    private int size;
    private int best;
    private double bestSeconds = Double.POSITIVE_INFINITY;
    private double fastest = Double.POSITIVE_INFINITY;
    private int calls;
    private boolean settled;

    /**
     * @param wanted the user's, 0 for automatic
     * @param single one image
     * @param tuning of the model
     * @param passes of what kind they are
     */
    public BatchSize(int wanted, Tensor single, Tuning tuning, String passes) {
        OptionalInt known = tuning.batch(passes, single.shape());
        boolean measured = wanted == 0 && single.length() >= WORTH_MEASURING;
        this.single = single;
        this.tuning = tuning;
        this.passes = passes;
        this.settled = !measured || known.isPresent();
        this.size = measured && settled ? known.getAsInt() : Batches.size(wanted, single);
        this.best = size;
    }

    /** For the next model call. */
    public int next() {
        return size;
    }

    /** Whether it stays as it is. */
    public boolean isSettled() {
        return settled;
    }

    /** What a call took. */
    public void took(int images, double seconds) {
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
        if (!better || 2 * size > LARGEST || !fits(2 * size)) {
            settled = true;
            size = best;
            tuning.remember(passes, single.shape(), best);
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
        long bytes = (long) single.length() * Float.BYTES;
        return (long) single.length() * next <= MOST_VALUES
                && 4 * bytes * next < free / 2
                && perImage * next < physical() / 4;
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
