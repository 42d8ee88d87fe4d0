/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import java.util.List;
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

    private static final double TOLERANCE = 1e-8;
    private static final int ITERATIONS = 10_000;

    private final Tensor input;
    private final List<Tensor.Along> axes;
    private final Tensor.Along channels;

    Imputation(Tensor input) {
        this.input = input;
        this.axes = input.along(input.axes().spatial());
        this.channels = input.along('c');
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
        int[] number = new int[image.length()];
        Arrays.fill(number, -1);
        int count = 0;
        int[] places = new int[image.length() / channels.size()];
        for (int i = 0; i < image.length(); i++) {
            boolean here = channels.place(i) == channel;
            if (here && unknown[i]) {
                places[count] = i;
                number[i] = count++;
            }
        }
        if (count == 0) {
            return;
        }
        int n = count;
        double[] known = new double[n];
        double mean = Arrays.stream(places, 0, n).mapToDouble(i -> input.data()[i]).sum() / n;
        for (int k = 0; k < n; k++) {
            int row = k;
            each(
                    places[k],
                    (at, weight) -> known[row] += number[at] < 0 ? weight * image.data()[at] : 0);
        }
        RealLinearOperator system =
                new RealLinearOperator() {
                    @Override
                    public int getRowDimension() {
                        return n;
                    }

                    @Override
                    public int getColumnDimension() {
                        return n;
                    }

                    @Override
                    public RealVector operate(RealVector x) {
                        double[] y = new double[n];
                        for (int k = 0; k < n; k++) {
                            int row = k;
                            each(
                                    places[k],
                                    (at, weight) ->
                                            y[row] +=
                                                    weight
                                                            * (x.getEntry(row)
                                                                    - (number[at] < 0
                                                                            ? 0
                                                                            : x.getEntry(
                                                                                    number[at]))));
                        }
                        return new ArrayRealVector(y, false);
                    }
                };
        RealVector start = new ArrayRealVector(n, mean);
        RealVector solved =
                new ConjugateGradient(ITERATIONS, TOLERANCE, false)
                        .solve(system, new ArrayRealVector(known, false), start);
        for (int k = 0; k < n; k++) {
            image.data()[places[k]] = (float) solved.getEntry(k);
        }
    }

    /** What is done for a neighbour. */
    private interface Neighbour {
        void at(int place, double weight);
    }

    private void each(int place, Neighbour neighbour) {
        int all = (int) Math.pow(3, axes.size());
        for (int code = 0; code < all; code++) {
            int at = place;
            int distance = 0;
            boolean inside = true;
            for (int axis = 0, rest = code; axis < axes.size(); axis++, rest /= 3) {
                int step = rest % 3 - 1;
                Tensor.Along along = axes.get(axis);
                int there = along.place(place) + step;
                inside &= there >= 0 && there < along.size();
                at += step * along.stride();
                distance += Math.abs(step);
            }
            if (inside && distance > 0) {
                neighbour.at(at, 1.0 / distance);
            }
        }
    }
}
