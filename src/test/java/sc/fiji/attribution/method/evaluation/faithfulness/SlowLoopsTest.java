/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.LinearScore;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.NullMaps;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Each metric's formula as a loop over images that are made from the beginning for each question,
 * of a map that has nothing to do with the network. Images are of two channels; a slice is a volume
 * of one.
 */
class SlowLoopsTest {

    private static final int CHANNELS = 2;

    private LinearScore score;
    private Trial trial;
    private float[] x;
    private float[] r;
    private float[] map;

    private void open(boolean volume) {
        score =
                volume
                        ? new LinearScore(3, "bzyxc", 1, 4, 5, 3, CHANNELS)
                        : new LinearScore(3, "byxc", 1, 9, 7, CHANNELS);
        Tensor random = NullMaps.random(score.input(), 11);
        trial = new Trial(random, Optional.empty(), Optional.of(score), 12, 4, 7);
        x = score.input().data();
        r = score.reference().data();
        map = random.data();
    }

    private static double of(String name, Trial trial) {
        return Metrics.named(name).get(0).evaluate(trial, Progress.NONE).value();
    }

    private double f(float[] image) {
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            sum += score.weights[i] * image[i];
        }
        return sum;
    }

    /** Places by falling value, by looking for the largest that is left. */
    private static List<Integer> falling(float[] values, DoubleUnaryOperator key) {
        List<Integer> order = new ArrayList<>();
        while (order.size() < values.length) {
            int best = -1;
            for (int i = 0; i < values.length; i++) {
                boolean better =
                        best < 0 || key.applyAsDouble(values[i]) > key.applyAsDouble(values[best]);
                best = !order.contains(i) && better ? i : best;
            }
            order.add(best);
        }
        return order;
    }

    private static float[] with(float[] image, List<Integer> places, float[] from) {
        float[] changed = image.clone();
        places.forEach(i -> changed[i] = from[i]);
        return changed;
    }

    private static List<List<Integer>> groups(List<Integer> order, int size) {
        List<List<Integer>> groups = new ArrayList<>();
        for (int i = 0; i < order.size(); i += size) {
            groups.add(order.subList(i, Math.min(order.size(), i + size)));
        }
        return groups;
    }

    private int step() {
        return (int) Math.ceil((double) map.length / trial.steps());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areasUnderCurves(boolean volume) {
        open(volume);
        List<Integer> order = falling(map, v -> v);
        int steps = groups(order, step()).size();
        double whole = Math.abs(f(x) - f(r));
        double deletion = 0;
        double insertion = 0;
        for (int i = 0; i <= steps; i++) {
            List<Integer> first = order.subList(0, Math.min(order.size(), i * step()));
            double weight = (i == 0 || i == steps ? 0.5 : 1) / steps;
            deletion += weight * (f(with(x, first, r)) - f(r)) / whole;
            insertion += weight * (f(with(r, first, x)) - f(r)) / whole;
        }
        assertEquals(deletion, of("Deletion", trial), 1e-5);
        assertEquals(insertion, of("Insertion", trial), 1e-5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void groupsOnTheirOwn(boolean volume) {
        open(volume);
        List<List<Integer>> groups = groups(falling(map, v -> v), step());
        double[] sums = new double[groups.size()];
        double[] falls = new double[groups.size()];
        for (int i = 0; i < sums.length; i++) {
            for (int at : groups.get(i)) {
                sums[i] += map[at];
            }
            falls[i] = f(x) - f(with(x, groups.get(i), r));
        }
        assertEquals(pearson(sums, falls), of("Faithfulness Estimate", trial), 1e-5);
    }

    /** Boxes of a side of so many voxels, in any order. */
    private List<List<Integer>> boxes() {
        int side = Tiles.size(trial.map(), trial.steps());
        List<List<Integer>> boxes = new ArrayList<>();
        for (int z = 0; z < size('z'); z += side) {
            for (int y = 0; y < size('y'); y += side) {
                for (int x0 = 0; x0 < size('x'); x0 += side) {
                    List<Integer> box = new ArrayList<>();
                    for (int i = 0; i < x.length; i++) {
                        boolean in = place(i, 'z') / side == z / side;
                        in &= place(i, 'y') / side == y / side;
                        in &= place(i, 'x') / side == x0 / side;
                        if (in) {
                            box.add(i);
                        }
                    }
                    boxes.add(box);
                }
            }
        }
        return boxes;
    }

    private int size(char axis) {
        return score.input().size(axis);
    }

    /** Where a value lies; the axes are z, y, x and the channel. */
    private int place(int i, char axis) {
        int voxel = i / CHANNELS;
        return switch (axis) {
            case 'x' -> voxel % size('x');
            case 'y' -> voxel / size('x') % size('y');
            default -> voxel / size('x') / size('y');
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void boxesOnTheirOwn(boolean volume) {
        open(volume);
        List<List<Integer>> boxes = boxes();
        double[] sums = new double[boxes.size()];
        double[] sizes = new double[boxes.size()];
        double[] falls = new double[boxes.size()];
        for (int i = 0; i < sums.length; i++) {
            for (int at : boxes.get(i)) {
                sums[i] += map[at];
                sizes[i] += Math.abs(map[at]);
            }
            falls[i] = f(x) - f(with(x, boxes.get(i), r));
        }
        // The paper's scale: the one of the least error, found by trying.
        double least = Double.POSITIVE_INFINITY;
        for (double scale = -2; scale <= 2; scale += 1e-5) {
            double error = 0;
            double all = 0;
            for (int i = 0; i < sums.length; i++) {
                error += Math.pow(falls[i] - scale * sums[i], 2);
                all += falls[i] * falls[i];
            }
            least = Math.min(least, error / all);
        }
        assertEquals(least, of("Infidelity", trial), 1e-5);
        double disagree = 0;
        double largestFall = Arrays.stream(falls).map(Math::abs).max().orElseThrow();
        double largestSize = Arrays.stream(sizes).max().orElseThrow();
        for (int i = 0; i < sums.length; i++) {
            boolean still = Math.abs(falls[i]) < largestFall / 100;
            boolean silent = sizes[i] < largestSize / 100;
            disagree += still != silent ? 1.0 / sums.length : 0;
        }
        assertEquals(disagree, of("Non-Sensitivity", trial), 1e-9);
    }

    /** Groups by rising absolute value, each of one random value again and again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void randomValuesInGroups(boolean volume) {
        open(volume);
        List<List<Integer>> groups = groups(falling(map, v -> -Math.abs(v)), step());
        double low = 1;
        double high = 0;
        for (float value : x) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        SplittableRandom random = new SplittableRandom(trial.seed());
        double[] sums = new double[groups.size()];
        double[] moves = new double[groups.size()];
        for (int i = 0; i < sums.length; i++) {
            for (int at : groups.get(i)) {
                sums[i] += Math.abs(map[at]);
            }
            for (int sample = 0; sample < trial.samples(); sample++) {
                float[] same = new float[x.length];
                Arrays.fill(same, (float) (low + (high - low) * random.nextDouble()));
                double move = f(with(x, groups.get(i), same)) - f(x);
                moves[i] += move * move / (f(x) * f(x)) / trial.samples();
            }
        }
        double expected = pearson(ranks(sums), ranks(moves));
        assertEquals(expected, of("Monotonicity Correlation", trial), 1e-9);
    }

    private static double[] ranks(double[] values) {
        double[] ranks = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            for (double other : values) {
                ranks[i] += other < values[i] ? 1 : other == values[i] ? 0.5 : 0;
            }
        }
        return ranks;
    }

    private static double pearson(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double[] sums = new double[3];
        for (int i = 0; i < a.length; i++) {
            sums[0] += (a[i] - meanA) * (b[i] - meanB);
            sums[1] += (a[i] - meanA) * (a[i] - meanA);
            sums[2] += (b[i] - meanB) * (b[i] - meanB);
        }
        return sums[0] / Math.sqrt(sums[1] * sums[2]);
    }

    /**
     * Whole voxels by falling sum of their channels; what is filled in is solved by elimination.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void removedAndFilledIn(boolean volume) {
        open(volume);
        int voxels = x.length / CHANNELS;
        float[] sums = new float[voxels];
        for (int i = 0; i < x.length; i++) {
            sums[i / CHANNELS] += map[i];
        }
        List<Integer> order = falling(sums, v -> v);
        SplittableRandom random = new SplittableRandom(trial.seed());
        double expected = 0;
        for (int tenth = 1; tenth < 10; tenth++) {
            List<Integer> gone = order.subList(0, voxels * tenth / 10);
            float[] filled = x.clone();
            for (int c = 0; c < CHANNELS; c++) {
                RealVector solved = solve(gone, c);
                for (int voxel : gone) {
                    filled[voxel * CHANNELS + c] = (float) solved.getEntry(voxel);
                }
            }
            double low = 1;
            double high = 0;
            for (float value : filled) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            for (int i = 0; i < x.length; i++) {
                if (gone.contains(i / CHANNELS)) {
                    filled[i] += (float) (0.01 * (high - low) * random.nextGaussian());
                }
            }
            expected += (f(filled) - f(r)) / Math.abs(f(x) - f(r)) / 9;
        }
        assertEquals(expected, of("ROAD", trial), 1e-4);
    }

    /** An equation for each voxel: it is what it is, or the weighted mean of those around it. */
    private RealVector solve(List<Integer> gone, int c) {
        int voxels = x.length / CHANNELS;
        Array2DRowRealMatrix a = new Array2DRowRealMatrix(voxels, voxels);
        ArrayRealVector b = new ArrayRealVector(voxels);
        for (int v = 0; v < voxels; v++) {
            a.setEntry(v, v, 1);
            if (!gone.contains(v)) {
                b.setEntry(v, x[v * CHANNELS + c]);
                continue;
            }
            double[] weights = new double[voxels];
            for (int o = 0; o < voxels; o++) {
                int[] apart = new int[3];
                for (int axis = 0; axis < 3; axis++) {
                    char name = "zyx".charAt(axis);
                    apart[axis] = Math.abs(place(v * CHANNELS, name) - place(o * CHANNELS, name));
                }
                boolean near = Arrays.stream(apart).allMatch(d -> d <= 1);
                weights[o] = near && o != v ? 1.0 / Arrays.stream(apart).sum() : 0;
            }
            double sum = Arrays.stream(weights).sum();
            for (int o = 0; o < voxels; o++) {
                a.addToEntry(v, o, -weights[o] / sum);
            }
        }
        return new LUDecomposition(a).getSolver().solve(b);
    }
}
