/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sc.fiji.attribution.core.propagation.LrpRule;

/** Layer-wise relevance propagation as the papers have it, in loops over single connections. */
final class RelevanceOracle {

    private static final double STABILISER = LrpRule.STABILISER;

    private final Function<DenseNetwork.Step, LrpRule> rules;
    private final Map<DenseNetwork.Step, double[]> relevance = new HashMap<>();

    /**
     * @param rules at layers with weights, and at max pooling
     */
    RelevanceOracle(Function<DenseNetwork.Step, LrpRule> rules) {
        this.rules = rules;
    }

    /**
     * @param r relevance of the network's last step
     * @return that of its image
     */
    double[] ofImage(DenseNetwork network, double[] r) {
        List<DenseNetwork.Step> steps = network.steps;
        relevance.put(steps.get(steps.size() - 1), r);
        for (int i = steps.size() - 1; i > 0; i--) {
            DenseNetwork.Step step = steps.get(i);
            if (relevance.containsKey(step)) {
                share(step, relevance.get(step));
            }
        }
        return relevance.get(network.image);
    }

    private void share(DenseNetwork.Step step, double[] r) {
        DenseNetwork.Step first = step.from().get(0);
        if (step.kind() instanceof DenseNetwork.Kind.Affine affine) {
            LrpRule rule = affine.layer() ? rules.apply(step) : LrpRule.of(LrpRule.Kind.EPSILON);
            give(first, ofLayer(rule, affine.w(), affine.b(), first.x(), r));
        } else if (step.kind() instanceof DenseNetwork.Kind.Pointwise) {
            give(first, r);
        } else if (step.kind() instanceof DenseNetwork.Kind.Sum) {
            for (DenseNetwork.Step part : step.from()) {
                double[] share = new double[r.length];
                Arrays.setAll(share, i -> part.x()[i] / away(step.x()[i]) * r[i]);
                give(part, share);
            }
        } else if (step.kind() instanceof DenseNetwork.Kind.Joined joined) {
            for (int p = 0; p < step.from().size(); p++) {
                int[] places = joined.places()[p];
                give(step.from().get(p), Arrays.stream(places).mapToDouble(i -> r[i]).toArray());
            }
        } else if (step.kind() instanceof DenseNetwork.Kind.Max max) {
            boolean winner = rules.apply(step).kind() == LrpRule.Kind.WINNER;
            give(first, ofPooling(winner, max.windows(), first.x(), r));
        } else if (step.kind() instanceof DenseNetwork.Kind.Product) {
            // Arras et al. 2017: the signal takes all, and its gate nothing.
            give(first, r);
        }
    }

    private void give(DenseNetwork.Step to, double[] share) {
        double[] sum = relevance.computeIfAbsent(to, step -> new double[share.length]);
        Arrays.setAll(sum, i -> sum[i] + share[i]);
    }

    private static double away(double z) {
        return z + (z < 0 ? -STABILISER : STABILISER);
    }

    /** Max pooling: the largest takes all, or each by its part of the sum. */
    private static double[] ofPooling(boolean winner, int[][] windows, double[] x, double[] r) {
        double[] share = new double[x.length];
        for (int j = 0; j < windows.length; j++) {
            int largest = windows[j][0];
            double mean = 0;
            for (int i : windows[j]) {
                largest = x[i] > x[largest] ? i : largest;
                mean += x[i] / windows[j].length;
            }
            for (int i : windows[j]) {
                double part = x[i] / windows[j].length / away(mean);
                share[i] += (winner ? (i == largest ? 1 : 0) : part) * r[j];
            }
        }
        return share;
    }

    /**
     * R_i = Σ_j (share of i in output j) R_j.
     *
     * @param w weights, of each output those of all inputs
     */
    static double[] ofLayer(LrpRule rule, double[][] w, double[] b, double[] x, double[] r) {
        double[] share = new double[x.length];
        for (int j = 0; j < w.length; j++) {
            double[] part = shares(rule, j, w[j], b[j], x);
            for (int i = 0; i < x.length; i++) {
                share[i] += part[i] * r[j];
            }
        }
        return share;
    }

    /** The shares of all inputs in output j. */
    private static double[] shares(LrpRule rule, int j, double[] w, double b, double[] x) {
        double low = rule.first();
        double high = rule.second();
        if (rule.kind() == LrpRule.Kind.BOX && Double.isNaN(low)) {
            low = Arrays.stream(x).min().getAsDouble();
            high = Arrays.stream(x).max().getAsDouble();
        }
        int n = x.length;
        double[] part = new double[n];
        double z = b;
        for (int i = 0; i < n; i++) {
            z += w[i] * x[i];
        }
        double sum = 0;
        double positive = Math.max(b, 0);
        double negative = Math.min(b, 0);
        for (int i = 0; i < n; i++) {
            double c = w[i] * x[i];
            positive += Math.max(c, 0);
            negative += Math.min(c, 0);
        }
        switch (rule.kind()) {
            case EPSILON -> {
                // Bach et al. 2015, eq. 58.
                for (int i = 0; i < n; i++) {
                    part[i] = w[i] * x[i] / (z + (z < 0 ? -1 : 1) * rule.first());
                }
            }
            case GAMMA -> {
                // Andeol et al. 2021: contributions of the sign of z weigh 1 + γ.
                double gamma = rule.first();
                sum = z + gamma * (z < 0 ? negative : positive);
                for (int i = 0; i < n; i++) {
                    double c = w[i] * x[i];
                    double favoured = z < 0 ? Math.min(c, 0) : Math.max(c, 0);
                    part[i] = (c + gamma * favoured) / away(sum);
                }
            }
            case ALPHABETA -> {
                // Bach et al. 2015, eq. 60.
                for (int i = 0; i < n; i++) {
                    double c = w[i] * x[i];
                    part[i] =
                            rule.first() * Math.max(c, 0) / away(positive)
                                    - rule.second() * Math.min(c, 0) / (negative - STABILISER);
                }
            }
            case BOX -> {
                // Montavon et al. 2017, eq. 20.
                for (int i = 0; i < n; i++) {
                    part[i] = w[i] * x[i] - low * Math.max(w[i], 0) - high * Math.min(w[i], 0);
                    sum += part[i];
                }
                for (int i = 0; i < n; i++) {
                    part[i] /= away(sum);
                }
            }
            case WSQUARE -> {
                // Montavon et al. 2017, eq. 15.
                for (int i = 0; i < n; i++) {
                    sum += w[i] * w[i];
                }
                for (int i = 0; i < n; i++) {
                    part[i] = w[i] * w[i] / away(sum);
                }
            }
            case FLAT -> {
                for (int i = 0; i < n; i++) {
                    sum += w[i] != 0 ? 1 : 0;
                }
                for (int i = 0; i < n; i++) {
                    part[i] = w[i] != 0 ? 1 / away(sum) : 0;
                }
            }
            case PASS -> part[j] = 1;
            default -> throw new IllegalArgumentException(rule.toString());
        }
        return part;
    }
}
