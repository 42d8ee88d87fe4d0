/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** How well numbers are predicted. */
public final class NumberErrors {

    private NumberErrors() {}

    /**
     * MAE, the mean absolute error, and the mean error with Student's intervals; R², the share of
     * the variance that the prediction explains, 1 − Σ(y − p)² / Σ(y − ȳ)², negative where the mean
     * would do better, with a bootstrap interval; and Pearson's r with Fisher's interval.
     *
     * @param truth y
     * @param predicted p, in the same order and unit
     */
    public static Map<String, Estimate> of(double[] truth, double[] predicted) {
        int n = truth.length;
        double[] error = IntStream.range(0, n).mapToDouble(i -> predicted[i] - truth[i]).toArray();
        double[] size = Arrays.stream(error).map(Math::abs).toArray();
        Map<String, Estimate> found = new LinkedHashMap<>();
        found.put("MAE", Estimate.mean(size).within(0, Double.POSITIVE_INFINITY));
        found.put("mean error", Estimate.mean(error));
        found.put("R²", Estimate.bootstrap(n, places -> explained(truth, error, places)));
        found.put("r", Estimate.correlation(truth, predicted));
        return found;
    }

    private static double explained(double[] truth, double[] error, int[] places) {
        double mean = Arrays.stream(places).mapToDouble(i -> truth[i]).average().orElse(Double.NaN);
        double left = 0;
        double all = 0;
        for (int i : places) {
            left += error[i] * error[i];
            all += (truth[i] - mean) * (truth[i] - mean);
        }
        return all > 0 ? 1 - left / all : Double.NaN;
    }
}
