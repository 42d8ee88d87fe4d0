/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import sc.fiji.attribution.cohort.statistics.Estimate;

/**
 * What lesion masks tell. A map that follows lesions acquits no network: of 15 that used a
 * scanner's signature, the maps of 8 still did.
 */
public final class MaskEvidence {

    private MaskEvidence() {}

    /**
     * How much of the class gap goes away with the lesions: the mean fall of the score, as a share
     * of the class gap, with Student's interval of the fall. An interval that leaves 0 to 1 says
     * that there is next to no gap, as of a network that learned something else.
     *
     * @param before scores of subjects with lesions
     * @param after their scores without them
     * @param classGap of the main test, or the difference of the classes' means; not zero
     */
    public static Evidence removed(double[] before, double[] after, double classGap) {
        Estimate fall =
                Estimate.mean(
                        IntStream.range(0, before.length)
                                .mapToDouble(i -> (before[i] - after[i]) / classGap)
                                .toArray());
        return Evidence.of("class gap that goes with the lesions", fall, verdict(fall));
    }

    private static String verdict(Estimate fall) {
        if (!Double.isFinite(fall.value())) {
            return Verdict.CANNOT_BE_TOLD.toString();
        }
        if (fall.high() < 0 || fall.low() > 1) {
            return "the class gap is too small to be shared out";
        }
        return String.format(
                Locale.ROOT, "%.0f %% of the class gap goes with the lesions", 100 * fall.value());
    }

    /**
     * Whether maps follow their own subject's mask more than the others': masks are permuted among
     * the subjects.
     *
     * @param density of map i in mask j: share of its absolute values, divided by the mask's share
     *     of the volume
     */
    public static Evidence own(double[][] density, int permutations, long seed) {
        String name = "maps in own masks against others' masks";
        int n = density.length;
        if (n < 4) {
            return Evidence.none(name, n, Verdict.CANNOT_BE_TOLD.toString());
        }
        double others = 0;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                others += i == k ? 0 : density[i][k] / (n * (n - 1.0));
            }
        }
        int[] order = IntStream.range(0, n).toArray();
        double own = mean(density, order);
        Random random = new Random(seed);
        int large = 0;
        for (int k = 0; k < permutations; k++) {
            for (int i = n - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                int kept = order[i];
                order[i] = order[other];
                order[other] = kept;
            }
            large += mean(density, order) >= own - 1e-12 ? 1 : 0;
        }
        double p = (1.0 + large) / (1.0 + permutations);
        double none = Double.NaN;
        return new Evidence(
                name,
                own / others,
                none,
                p,
                none,
                none,
                n,
                p <= Verdict.LEVEL
                        ? "maps follow lesions; that acquits no network"
                        : "maps do not follow lesions");
    }

    private static double mean(double[][] density, int[] order) {
        double sum = 0;
        for (int i = 0; i < order.length; i++) {
            sum += density[i][order[i]];
        }
        return sum / order.length;
    }
}
