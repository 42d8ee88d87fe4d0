/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.LinearScore;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/** Curves over parts of an image, against a loop over parts that asks for each score anew. */
class RegionCurveTest {

    private static Finding of(String name, Trial trial) {
        return Metrics.named(name).get(0).evaluate(trial, Progress.NONE);
    }

    private static Regions regions(LinearScore score, int count, boolean someOutside) {
        String axes = score.input().axes().order().replace("c", "");
        int[] shape = axes.chars().map(axis -> score.input().size((char) axis)).toArray();
        Tensor labels = Tensor.zeros(new Axes(axes), shape);
        for (int i = 0; i < labels.length(); i++) {
            // Of unequal sizes, scattered over the image.
            double share = (double) (i * 11 % labels.length()) / labels.length();
            int label = 1 + (int) (count * Math.pow(share, 0.7));
            labels.data()[i] = someOutside && i % 5 == 0 ? 0 : label;
        }
        return new Regions(
                labels, IntStream.rangeClosed(1, count).mapToObj(i -> "part " + i).toList());
    }

    private static Trial summed(Trial full, int steps) {
        Axes axes = new Axes(full.map().axes().order().replace("c", ""));
        int[] shape = axes.order().chars().map(a -> full.map().size((char) a)).toArray();
        double[] voxels = full.voxels();
        Tensor map = Tensor.zeros(axes, shape);
        IntStream.range(0, voxels.length).forEach(i -> map.data()[i] = (float) voxels[i]);
        return new Trial(map, Optional.empty(), full.explained(), steps, 5, 7);
    }

    @ParameterizedTest
    @CsvSource({"bzyxc, 3, 4, 5, 2, false", "bcyx, 2, 6, 7, 0, true", "bcxyz, 3, 4, 3, 5, true"})
    void everyPartByItself(String axes, int i, int j, int k, int l, boolean outside) {
        int[] shape = l == 0 ? new int[] {1, i, j, k} : new int[] {1, i, j, k, l};
        LinearScore score = new LinearScore(3, axes, shape);
        Regions regions = regions(score, 6, outside);
        score.regions = Optional.of(regions);
        for (boolean channels : new boolean[] {true, false}) {
            Trial trial = channels ? score.trial(null) : summed(score.trial(null), 20);
            assertEquals(
                    slow(score, regions, trial, false), of("Region Deletion", trial).value(), 1e-5);
            assertEquals(
                    slow(score, regions, trial, true), of("Region Insertion", trial).value(), 1e-5);
            List<Double> curve = of("Region Insertion", trial).curve();
            assertEquals(0, curve.get(0), 1e-6);
            assertEquals(1, Math.abs(curve.get(curve.size() - 1)), 1e-5);
        }
    }

    /** The image made anew for each point of the curve, voxel by voxel and channel by channel. */
    private static double slow(LinearScore score, Regions regions, Trial trial, boolean insert) {
        Tensor input = score.input();
        int count = regions.count();
        double[] sums = new double[count + 1];
        int[] sizes = new int[count + 1];
        int[] voxels = new int[count + 1];
        int[] of = new int[input.length()];
        Tensor.Along channels = input.along('c');
        for (int i = 0; i < input.length(); i++) {
            of[i] = (int) regions.labels().data()[channels.without(i)];
            voxels[of[i]]++;
        }
        for (int i = 0; i < trial.map().length(); i++) {
            int label = (int) regions.labels().data()[trial.map().along('c').without(i)];
            sums[label] += trial.map().data()[i];
            sizes[label]++;
        }
        List<Integer> order = new ArrayList<>(IntStream.rangeClosed(1, count).boxed().toList());
        order.sort(Comparator.comparingDouble(r -> -sums[r] / sizes[r]));
        double[] heights = new double[count + 1];
        for (int done = 0; done <= count; done++) {
            Tensor image = input.copy();
            for (int i = 0; i < input.length(); i++) {
                boolean changed = order.subList(0, done).contains(of[i]);
                if (of[i] > 0 && changed != insert) {
                    image.data()[i] = score.reference().data()[i];
                }
            }
            heights[done] = score.scores(image)[0];
        }
        double whole = heights[insert ? count : 0];
        double bare = heights[insert ? 0 : count];
        double area = 0;
        double all = 0;
        for (int r = 1; r <= count; r++) {
            area += voxels[order.get(r - 1)] * ((heights[r] + heights[r - 1]) / 2 - bare);
            all += voxels[order.get(r - 1)];
        }
        return area / all / Math.abs(whole - bare);
    }

    /** Parts of one voxel each are voxels. */
    @Test
    void smallestParts() {
        LinearScore score = new LinearScore(4, "bzyx", 1, 3, 4, 5);
        Tensor labels = Tensor.zeros(score.input().axes(), score.input().shape());
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = i + 1;
        }
        score.regions =
                Optional.of(
                        new Regions(
                                labels,
                                IntStream.range(0, 60).mapToObj(Integer::toString).toList()));
        for (int steps : new int[] {60, 20}) {
            Trial trial = summed(score.trial(null), steps);
            assertEquals(of("Deletion", trial).value(), of("Region Deletion", trial).value(), 1e-5);
            assertEquals(
                    of("Insertion", trial).value(), of("Region Insertion", trial).value(), 1e-5);
            assertEquals(steps + 1, of("Region Insertion", trial).curve().size());
        }
    }

    /** The true order of parts is better than its reverse. */
    @Test
    void theTrueOrderIsBest() {
        LinearScore score = new LinearScore(5, "bzyxc", 1, 4, 5, 6, 2);
        score.regions = Optional.of(regions(score, 9, false));
        Trial trial = summed(score.trial(null), 20);
        Tensor reversed = trial.map().copy();
        for (int i = 0; i < reversed.length(); i++) {
            reversed.data()[i] *= -1;
        }
        Trial wrong = trial.with(reversed);
        assertTrue(of("Region Deletion", trial).value() < of("Region Deletion", wrong).value());
        assertTrue(of("Region Insertion", trial).value() > of("Region Insertion", wrong).value());
    }

    @Test
    void withoutRegionsThereAreNoCurves() {
        Trial trial = new LinearScore(1, "bzyx", 1, 2, 3, 4).trial(null);
        assertEquals(
                Optional.of(Need.REGIONS),
                Metrics.lacks(Metrics.named("Region Deletion").get(0), trial));
    }
}
