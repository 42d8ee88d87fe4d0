/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Against loops over all voxels, pairs and thresholds, and against Quantus' figures. */
class LocalisationTest {

    private static double of(String name, Trial trial) {
        Metric metric = Metrics.named(name).get(0);
        return metric.evaluate(trial, Progress.NONE).value();
    }

    /** Small whole numbers, so that ties are frequent. */
    private static Trial random(long seed, boolean volume) {
        Random random = new Random(seed);
        Tensor map =
                volume
                        ? Tensor.zeros(new Axes("bzyxc"), 1, 4, 5, 6, 2)
                        : Tensor.zeros(new Axes("bcyx"), 1, 2, 9, 7);
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] = random.nextInt(9) - 4;
        }
        boolean[] mask = new boolean[map.length() / 2];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextInt(5) == 0;
        }
        return Trial.of(map, mask);
    }

    /** Channels added up by another way of counting. */
    private static double[] voxels(Trial trial) {
        double[] voxels = new double[trial.mask().orElseThrow().length];
        boolean last = trial.map().axes().order().endsWith("c");
        for (int v = 0; v < voxels.length; v++) {
            for (int c = 0; c < 2; c++) {
                voxels[v] += trial.map().data()[last ? 2 * v + c : c * voxels.length + v];
            }
        }
        return voxels;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sharesAreSumsOverTheMask(boolean volume) {
        Trial trial = random(1, volume);
        double[] v = voxels(trial);
        boolean[] m = trial.mask().orElseThrow();
        double[] in = new double[4];
        double[] all = new double[4];
        for (int i = 0; i < v.length; i++) {
            double[] parts = {Math.max(v[i], 0), Math.max(-v[i], 0), Math.abs(v[i]), v[i]};
            for (int k = 0; k < 4; k++) {
                all[k] += parts[k];
                in[k] += m[i] ? parts[k] : 0;
            }
        }
        assertEquals(in[0] / all[0], of("Relevance Mass", trial), 1e-12);
        assertEquals(in[1] / all[1], of("Negative Mass", trial), 1e-12);
        assertEquals(in[2] / all[2], of("Absolute Mass", trial), 1e-12);
        assertEquals(in[3] / all[3], of("Net Mass", trial), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aucIsTheShareOfPairsInOrder(boolean volume) {
        Trial trial = random(2, volume);
        double[] v = voxels(trial);
        boolean[] m = trial.mask().orElseThrow();
        double right = 0;
        double pairs = 0;
        for (int i = 0; i < v.length; i++) {
            for (int j = 0; j < v.length; j++) {
                if (m[i] && !m[j]) {
                    pairs++;
                    right += v[i] > v[j] ? 1 : v[i] == v[j] ? 0.5 : 0;
                }
            }
        }
        assertEquals(right / pairs, of("Voxel AUC", trial), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void precisionDiceAndIouOverAllThresholds(boolean volume) {
        Trial trial = random(3, volume);
        double[] v = voxels(trial);
        boolean[] m = trial.mask().orElseThrow();
        TreeSet<Double> thresholds = new TreeSet<>();
        Arrays.stream(v).forEach(thresholds::add);
        double dice = 0;
        double iou = 0;
        double precision = 0;
        double recall = 0;
        for (double threshold : thresholds.descendingSet()) {
            double above = 0;
            double hits = 0;
            double inside = 0;
            for (int i = 0; i < v.length; i++) {
                above += v[i] >= threshold ? 1 : 0;
                hits += v[i] >= threshold && m[i] ? 1 : 0;
                inside += m[i] ? 1 : 0;
            }
            dice = Math.max(dice, 2 * hits / (above + inside));
            iou = Math.max(iou, hits / (above + inside - hits));
            precision += (hits / inside - recall) * (hits / above);
            recall = hits / inside;
        }
        assertEquals(dice, of("Best Dice", trial), 1e-12);
        assertEquals(iou, of("Best IoU", trial), 1e-12);
        assertEquals(precision, of("Average Precision", trial), 1e-12);
    }

    /** Voxels of which fewer than k are larger. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLargestOnesInTheMask(boolean volume) {
        Trial ties = random(4, volume);
        Tensor map = ties.map().copy();
        Random random = new Random(9);
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] = random.nextFloat();
        }
        boolean[] m = ties.mask().orElseThrow();
        Trial trial = Trial.of(map, m);
        double[] v = voxels(trial);
        int inside = 0;
        for (boolean each : m) {
            inside += each ? 1 : 0;
        }
        assertEquals(hits(v, m, inside), of("Relevance Rank", trial), 1e-12);
        int k = Math.max(1, v.length / 100);
        assertEquals(hits(v, m, k), of("Top-k Intersection", trial), 1e-12);
    }

    private static double hits(double[] v, boolean[] m, int k) {
        double hits = 0;
        for (int i = 0; i < v.length; i++) {
            int larger = 0;
            for (double other : v) {
                larger += other > v[i] ? 1 : 0;
            }
            hits += larger < k && m[i] ? 1 : 0;
        }
        return hits / k;
    }

    @Test
    void theBoxOfTheLargestPart() {
        Tensor map = Tensor.zeros(new Axes("byx"), 1, 10, 10);
        boolean[] mask = new boolean[100];
        for (int y = 2; y < 6; y++) {
            for (int x = 3; x < 8; x++) {
                mask[10 * y + x] = true;
                map.data()[10 * y + x] = x < 6 ? 1 : 0.2f;
            }
        }
        map.data()[99] = 2;
        // At 10 % of the largest value the part is the mask itself, its spot in the corner apart.
        assertEquals(1, of("Box IoU", Trial.of(map, mask)), 1e-12);
        assertEquals(0, of("Pointing Game", Trial.of(map, mask)), 0);
    }

    @Test
    void whatIsNotDefinedSaysWhy() {
        Tensor map = Tensor.zeros(new Axes("byx"), 1, 3, 3);
        for (Metric metric : Metrics.named("localisation")) {
            var empty = metric.evaluate(Trial.of(map, new boolean[9]), Progress.NONE);
            assertTrue(Double.isNaN(empty.value()), metric.declaration().name());
            assertEquals("the mask is empty", empty.detail());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Relevance Rank, RelevanceRankAccuracy/signed",
        "Net Mass, AttributionLocalisation/signed",
        "Relevance Mass, AttributionLocalisation/signed/positive",
        "Absolute Mass, RelevanceMassAccuracy/abs",
        "Voxel AUC, AUC/signed",
        "Pointing Game, PointingGame/signed"
    })
    void asQuantusFinds(String name, String theirs) {
        Map<String, Npy> maps = Npy.readAll(Resources.shared("golden/quantus").resolve("maps.npz"));
        Npy drawn = maps.get("mask");
        boolean[] mask = new boolean[drawn.values().length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = drawn.values()[i] != 0;
        }
        for (String key : new String[] {"grad0", "grad1", "ig0", "ig1"}) {
            float[] values = maps.get("sum_" + key).floats();
            Tensor map = new Tensor(new Axes("byx"), new int[] {1, 64, 64}, values);
            double expected = QuantusScores.of(theirs, key);
            assertEquals(expected, of(name, Trial.of(map, mask)), 1e-5, key);
        }
    }

    /** Theirs takes another number of the largest values; the share of 100 is the same formula. */
    @Test
    void theHundredLargestAsInQuantus() {
        Map<String, Npy> all = Npy.readAll(Resources.shared("golden/quantus").resolve("maps.npz"));
        double[] drawn = all.get("mask").values();
        boolean[] mask = new boolean[drawn.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = drawn[i] != 0;
        }
        for (String key : new String[] {"grad0", "grad1", "ig0", "ig1"}) {
            double[] values = all.get("sum_" + key).values();
            double found = RelevanceRank.share(values, mask, 100);
            assertEquals(QuantusScores.of("TopKIntersection/signed/k100", key), found, 1e-9, key);
        }
    }

    /** A volume: the largest value, and every box around every threshold's largest part. */
    @Test
    void placesInAVolume() {
        Random random = new Random(5);
        Tensor map = Tensor.zeros(new Axes("bzyx"), 1, 4, 5, 6);
        boolean[] mask = new boolean[120];
        for (int i = 0; i < 120; i++) {
            map.data()[i] = random.nextFloat();
            int x = i % 6;
            int y = i / 6 % 5;
            int z = i / 30;
            mask[i] = x >= 2 && x < 5 && y >= 1 && y < 4 && z >= 1 && z < 3;
            map.data()[i] += mask[i] && (x + y + z) % 2 == 0 ? 1 : mask[i] ? 0.7f : 0;
        }
        Trial trial = Trial.of(map, mask);
        int largest = 0;
        for (int i = 0; i < 120; i++) {
            largest = map.data()[i] > map.data()[largest] ? i : largest;
        }
        assertEquals(mask[largest] ? 1 : 0, of("Pointing Game", trial), 0);
        double best = 0;
        for (int level = 1; level < 100; level++) {
            best = Math.max(best, overlap(map.data(), map.data()[largest] * level / 100.0));
        }
        assertEquals(best, of("Box IoU", trial), 1e-12);
    }

    /** Of the largest part's box with the mask's, which is 2 to 4, 1 to 3 and 1 to 2. */
    private static double overlap(float[] map, double threshold) {
        int[] part = new int[120];
        for (int i = 0; i < 120; i++) {
            part[i] = map[i] >= threshold ? i + 1 : 0;
        }
        // Neighbours take the lesser number, until none changes.
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = 0; i < 120; i++) {
                for (int j = 0; j < 120; j++) {
                    int apart =
                            Math.abs(i % 6 - j % 6)
                                    + Math.abs(i / 6 % 5 - j / 6 % 5)
                                    + Math.abs(i / 30 - j / 30);
                    if (apart == 1 && part[i] > 0 && part[j] > part[i]) {
                        part[j] = part[i];
                        changed = true;
                    }
                }
            }
        }
        int[] sizes = new int[121];
        for (int each : part) {
            sizes[each] += each > 0 ? 1 : 0;
        }
        int widest = 0;
        for (int i = 1; i < 121; i++) {
            widest = sizes[i] > sizes[widest] ? i : widest;
        }
        int[] low = {9, 9, 9};
        int[] high = {-1, -1, -1};
        for (int i = 0; i < 120; i++) {
            int[] at = {i % 6, i / 6 % 5, i / 30};
            for (int axis = 0; axis < 3 && part[i] == widest; axis++) {
                low[axis] = Math.min(low[axis], at[axis]);
                high[axis] = Math.max(high[axis], at[axis]);
            }
        }
        int[] from = {2, 1, 1};
        int[] to = {4, 3, 2};
        double both = 1;
        double own = 1;
        for (int axis = 0; axis < 3; axis++) {
            both *=
                    Math.max(
                            0,
                            Math.min(high[axis], to[axis]) - Math.max(low[axis], from[axis]) + 1);
            own *= high[axis] - low[axis] + 1;
        }
        return both / (own + 18 - both);
    }
}
