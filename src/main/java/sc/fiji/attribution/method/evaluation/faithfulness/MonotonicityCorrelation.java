/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Whether features of larger absolute value make the score vary more when they take random values:
 * the rank correlation over groups. Nguyen and Martinez 2020. Random values are uniform within the
 * image's own range.
 */
@MetaInfServices(Metric.class)
public final class MonotonicityCorrelation extends FaithfulnessMetric {

    public MonotonicityCorrelation() {
        super(
                "Monotonicity Correlation",
                "The rank correlation of groups' absolute attribution with the score's variation.",
                "Nguyen and Martinez 2020, arXiv:2007.07584",
                -1,
                1,
                Better.HIGHER);
    }

    @Override
    public long passes(Trial trial) {
        return (long) trial.steps() * trial.samples() + 1;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        int step = step(removal.features(), trial.steps());
        int groups = (removal.features() + step - 1) / step;
        SplittableRandom random = new SplittableRandom(trial.seed());
        float[] data = removal.input().data();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : data) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        if (!(high > low)) {
            return Finding.of(Double.NaN, "the image is the same everywhere");
        }
        double[][] draws = new double[groups][trial.samples()];
        for (double[] group : draws) {
            for (int i = 0; i < group.length; i++) {
                group[i] = low + (high - low) * random.nextDouble();
            }
        }
        double[] magnitudes = Arrays.stream(removal.values()).map(v -> -Math.abs(v)).toArray();
        return Finding.of(of(removal, Ranking.descending(magnitudes), step, draws, progress));
    }

    /**
     * @param order features by rising absolute value
     * @param draws for each group the values that all its features take, one a sample
     */
    static double of(Removal removal, int[] order, int step, double[][] draws, Progress progress) {
        int[][] groups = groups(order, step);
        int samples = draws[0].length;
        double whole = removal.ofInput();
        double scale = Math.abs(whole) < 1e-5 ? 1 : 1 / (whole * whole);
        Tensor image = removal.input().copy();
        double[] scores =
                removal.ask(
                        groups.length * samples,
                        i -> {
                            System.arraycopy(
                                    removal.input().data(), 0, image.data(), 0, image.length());
                            for (int feature : groups[i / samples]) {
                                for (int c = 0; c < removal.channels(); c++) {
                                    image.data()[removal.index(feature, c)] =
                                            (float) draws[i / samples][i % samples];
                                }
                            }
                            return image.data();
                        },
                        progress);
        double[] values = removal.values();
        double[] sums = new double[groups.length];
        double[] variations = new double[groups.length];
        for (int g = 0; g < groups.length; g++) {
            sums[g] = Arrays.stream(groups[g]).mapToDouble(f -> Math.abs(values[f])).sum();
            for (int s = 0; s < samples; s++) {
                double change = scores[g * samples + s] - whole;
                variations[g] += change * change * scale / samples;
            }
        }
        return Ranking.spearman(sums, variations);
    }
}
