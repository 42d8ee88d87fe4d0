/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.localisation.QuantusScores;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

import java.util.Arrays;
import java.util.Map;

/**
 * The faithfulness metrics against Quantus 0.6.0, with its order of removal and its random draws.
 * Areas differ by convention: ours are of curves of unit length between image and reference.
 */
class QuantusFaithfulnessTest {

    private static final double TOLERANCE = 1e-5;

    private ResNet network;
    private Map<String, Npy> orders;

    @BeforeEach
    void open() {
        network = new ResNet();
        orders = Npy.readAll(Resources.shared("golden/quantus").resolve("orders.npz"));
    }

    @AfterEach
    void close() {
        network.close();
    }

    private int[] order(String kind, int image) {
        return ints(orders.get(kind + "_full_grad" + image).values());
    }

    private static int[] ints(double[] values) {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }

    private static void curve(String metric, int image, double[] found) {
        JsonElement all = QuantusScores.all(metric, "grad" + image);
        JsonArray curve = all.getAsJsonObject().getAsJsonArray("curve");
        assertEquals(curve.size(), found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(curve.get(i).getAsDouble(), found[i], TOLERANCE, metric + " " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void deletion(int image) {
        int[] order = order("desc", image);
        Removal probability = new Removal(network.trial(image, true));
        curve(
                "PixelFlipping/full/step64",
                image,
                probability.kept(order, 64, false, Progress.NONE));
        Removal logit = new Removal(network.trial(image, false));
        curve(
                "PixelFlipping/full/step64/logit",
                image,
                logit.kept(order, 64, false, Progress.NONE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void boxes(int image) {
        Removal removal = new Removal(network.trial(image, true));
        int[][] tiles = Tiles.of(network.gradient(image), 8);
        double whole = removal.ofInput();
        double[] falls =
                RegionOrder.falls(removal, RegionOrder.order(removal, tiles, true), Progress.NONE);
        curve("Selectivity/full", image, Arrays.stream(falls).map(f -> whole - f).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void correlations(int image) {
        Removal logit = new Removal(network.trial(image, false));
        Npy drawn =
                Npy.read(Resources.shared("golden/quantus").resolve("faithfulness_subsets.npy"));
        int[] all = ints(drawn.values());
        int[][] sets = new int[50][];
        Arrays.setAll(sets, i -> Arrays.copyOfRange(all, i * 224, (i + 1) * 224));
        assertEquals(
                QuantusScores.of("FaithfulnessCorrelation/full", "grad" + image),
                FaithfulnessCorrelation.of(logit, sets, Progress.NONE),
                TOLERANCE);
        assertEquals(
                QuantusScores.of("FaithfulnessEstimate/full", "grad" + image),
                FaithfulnessCorrelation.of(
                        logit, Groups.of(order("desc", image), 64), Progress.NONE),
                TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void monotonicity(int image) {
        Removal removal = new Removal(network.trial(image, true));
        Npy uniform =
                Npy.read(Resources.shared("golden/quantus").resolve("monotonicity_uniform.npy"));
        double[][] draws = new double[48][];
        Arrays.setAll(draws, i -> Arrays.copyOfRange(uniform.values(), i * 5, (i + 1) * 5));
        assertEquals(
                QuantusScores.of("MonotonicityNguyen/full", "grad" + image),
                MonotonicityCorrelation.of(
                        removal, order("asc_abs", image), 256, draws, Progress.NONE),
                TOLERANCE);
    }
}
