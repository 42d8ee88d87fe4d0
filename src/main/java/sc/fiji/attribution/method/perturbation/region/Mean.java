/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/** The running mean of samples, and how sure it is. */
final class Mean {

    private final SummaryStatistics samples = new SummaryStatistics();

    void add(double sample) {
        samples.addValue(sample);
    }

    long count() {
        return samples.getN();
    }

    /** Zero without samples. */
    double mean() {
        return count() == 0 ? 0 : samples.getMean();
    }

    /** Infinite for fewer than two samples. */
    double standardError() {
        return count() < 2
                ? Double.POSITIVE_INFINITY
                : samples.getStandardDeviation() / Math.sqrt(count());
    }
}
