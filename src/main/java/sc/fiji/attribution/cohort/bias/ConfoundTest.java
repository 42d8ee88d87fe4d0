/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The main test: does the mean score depend on a confound, such as the site, within classes? What
 * the truth has to do with the confound is out of the way then, and what is left is the network's
 * own doing. Needs no masks and no gradients.
 *
 * <p>The confound gap G is the difference of the mean scores of two levels of the confound within a
 * class, averaged over the classes; of more levels, the mean of |G| over their pairs. The class gap
 * is the same with classes and levels exchanged, which in a balanced cohort is the difference of
 * the classes' means. The share is |G| / (|G| + |class gap|). p is the share of 10,000 permutations
 * of the confound within each class whose gap is as large, the true one counted.
 *
 * @param gap signed for two levels: the first in alphabetical order minus the second
 * @param classGap signed for two classes, the second minus the first
 * @param share 0 to 1; NaN where it cannot be computed
 * @param p two-sided; NaN where it cannot be computed
 * @param low end of the gap's 95 % interval, for two levels
 * @param high end of it
 * @param n subjects with score, class and level
 * @param verdict the answer
 * @param reason why it cannot be told; else empty
 */
public record ConfoundTest(
        double gap,
        double classGap,
        double share,
        double p,
        double low,
        double high,
        int n,
        Verdict verdict,
        String reason) {

    /** The line in {@code bias.csv}. */
    public static final String NAME = "score by confound within class";

    public static final int PERMUTATIONS = 10_000;

    /** Sums in another order differ in the last digits. */
    private static final double SAME = 1e-12;

    /** Where confound and class coincide. */
    public static final String COINCIDE =
            "each level of the confound has subjects of one class only, so what comes from the"
                    + " class and what from the confound cannot be separated; a few subjects of the"
                    + " other class from any level, or the same subjects at both, would settle it";

    public static ConfoundTest of(List<Score> scores, long seed) {
        return of(scores, PERMUTATIONS, seed);
    }

    static ConfoundTest of(List<Score> scores, int permutations, long seed) {
        Cells cells = new Cells(scores);
        int n = scores.size();
        String reason = cells.whyNot();
        if (!reason.isEmpty()) {
            double none = Double.NaN;
            Verdict verdict = Verdict.CANNOT_BE_TOLD;
            return new ConfoundTest(none, none, none, none, none, none, n, verdict, reason);
        }
        double gap = cells.gap(cells.level, cells.levels, cells.label, cells.labels);
        double classGap = 0 - cells.gap(cells.label, cells.labels, cells.level, cells.levels);
        double size = Math.abs(gap);
        // One class only: there is nothing to compare the gap with.
        double share = cells.labels < 2 ? Double.NaN : size / (size + Math.abs(classGap));
        double p = cells.permuted(size, permutations, seed);
        double half = cells.levels == 2 ? cells.halfWidth() : Double.NaN;
        String lonely =
                Double.isNaN(share)
                        ? "there are subjects of one class only, or no gap between classes and"
                                + " levels that shares could be of"
                        : "";
        return new ConfoundTest(
                gap, classGap, share, p, gap - half, gap + half, n, Verdict.of(p, share), lonely);
    }

    /**
     * Whether its p is smaller, or, as often with so few permutations, the same of a larger share.
     */
    public boolean saysMoreThan(ConfoundTest other) {
        if (verdict == Verdict.CANNOT_BE_TOLD || other.verdict == Verdict.CANNOT_BE_TOLD) {
            return verdict != Verdict.CANNOT_BE_TOLD;
        }
        return p < other.p || p == other.p && share > other.share;
    }

    /** The most extreme of several tests: p by Bonferroni. */
    public ConfoundTest ofSeveral(int tests) {
        double corrected = Math.min(1, p * tests);
        boolean told = verdict != Verdict.CANNOT_BE_TOLD;
        return new ConfoundTest(
                gap,
                classGap,
                share,
                corrected,
                low,
                high,
                n,
                told ? Verdict.of(corrected, share) : verdict,
                reason);
    }

    /** Confound gap and class gap; NaN where no class has two levels, or no level two classes. */
    static double[] gaps(List<Score> scores) {
        Cells cells = new Cells(scores);
        return new double[] {
            cells.gap(cells.level, cells.levels, cells.label, cells.labels),
            0 - cells.gap(cells.label, cells.labels, cells.level, cells.levels)
        };
    }

    /** Its line, which has the verdict's words alone. */
    public Evidence evidence() {
        return new Evidence(NAME, gap, share, p, low, high, n, verdict.toString());
    }

    /** The scores as numbers, by class and by level. */
    private static final class Cells {
        private final double[] value;
        private final int[] label;
        private final int[] level;
        private final int labels;
        private final int levels;

        Cells(List<Score> scores) {
            List<String> classes =
                    new ArrayList<>(new TreeSet<>(scores.stream().map(Score::label).toList()));
            List<String> places =
                    new ArrayList<>(new TreeSet<>(scores.stream().map(Score::level).toList()));
            value = scores.stream().mapToDouble(Score::value).toArray();
            label = scores.stream().mapToInt(s -> classes.indexOf(s.label())).toArray();
            level = scores.stream().mapToInt(s -> places.indexOf(s.level())).toArray();
            labels = classes.size();
            levels = places.size();
        }

        String whyNot() {
            if (value.length == 0) {
                return "no subject has a score, a class and a level of the confound";
            }
            if (levels < 2) {
                return "all subjects have the same level of the confound";
            }
            double first = value[0];
            boolean constant = true;
            for (double each : value) {
                constant &= each == first;
            }
            if (constant) {
                return "all scores are the same";
            }
            int[][] counts = counts();
            boolean meet = false;
            for (int[] ofClass : counts) {
                int there = 0;
                for (int count : ofClass) {
                    there += count > 0 ? 1 : 0;
                }
                meet |= there > 1;
            }
            if (!meet) {
                return COINCIDE;
            }
            double assignments = 0;
            for (int[] ofClass : counts) {
                assignments += logAssignments(ofClass);
            }
            return assignments < Math.log(1 / Verdict.LEVEL)
                    ? "there are too few subjects for a test: even the largest gap would come about"
                            + " by chance in more than 5 % of all assignments"
                    : "";
        }

        private int[][] counts() {
            int[][] counts = new int[labels][levels];
            for (int i = 0; i < value.length; i++) {
                counts[label[i]][level[i]]++;
            }
            return counts;
        }

        private static double logAssignments(int[] counts) {
            double log = 0;
            int n = 0;
            for (int count : counts) {
                for (int i = 1; i <= count; i++) {
                    log += Math.log((double) ++n / i);
                }
            }
            return log;
        }

        /**
         * Difference of the means of what is asked, within each stratum, averaged over the strata
         * that have both; of more than two the mean of its size over the pairs.
         */
        double gap(int[] asked, int count, int[] stratum, int strata) {
            double[][] sums = new double[strata][count];
            int[][] counts = new int[strata][count];
            for (int i = 0; i < value.length; i++) {
                sums[stratum[i]][asked[i]] += value[i];
                counts[stratum[i]][asked[i]]++;
            }
            double total = 0;
            int pairs = 0;
            for (int a = 0; a < count; a++) {
                for (int b = a + 1; b < count; b++) {
                    double difference = 0;
                    int both = 0;
                    for (int s = 0; s < strata; s++) {
                        if (counts[s][a] > 0 && counts[s][b] > 0) {
                            difference += sums[s][a] / counts[s][a] - sums[s][b] / counts[s][b];
                            both++;
                        }
                    }
                    if (both > 0) {
                        double mean = difference / both;
                        total += count == 2 ? mean : Math.abs(mean);
                        pairs++;
                    }
                }
            }
            return pairs == 0 ? Double.NaN : total / pairs;
        }

        double permuted(double size, int permutations, long seed) {
            int[][] members = new int[labels][];
            for (int c = 0; c < labels; c++) {
                int wanted = c;
                members[c] =
                        IntStream.range(0, value.length).filter(i -> label[i] == wanted).toArray();
            }
            int[] shuffled = level.clone();
            Random random = new Random(seed);
            int large = 0;
            for (int k = 0; k < permutations; k++) {
                for (int[] ofClass : members) {
                    for (int i = ofClass.length - 1; i > 0; i--) {
                        int other = random.nextInt(i + 1);
                        int kept = shuffled[ofClass[i]];
                        shuffled[ofClass[i]] = shuffled[ofClass[other]];
                        shuffled[ofClass[other]] = kept;
                    }
                }
                double gap = Math.abs(gap(shuffled, levels, label, labels));
                large += gap >= size - SAME ? 1 : 0;
            }
            return (1.0 + large) / (1.0 + permutations);
        }

        /**
         * Half the 95 % interval of the gap of two levels, from the variances of the cells, by
         * Student's distribution with Welch's degrees of freedom (1947): cells may be small.
         */
        double halfWidth() {
            double[][] sums = new double[labels][2];
            double[][] squares = new double[labels][2];
            int[][] counts = counts();
            for (int i = 0; i < value.length; i++) {
                sums[label[i]][level[i]] += value[i];
                squares[label[i]][level[i]] += value[i] * value[i];
            }
            double variance = 0;
            double spread = 0;
            int classes = 0;
            for (int c = 0; c < labels; c++) {
                int a = counts[c][0];
                int b = counts[c][1];
                if (a > 0 && b > 0) {
                    classes++;
                    double first = ofMean(sums[c][0], squares[c][0], a);
                    double second = ofMean(sums[c][1], squares[c][1], b);
                    variance += first + second;
                    spread += first * first / (a - 1) + second * second / (b - 1);
                }
            }
            if (!(variance > 0)) {
                return variance;
            }
            double t =
                    new TDistribution(variance * variance / spread)
                            .inverseCumulativeProbability(0.975);
            return t * Math.sqrt(variance) / classes;
        }

        private static double ofMean(double sum, double squares, int n) {
            return n < 2 ? Double.NaN : Math.max(0, squares - sum * sum / n) / (n - 1) / n;
        }
    }
}
