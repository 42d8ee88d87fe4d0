/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.stat.ranking.NaturalRanking;

/**
 * How well a score tells positives from negatives, whatever the threshold.
 *
 * @param auc area under the curve: the chance that a positive scores above a negative, ties counted
 *     half; with the interval of DeLong et al. (1988), or where all scores of one kind lie above
 *     all others and that has no width, with Newcombe's (2006, his fifth)
 * @param curve from (0, 0) to (1, 1), a point for each distinct score
 */
public record Roc(Estimate auc, List<Point> curve) {

    /**
     * @param falsePositives rate, 1 − specificity
     * @param truePositives rate, sensitivity
     */
    public record Point(double falsePositives, double truePositives) {}

    /**
     * @param scores finite
     * @param positive whether each is a positive
     */
    public static Roc of(double[] scores, boolean[] positive) {
        int positives = 0;
        for (boolean each : positive) {
            positives += each ? 1 : 0;
        }
        int negatives = scores.length - positives;
        if (positives == 0 || negatives == 0) {
            return new Roc(Estimate.none(scores.length), List.of());
        }
        return new Roc(auc(scores, positive, positives), curve(scores, positive, positives));
    }

    /** By midranks, as Sun and Xu (2014) rewrite DeLong's components. */
    private static Estimate auc(double[] scores, boolean[] positive, int m) {
        int n = scores.length - m;
        double[] above = new double[m];
        double[] below = new double[n];
        int p = 0;
        int q = 0;
        for (int i = 0; i < scores.length; i++) {
            if (positive[i]) {
                above[p++] = scores[i];
            } else {
                below[q++] = scores[i];
            }
        }
        NaturalRanking ranking = new NaturalRanking();
        double[] all = ranking.rank(scores);
        double[] ofAbove = ranking.rank(above);
        double[] ofBelow = ranking.rank(below);
        double[] sensitivity = new double[m]; // share of the negatives that a positive beats
        double[] specificity = new double[n];
        p = 0;
        q = 0;
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            if (positive[i]) {
                sensitivity[p] = (all[i] - ofAbove[p]) / n;
                sum += sensitivity[p++];
            } else {
                specificity[q] = 1 - (all[i] - ofBelow[q++]) / m;
            }
        }
        double auc = sum / m;
        if (m < 2 || n < 2) {
            return new Estimate(auc, Double.NaN, Double.NaN, scores.length);
        }
        double error = Math.sqrt(variance(sensitivity) / m + variance(specificity) / n);
        if (auc == 1 || auc == 0) {
            double least = leastBeneath1(m, n);
            return auc == 1
                    ? new Estimate(1, least, 1, scores.length)
                    : new Estimate(0, 0, 1 - least, scores.length);
        }
        return new Estimate(
                auc,
                Math.max(0, auc - Estimate.Z * error),
                Math.min(1, auc + Estimate.Z * error),
                scores.length);
    }

    /** The smallest area of which 1 lies 1.96 standard errors away. */
    private static double leastBeneath1(int m, int n) {
        double half = (m + n) / 2.0;
        return new BrentSolver(1e-9)
                .solve(
                        1000,
                        area -> {
                            double ties = (1 - area) / (2 - area) + area / (1 + area);
                            double perDistance = area * (1 + (half - 1) * ties) / m / n;
                            return 1 - area - Estimate.Z * Estimate.Z * perDistance;
                        },
                        0,
                        1);
    }

    private static double variance(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return squares / (values.length - 1);
    }

    private static List<Point> curve(double[] scores, boolean[] positive, int positives) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> -scores[i]));
        List<Point> points = new ArrayList<>(List.of(new Point(0, 0)));
        int hits = 0;
        for (int i = 0; i < order.size(); i++) {
            hits += positive[order.get(i)] ? 1 : 0;
            boolean last = i + 1 == order.size();
            if (last || scores[order.get(i + 1)] != scores[order.get(i)]) {
                points.add(
                        new Point(
                                (double) (i + 1 - hits) / (scores.length - positives),
                                (double) hits / positives));
            }
        }
        return points;
    }
}
