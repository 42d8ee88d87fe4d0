/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** DeepLIFT's multipliers as the paper has them, in loops over single connections. */
final class MultiplierOracle {

    private final boolean revealCancel;
    private final Map<DenseNetwork.Step, double[]> multipliers = new HashMap<>();

    MultiplierOracle(boolean revealCancel) {
        this.revealCancel = revealCancel;
    }

    /**
     * @param m multipliers of the network's last step
     * @return those of its image
     */
    double[] ofImage(DenseNetwork network, double[] m) {
        List<DenseNetwork.Step> steps = network.steps;
        multipliers.put(steps.get(steps.size() - 1), m);
        for (int i = steps.size() - 1; i > 0; i--) {
            DenseNetwork.Step step = steps.get(i);
            if (multipliers.containsKey(step)) {
                handOn(step, multipliers.get(step));
            }
        }
        return multipliers.get(network.image);
    }

    private void handOn(DenseNetwork.Step step, double[] m) {
        DenseNetwork.Step first = step.from().get(0);
        double[] x = first.x();
        double[] x0 = first.x0();
        if (step.kind() instanceof DenseNetwork.Kind.Affine affine) {
            // Shrikumar et al. 2017, section 3.5.1; both signs of m are the same here.
            give(first, ofLinear(affine.w(), x, x0, m, m));
        } else if (step.kind() instanceof DenseNetwork.Kind.Pointwise pointwise) {
            if (revealCancel
                    && first.kind() instanceof DenseNetwork.Kind.Affine affine
                    && affine.layer()) {
                revealCancel(first, affine, pointwise.f(), m);
                return;
            }
            double[] share = new double[m.length];
            Arrays.setAll(share, i -> m[i] * slope(pointwise.f(), x0[i], x[i]));
            give(first, share);
        } else if (step.kind() instanceof DenseNetwork.Kind.Sum) {
            step.from().forEach(part -> give(part, m));
        } else if (step.kind() instanceof DenseNetwork.Kind.Joined joined) {
            for (int p = 0; p < step.from().size(); p++) {
                int[] places = joined.places()[p];
                give(step.from().get(p), Arrays.stream(places).mapToDouble(i -> m[i]).toArray());
            }
        } else if (step.kind() instanceof DenseNetwork.Kind.Max max) {
            give(first, ofPooling(max.windows(), step, x, x0, m));
        } else if (step.kind() instanceof DenseNetwork.Kind.Product) {
            // Shapley values of a product of two: each with the mean of the other.
            DenseNetwork.Step second = step.from().get(1);
            double[] ofFirst = new double[m.length];
            double[] ofSecond = new double[m.length];
            Arrays.setAll(ofFirst, i -> m[i] * (second.x()[i] + second.x0()[i]) / 2);
            Arrays.setAll(ofSecond, i -> m[i] * (x[i] + x0[i]) / 2);
            give(first, ofFirst);
            give(second, ofSecond);
        }
    }

    private void give(DenseNetwork.Step to, double[] share) {
        double[] sum = multipliers.computeIfAbsent(to, step -> new double[share.length]);
        Arrays.setAll(sum, i -> sum[i] + share[i]);
    }

    /** Rescale, section 3.5.2: Δy/Δx, and the slope where nothing differs. */
    private static double slope(DoubleUnaryOperator f, double from, double to) {
        double step = to - from;
        if (Math.abs(step) < 1e-7) {
            double middle = (from + to) / 2;
            return (f.applyAsDouble(middle + 1e-6) - f.applyAsDouble(middle - 1e-6)) / 2e-6;
        }
        return (f.applyAsDouble(to) - f.applyAsDouble(from)) / step;
    }

    /**
     * Section 3.5.1: positive contributions carry the multiplier of the positive part of the
     * output's difference, negative ones that of its negative part, and inputs that do not differ
     * half of each.
     */
    private static double[] ofLinear(
            double[][] w, double[] x, double[] x0, double[] plus, double[] minus) {
        double[] share = new double[x.length];
        for (int j = 0; j < w.length; j++) {
            for (int i = 0; i < x.length; i++) {
                double contribution = w[j][i] * (x[i] - x0[i]);
                double m =
                        contribution > 0
                                ? plus[j]
                                : contribution < 0 ? minus[j] : (plus[j] + minus[j]) / 2;
                share[i] += w[j][i] * m;
            }
        }
        return share;
    }

    /** Section 3.5.3. */
    private void revealCancel(
            DenseNetwork.Step layer,
            DenseNetwork.Kind.Affine affine,
            DoubleUnaryOperator f,
            double[] m) {
        double[][] w = affine.w();
        DenseNetwork.Step input = layer.from().get(0);
        double[] plus = new double[m.length];
        double[] minus = new double[m.length];
        for (int j = 0; j < w.length; j++) {
            double up = 0;
            double down = 0;
            for (int i = 0; i < input.x().length; i++) {
                double contribution = w[j][i] * (input.x()[i] - input.x0()[i]);
                up += Math.max(contribution, 0);
                down += Math.min(contribution, 0);
            }
            double z0 = layer.x0()[j];
            plus[j] = m[j] * (slope(f, z0, z0 + up) + slope(f, z0 + down, z0 + down + up)) / 2;
            minus[j] = m[j] * (slope(f, z0, z0 + down) + slope(f, z0 + up, z0 + up + down)) / 2;
        }
        give(input, ofLinear(w, input.x(), input.x0(), plus, minus));
    }

    /**
     * The largest of a window takes the difference: the image's where the output rises, the
     * baseline's where it falls. No other element can have moved by as much. Where the output stays
     * since ReLU rests in the whole window, the one that comes nearest to moving it stands for it.
     */
    private static double[] ofPooling(
            int[][] windows, DenseNetwork.Step pooled, double[] x, double[] x0, double[] m) {
        double[] share = new double[x.length];
        for (int j = 0; j < windows.length; j++) {
            double difference = pooled.x()[j] - pooled.x0()[j];
            double[] values = difference >= 0 ? x : x0;
            int largest = windows[j][0];
            for (int i : windows[j]) {
                largest = values[i] > values[largest] ? i : largest;
            }
            DenseNetwork.Step relu = pooled.from().get(0);
            if (difference != 0) {
                share[largest] += m[j] * difference / (x[largest] - x0[largest]);
            } else if (relu.kind() instanceof DenseNetwork.Kind.Pointwise) {
                double[] z = relu.from().get(0).x();
                double[] z0 = relu.from().get(0).x0();
                for (int i : windows[j]) {
                    double most = Math.max(z[largest], z0[largest]);
                    largest = Math.max(z[i], z0[i]) > most ? i : largest;
                }
                share[largest] += m[j];
            }
        }
        return share;
    }
}
