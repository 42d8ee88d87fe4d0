/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

/** The running mean of samples, and how sure it is (Welford's algorithm). */
final class Mean {

    private long count;
    private double mean;
    private double squares;

    void add(double sample) {
        count++;
        double before = sample - mean;
        mean += before / count;
        squares += before * (sample - mean);
    }

    long count() {
        return count;
    }

    double mean() {
        return mean;
    }

    /** Infinite for fewer than two samples. */
    double standardError() {
        return count < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(squares / (count - 1) / count);
    }
}
