/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Whether random sets of features that the map gives much take much away: the correlation of their
 * sum with the fall of the score. Bhatt et al. 2020.
 */
@MetaInfServices(Metric.class)
public final class FaithfulnessCorrelation extends FaithfulnessMetric {

    private static final int SETS = 100;

    /** One feature in so many is removed. */
    private static final int ONE_IN = 50;

    public FaithfulnessCorrelation() {
        super(
                "Faithfulness Correlation",
                "The correlation of random sets' attribution with what removing them takes away.",
                "Bhatt et al. 2020, IJCAI",
                -1,
                1,
                Better.HIGHER);
    }

    @Override
    public long passes(Trial trial) {
        return SETS + 1L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        SplittableRandom random = new SplittableRandom(trial.seed());
        int size = Math.max(1, removal.features() / ONE_IN);
        int[][] sets = new int[SETS][];
        for (int i = 0; i < SETS; i++) {
            sets[i] = draw(removal.features(), size, random);
        }
        double[] scores = removal.aloneOnce("sets by seed " + trial.seed(), sets, progress);
        return Finding.of(correlation(removal, sets, scores));
    }

    /** The first of a shuffle by Fisher and Yates. */
    private static int[] draw(int n, int size, SplittableRandom random) {
        int[] all = new int[n];
        Arrays.setAll(all, i -> i);
        for (int i = 0; i < size; i++) {
            int other = i + random.nextInt(n - i);
            int kept = all[i];
            all[i] = all[other];
            all[other] = kept;
        }
        return Arrays.copyOf(all, size);
    }

    /** For given sets of features. */
    static double of(Removal removal, int[][] sets, Progress progress) {
        return correlation(removal, sets, removal.alone(sets, progress));
    }

    private static double correlation(Removal removal, int[][] sets, double[] scores) {
        double[] values = removal.values();
        double[] sums = new double[sets.length];
        for (int i = 0; i < sets.length; i++) {
            sums[i] = Arrays.stream(sets[i]).mapToDouble(f -> values[f]).sum();
        }
        double whole = removal.ofInput();
        double[] falls = Arrays.stream(scores).map(score -> whole - score).toArray();
        return Ranking.pearson(sums, falls);
    }
}
