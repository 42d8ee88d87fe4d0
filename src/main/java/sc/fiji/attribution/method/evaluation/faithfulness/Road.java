/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.List;
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
 * ROAD, remove and debias: voxels are removed by falling value and filled in from those around,
 * with a little noise, so that the network sees no hole; the mean score over 10 to 90 % removed, as
 * a share of the image's score above the reference's. Rong et al. 2022. Of several channels a whole
 * voxel is removed.
 */
@MetaInfServices(Metric.class)
public final class Road extends FaithfulnessMetric {

    private static final int TENTHS = 10;
    private static final double NOISE = 0.01;

    public Road() {
        super(
                "ROAD",
                "The mean score while voxels are removed and filled in, those argued for first.",
                "Rong et al. 2022, ICML",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.LOWER);
    }

    @Override
    public long passes(Trial trial) {
        return TENTHS + 1L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        Tensor input = removal.input();
        int[] order = Ranking.descending(trial.voxels());
        Imputation imputation = new Imputation(input);
        SplittableRandom random = new SplittableRandom(trial.seed());
        double[] scores =
                removal.ask(
                        TENTHS - 1,
                        i -> {
                            boolean[] unknown =
                                    unknown(input, order, order.length * (i + 1) / TENTHS);
                            Tensor filled = imputation.fill(unknown);
                            addNoise(filled, unknown, random);
                            return filled.data();
                        },
                        progress);
        double image = removal.ofInput();
        double reference = removal.ofReference();
        if (image == reference) {
            return Finding.of(Double.NaN, "image and reference have the same score");
        }
        List<Double> curve = new ArrayList<>();
        double sum = 0;
        for (double score : scores) {
            curve.add((score - reference) / Math.abs(image - reference));
            sum += curve.get(curve.size() - 1) / scores.length;
        }
        return new Finding(sum, "", curve);
    }

    /** The first voxels of an order, with all channels. */
    static boolean[] unknown(Tensor input, int[] order, int count) {
        Tensor.Along channels = input.along('c');
        boolean[] unknown = new boolean[input.length()];
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < channels.size(); c++) {
                unknown[channels.with(order[i], c)] = true;
            }
        }
        return unknown;
    }

    private static void addNoise(Tensor image, boolean[] unknown, SplittableRandom random) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : image.data()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        for (int i = 0; i < image.length(); i++) {
            if (unknown[i]) {
                image.data()[i] += (float) (NOISE * (high - low) * random.nextGaussian());
            }
        }
    }
}
