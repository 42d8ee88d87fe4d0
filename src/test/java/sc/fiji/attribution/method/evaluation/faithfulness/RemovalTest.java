/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.LinearScore;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.NullMaps;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.method.perturbation.Box;

/** A linear network's curves have closed forms; the imputation is solved once more, densely. */
class RemovalTest {

    private static double of(String name, Trial trial) {
        return Metrics.named(name).get(0).evaluate(trial, Progress.NONE).value();
    }

    @ParameterizedTest
    @CsvSource({"bzyxc, 1, 3, 4, 5, 2", "bcyx, 1, 2, 6, 7, 0"})
    void removingTakesWhatTheMapSays(String axes, int b, int i, int j, int k, int l) {
        int[] shape = l == 0 ? new int[] {b, i, j, k} : new int[] {b, i, j, k, l};
        LinearScore score = new LinearScore(1, axes, shape);
        for (boolean channels : new boolean[] {true, false}) {
            Trial trial = channels ? score.trial(null) : summed(score);
            Removal removal = new Removal(trial);
            double[] values = removal.values();
            int[] order = Ranking.descending(values);
            double[] kept = removal.kept(FaithfulnessMetric.groups(order, 7), false, Progress.NONE);
            double expected = removal.ofInput();
            for (int at = 0; at < order.length; at++) {
                expected -= values[order[at]];
                if (at % 7 == 6 || at == order.length - 1) {
                    assertEquals(expected, kept[at / 7], 1e-4);
                }
            }
            assertEquals(removal.ofReference(), kept[kept.length - 1], 1e-4);
            double[] inserted = removal.kept(new int[][] {order}, true, Progress.NONE);
            assertArrayEquals(new double[] {removal.ofInput()}, inserted, 1e-4);
            assertEquals(1, of("Faithfulness Correlation", trial), 1e-6);
            assertEquals(1, of("Faithfulness Estimate", trial), 1e-6);
            assertEquals(0, of("Infidelity", trial), 1e-6);
            assertEquals(0, of("Completeness Error", trial), 1e-5);
            assertEquals(sufficiency(score, trial), of("Sufficiency", trial), 1e-4);
        }
    }

    /** Of a linear network: what is left is the sum of the map's largest values. */
    private static double sufficiency(LinearScore score, Trial trial) {
        double whole = score.scores(score.input())[0] - score.scores(score.reference())[0];
        double[] falling =
                IntStream.range(0, trial.map().length())
                        .mapToDouble(i -> -trial.map().data()[i])
                        .sorted()
                        .toArray();
        double lost = 0;
        for (int percent : new int[] {1, 5, 10, 20, 50}) {
            double left = 0;
            for (int i = 0; i < Math.ceil(falling.length * percent / 100.0); i++) {
                left -= falling[i];
            }
            lost += (whole - left) / Math.abs(whole) / 5;
        }
        return lost;
    }

    /** Where half the weights are zero, a true map is silent there and another is not. */
    @Test
    void whatDoesNotMatterIsSilent() {
        LinearScore score = new LinearScore(6, "bzyx", 1, 4, 4, 4);
        for (int i = 0; i < score.weights.length / 2; i++) {
            score.weights[i] = 0;
        }
        Trial trial = score.trial(null);
        assertEquals(0, of("Non-Sensitivity", trial), 0);
        assertTrue(of("Non-Sensitivity", trial.with(NullMaps.random(trial.map(), 1))) > 0.3);
    }

    /** Scores of parts that are computed anew differ in their last digits. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 3, -200})
    void roundingIsNoFall(double whole) {
        LinearScore score = new LinearScore(6, "bzyx", 1, 4, 4, 4);
        Trial map = score.trial(null);
        Finding[] found = new Finding[2];
        for (String name : List.of("Infidelity", "Non-Sensitivity")) {
            for (int k = 0; k < 2; k++) {
                double share = k == 0 ? 3e-7 : 3e-3;
                Trial trial = map.by(new Flat(score, whole, share), map.map());
                found[k] = Metrics.named(name).get(0).evaluate(trial, Progress.NONE);
            }
            assertTrue(Double.isNaN(found[0].value()), name + " " + found[0]);
            assertEquals("no box changes the score", found[0].detail());
            assertFalse(Double.isNaN(found[1].value()), name + " " + found[1]);
        }
    }

    /** A score that is the same for all images, but for what boxes leave. */
    private record Flat(LinearScore of, double ofInput, double share) implements Explained {

        @Override
        public Tensor input() {
            return of.input();
        }

        @Override
        public Tensor reference() {
            return of.reference();
        }

        @Override
        public double[] scores(Tensor batch) {
            double[] scores = new double[batch.size('b')];
            Arrays.fill(scores, ofInput);
            return scores;
        }

        @Override
        public Optional<double[]> without(List<Box> boxes, Progress progress) {
            double scale = share * Math.max(1, Math.abs(ofInput));
            return Optional.of(
                    IntStream.range(0, boxes.size())
                            .mapToDouble(i -> ofInput + scale * Math.sin(i + 1))
                            .toArray());
        }

        @Override
        public float[][] logits(Tensor batch) {
            return of.logits(batch);
        }

        @Override
        public Optional<Explainer> explainer() {
            return Optional.empty();
        }
    }

    private static Trial summed(LinearScore score) {
        Trial full = score.trial(null);
        Axes axes = new Axes(full.map().axes().order().replace("c", ""));
        int[] shape = axes.order().chars().map(a -> full.map().size((char) a)).toArray();
        double[] voxels = full.voxels();
        Tensor map = Tensor.zeros(axes, shape);
        IntStream.range(0, voxels.length).forEach(i -> map.data()[i] = (float) voxels[i]);
        return new Trial(map, Optional.empty(), full.explained(), 20, 5, 7);
    }

    /** Seeds whose image scores above, and below, its reference. */
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5})
    void theTrueMapBeatsTheNullMaps(long seed) {
        LinearScore score = new LinearScore(seed, "bzyxc", 1, 4, 6, 5, 2);
        Trial trial = score.trial(null);
        for (Tensor map :
                new Tensor[] {
                    NullMaps.random(trial.map(), 3), NullMaps.edges(score.input(), trial.map())
                }) {
            Trial none = trial.with(map);
            assertTrue(of("Deletion", trial) < of("Deletion", none));
            assertTrue(of("Insertion", trial) > of("Insertion", none));
            assertTrue(of("Most Relevant First", trial) > of("Most Relevant First", none));
            assertTrue(of("Infidelity", none) > 0.5);
            assertTrue(Math.abs(of("Faithfulness Correlation", none)) < 0.9);
        }
    }

    @Test
    void imputationSolvesTheNeighboursMeans() {
        Tensor input = new LinearScore(4, "bzyxc", 1, 3, 4, 5, 2).input();
        int[] order = IntStream.range(0, 60).map(i -> i * 37 % 60).toArray();
        boolean[] unknown = Road.unknown(input, order, 40);
        Tensor filled = new Imputation(input).fill(unknown);
        for (int c = 0; c < 2; c++) {
            RealVector dense = dense(input, unknown, c);
            for (int v = 0; v < 60; v++) {
                assertEquals(dense.getEntry(v), filled.data()[2 * v + c], 1e-5);
            }
        }
    }

    /** Black around black, of one channel and all; and where all is the same it stays so. */
    @Test
    void nothingIsFilledInFromNothing() {
        Tensor input = new LinearScore(4, "bzyxc", 1, 3, 4, 5, 2).input();
        Imputation imputation = new Imputation(input);
        int[] order = IntStream.range(0, 60).map(i -> i * 37 % 60).toArray();
        for (int i = 0; i < 120; i++) {
            input.data()[i] *= i % 2;
        }
        for (int removed : new int[] {0, 40, 59}) {
            Tensor filled = imputation.fill(Road.unknown(input, order, removed));
            for (int i = 0; i < 120; i += 2) {
                assertEquals(0, filled.data()[i], 1e-6);
            }
        }
        Arrays.fill(input.data(), 3);
        assertArrayEquals(
                input.data(), imputation.fill(Road.unknown(input, order, 40)).data(), 1e-5f);
    }

    /** One row a voxel: itself where known, else the weighted mean of those around. */
    private static RealVector dense(Tensor input, boolean[] unknown, int c) {
        Array2DRowRealMatrix a = new Array2DRowRealMatrix(60, 60);
        ArrayRealVector b = new ArrayRealVector(60);
        for (int v = 0; v < 60; v++) {
            a.setEntry(v, v, 1);
            if (!unknown[2 * v + c]) {
                b.setEntry(v, input.data()[2 * v + c]);
                continue;
            }
            double sum = 0;
            double[] row = new double[60];
            for (int o = 0; o < 60; o++) {
                int dz = Math.abs(o / 20 - v / 20);
                int dy = Math.abs(o / 5 % 4 - v / 5 % 4);
                int dx = Math.abs(o % 5 - v % 5);
                if (o != v && dz <= 1 && dy <= 1 && dx <= 1) {
                    row[o] = 1.0 / (dz + dy + dx);
                    sum += row[o];
                }
            }
            for (int o = 0; o < 60; o++) {
                a.addToEntry(v, o, -row[o] / sum);
            }
        }
        return new LUDecomposition(a).getSolver().solve(b);
    }

    /** Of a linear network the fall is what the map gives the boxes that are gone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void boxesInTheirOrder(boolean volume) {
        LinearScore score =
                volume
                        ? new LinearScore(5, "bzyx", 1, 6, 7, 8)
                        : new LinearScore(5, "byx", 1, 17, 13);
        Trial trial = score.trial(null);
        Tensor map = trial.map();
        int[][] boxes = Tiles.of(map, Tiles.size(map, trial.steps()));
        double whole = 0;
        for (float value : map.data()) {
            whole += value;
        }
        for (boolean most : new boolean[] {true, false}) {
            double[] sums = new double[boxes.length];
            for (int i = 0; i < boxes.length; i++) {
                for (int feature : boxes[i]) {
                    sums[i] += map.data()[feature];
                }
            }
            double area = 0;
            double gone = 0;
            boolean[] done = new boolean[boxes.length];
            for (int step = 0; step < boxes.length; step++) {
                int next = -1;
                for (int i = 0; i < boxes.length; i++) {
                    boolean better =
                            next < 0 || (most ? sums[i] > sums[next] : sums[i] < sums[next]);
                    next = !done[i] && better ? i : next;
                }
                done[next] = true;
                area += (gone + gone + sums[next]) / 2 / boxes.length;
                gone += sums[next];
            }
            String name = most ? "Most Relevant First" : "Least Relevant First";
            assertEquals(area / Math.abs(whole), of(name, trial), 1e-4, name);
        }
    }

    /** Boxes cover each feature once, also where they do not divide the map. */
    @Test
    void tilesAreAPartition() {
        Tensor map = Tensor.zeros(new Axes("bzyxc"), 1, 5, 7, 6, 2);
        int[][] tiles = Tiles.of(map, 3);
        assertEquals(2 * 3 * 2, tiles.length);
        int[] seen = new int[map.length()];
        for (int[] tile : tiles) {
            for (int feature : tile) {
                seen[feature]++;
            }
        }
        assertTrue(IntStream.of(seen).allMatch(n -> n == 1));
    }
}
