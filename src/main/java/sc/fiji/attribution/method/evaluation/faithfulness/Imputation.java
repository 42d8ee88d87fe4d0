/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;
import sc.fiji.attribution.core.Tensor;

/**
 * Fills removed voxels from those around: each is the weighted mean of its neighbours, which is a
 * sparse linear system (Rong et al. 2022, ROAD). Weights are 1 for neighbours through a face, 1/2
 * through an edge and 1/3 through a corner, scaled to sum to 1 inside the image: in 2-D the paper's
 * 1/6 and 1/12; at the border those that are there share the whole.
 */
final class Imputation {

    private static final double TOLERANCE = 1e-7;
    private static final int ITERATIONS = 10_000;

    /** Places of Gauss and Legendre's rule of two points on [0, 1], each of weight 1/2. */
    private static final double[] POINTS = {0.5 - Math.sqrt(3) / 6, 0.5 + Math.sqrt(3) / 6};

    private final Tensor input;
    private final int[] extents;
    private final Tensor.Along channels;

    /** Sum of the weights of each voxel's neighbours. */
    private final double[] sums;

    /** What was filled in last, which is where the next search begins. */
    private final Tensor last;

    Imputation(Tensor input) {
        this.input = input;
        this.extents =
                input.along(input.axes().spatial()).stream().mapToInt(Tensor.Along::size).toArray();
        this.channels = input.along('c');
        double[] ones = new double[input.length() / channels.size()];
        Arrays.fill(ones, 1);
        this.sums = around(ones);
        this.last = input.copy();
    }

    /**
     * The image with voxels filled in.
     *
     * @param unknown whether a place of the image's data belongs to a removed voxel
     */
    Tensor fill(boolean[] unknown) {
        Tensor filled = input.copy();
        for (int c = 0; c < channels.size(); c++) {
            fill(filled, unknown, c);
        }
        return filled;
    }

    private void fill(Tensor image, boolean[] unknown, int channel) {
        double[] known = new double[sums.length];
        double[] start = new double[sums.length];
        boolean[] removed = new boolean[sums.length];
        for (int i = 0; i < sums.length; i++) {
            int at = channels.with(i, channel);
            removed[i] = unknown[at];
            known[i] = removed[i] ? 0 : image.data()[at];
            start[i] = removed[i] ? last.data()[at] : 0;
        }
        double[] given = around(known);
        for (int i = 0; i < given.length; i++) {
            given[i] = removed[i] ? given[i] : 0;
        }
        RealVector solved = solve(new Equations(removed), given, new ArrayRealVector(start, false));
        for (int i = 0; i < sums.length; i++) {
            int at = channels.with(i, channel);
            image.data()[at] = removed[i] ? (float) solved.getEntry(i) : image.data()[at];
            last.data()[at] = image.data()[at];
        }
    }

    /** Looks for the step from the start, whose length is what the tolerance is of. */
    private static RealVector solve(Equations equations, double[] given, RealVector start) {
        RealVector missed = new ArrayRealVector(given, false).subtract(equations.operate(start));
        return missed.getNorm() == 0
                ? start
                : new ConjugateGradient(ITERATIONS, TOLERANCE, false)
                        .solve(equations, missed)
                        .add(start);
    }

    /** For each removed voxel its neighbours' weights times itself, less those that are removed. */
    private final class Equations extends RealLinearOperator {

        private final boolean[] removed;

        Equations(boolean[] removed) {
            this.removed = removed;
        }

        @Override
        public int getRowDimension() {
            return removed.length;
        }

        @Override
        public int getColumnDimension() {
            return removed.length;
        }

        @Override
        public RealVector operate(RealVector x) {
            double[] values = x.toArray();
            double[] others = around(values);
            for (int i = 0; i < values.length; i++) {
                others[i] = removed[i] ? sums[i] * values[i] - others[i] : 0;
            }
            return new ArrayRealVector(others, false);
        }
    }

    /**
     * The weighted sum of each voxel's neighbours. With N for the sum of the two neighbours along
     * an axis the product of (1 + aN) over the axes has aᵈ for neighbours d steps apart, and the
     * integral of (product - 1) ÷ a from 0 to 1 the weight 1/d; two points give it exactly.
     */
    private double[] around(double[] values) {
        double[] sum = new double[values.length];
        double[] from = new double[values.length];
        double[] to = new double[values.length];
        for (double a : POINTS) {
            System.arraycopy(values, 0, from, 0, values.length);
            int stride = values.length;
            for (int extent : extents) {
                stride /= extent;
                along(from, to, extent, stride, a);
                double[] kept = from;
                from = to;
                to = kept;
            }
            for (int i = 0; i < sum.length; i++) {
                sum[i] += (from[i] - values[i]) / (2 * a);
            }
        }
        return sum;
    }

    private static void along(double[] from, double[] to, int extent, int stride, double a) {
        for (int line = 0; line < from.length; line += extent * stride) {
            for (int k = 0; k < extent; k++) {
                int at = line + k * stride;
                int before = k == 0 ? 0 : stride;
                int after = k == extent - 1 ? 0 : stride;
                double first = before == 0 ? 0 : a;
                double second = after == 0 ? 0 : a;
                for (int i = at; i < at + stride; i++) {
                    to[i] = from[i] + first * from[i - before] + second * from[i + after];
                }
            }
        }
    }
}
