/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;

/** Scores as numbers, by class and by level of the confound. */
final class ScoreCells {
    /** Subjects of whom all assignments are looked at, one after the other. */
    private static final int MOST_LISTED = 1000;

    private final double[] value;
    private final int[] label;
    private final int[] level;
    private final int labels;
    private final int levels;

    ScoreCells(List<Score> scores) {
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
        return meet ? "" : ConfoundTest.COINCIDE;
    }

    private int[][] counts() {
        int[][] counts = new int[labels][levels];
        for (int i = 0; i < value.length; i++) {
            counts[label[i]][level[i]]++;
        }
        return counts;
    }

    int labels() {
        return labels;
    }

    int levels() {
        return levels;
    }

    /** Of the confound within classes. */
    double gap() {
        return gap(level, levels, label, labels);
    }

    /** Of the classes within levels. */
    double classGap() {
        return 0 - gap(label, labels, level, levels);
    }

    /**
     * Difference of the means of what is asked, within each stratum, averaged over the strata that
     * have both; of more than two the mean of its size over the pairs.
     */
    private double gap(int[] asked, int count, int[] stratum, int strata) {
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

    /**
     * What chance does.
     *
     * @param p share of the assignments whose gap is as large as the true one
     * @param least the same of the largest gap; 0 where not all assignments were looked at
     * @param assignments that were looked at
     */
    record Chance(double p, double least, int assignments) {}

    /** Of all assignments, or of that many drawn ones, where there are more or many subjects. */
    Chance chance(int permutations, long seed) {
        int[][] members = new int[labels][];
        for (int c = 0; c < labels; c++) {
            int wanted = c;
            members[c] = IntStream.range(0, value.length).filter(i -> label[i] == wanted).toArray();
        }
        double size = Math.abs(gap());
        // Sums in another order differ in the last digits.
        double same = 1e-12 * Arrays.stream(value).map(Math::abs).max().orElse(0);
        if (assignments() > permutations || value.length > MOST_LISTED) {
            return new Chance(drawn(members, size - same, permutations, seed), 0, permutations);
        }
        DoubleStream.Builder all = DoubleStream.builder();
        assign(members, 0, 0, counts(), level.clone(), all);
        double[] gaps = all.build().toArray();
        double largest = Arrays.stream(gaps).max().orElse(size);
        return new Chance(share(gaps, size - same), share(gaps, largest - same), gaps.length);
    }

    private static double share(double[] gaps, double least) {
        return (double) Arrays.stream(gaps).filter(gap -> gap >= least).count() / gaps.length;
    }

    /** How many ways there are to give each class its own levels in another order. */
    private double assignments() {
        double product = 1;
        for (int[] ofClass : counts()) {
            int n = 0;
            for (int count : ofClass) {
                for (int i = 1; i <= count; i++) {
                    product = product * ++n / i;
                }
            }
        }
        return Math.rint(product);
    }

    /** The size of the gap of each assignment of the subjects from there on. */
    private void assign(
            int[][] members, int c, int i, int[][] left, int[] given, DoubleStream.Builder gaps) {
        if (c == labels) {
            gaps.add(Math.abs(gap(given, levels, label, labels)));
        } else if (i == members[c].length) {
            assign(members, c + 1, 0, left, given, gaps);
        } else {
            for (int l = 0; l < levels; l++) {
                if (left[c][l] > 0) {
                    left[c][l]--;
                    given[members[c][i]] = l;
                    assign(members, c, i + 1, left, given, gaps);
                    left[c][l]++;
                }
            }
        }
    }

    private double drawn(int[][] members, double least, int permutations, long seed) {
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
            large += Math.abs(gap(shuffled, levels, label, labels)) >= least ? 1 : 0;
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
                new TDistribution(variance * variance / spread).inverseCumulativeProbability(0.975);
        return t * Math.sqrt(variance) / classes;
    }

    private static double ofMean(double sum, double squares, int n) {
        return n < 2 ? Double.NaN : Math.max(0, squares - sum * sum / n) / (n - 1) / n;
    }
}
