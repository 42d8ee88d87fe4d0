/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.method.evaluation.localisation.QuantusScores;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * The faithfulness metrics against Quantus 0.6.0, with its order of removal and its random draws,
 * of maps of three channels ({@code full}) and of their sum ({@code sum}).
 *
 * <p>Not compared, since Quantus computes something else: Arya's monotonicity (it restores no
 * feature, so it is always true), completeness (floats by {@code ==}), sufficiency (of a batch's
 * maps among one another, not of what the kept voxels score), sensitivity-n (across inputs) and
 * IROF (it stops).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuantusFaithfulnessTest {

    private static final double TOLERANCE = 1e-5;

    private ResNet network;
    private Map<String, Npy> orders;
    private Map<String, Npy> road;

    @BeforeAll
    void open() {
        network = new ResNet();
        orders = Npy.readAll(file("orders.npz"));
        road = Npy.readAll(file("road.npz"));
    }

    @AfterAll
    void close() {
        if (network != null) {
            network.close();
        }
    }

    private static java.nio.file.Path file(String name) {
        return Resources.shared("golden/quantus").resolve(name);
    }

    static List<String> maps() {
        return List.of("full grad0", "full grad1", "full ig0", "full ig1", "sum grad0", "sum ig1");
    }

    /** One of {@link #maps}. */
    private record Case(String form, String map) {

        static Case of(String text) {
            String[] parts = text.split(" ");
            return new Case(parts[0], parts[1]);
        }

        int image() {
            return map.charAt(map.length() - 1) - '0';
        }

        String metric(String name) {
            int options = name.indexOf('/');
            return options < 0
                    ? name + "/" + form
                    : name.substring(0, options) + "/" + form + name.substring(options);
        }
    }

    private Trial trial(Case c, boolean softmax) {
        Tensor map = c.form().equals("sum") ? network.sum(c.map()) : network.map(c.map());
        return network.trial(map, c.image(), softmax);
    }

    private Removal removal(Case c, boolean softmax) {
        return new Removal(trial(c, softmax));
    }

    private int[] order(String kind, Case c) {
        return ints(orders.get(kind + "_" + c.form() + "_" + c.map()).values());
    }

    private static int[] ints(double[] values) {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }

    private static void curve(Case c, String metric, double[] found) {
        JsonObject all = QuantusScores.all(c.metric(metric), c.map()).getAsJsonObject();
        JsonArray curve = all.getAsJsonArray("curve");
        assertEquals(curve.size(), found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(curve.get(i).getAsDouble(), found[i], TOLERANCE, metric + " " + i);
        }
    }

    private static double figure(Case c, String metric) {
        return QuantusScores.of(c.metric(metric), c.map());
    }

    /** Its areas count steps and begin after the first; ours have length 1 and the image itself. */
    @ParameterizedTest
    @MethodSource("maps")
    void pixelFlippingIsDeletion(String text) {
        Case c = Case.of(text);
        int[] order = order("desc", c);
        curve(
                c,
                "PixelFlipping/step64",
                removal(c, true).kept(FaithfulnessMetric.groups(order, 64), false, Progress.NONE));
        double[] logits =
                removal(c, false).kept(FaithfulnessMetric.groups(order, 64), false, Progress.NONE);
        curve(c, "PixelFlipping/step64/logit", logits);
        List<Double> points = Arrays.stream(logits).boxed().toList();
        double area =
                QuantusScores.all(c.metric("PixelFlipping/step64/logit"), c.map())
                        .getAsJsonObject()
                        .get("auc_trapezoid_dx1")
                        .getAsDouble();
        assertEquals(area / (logits.length - 1), Curve.area(points), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("maps")
    void regionPerturbationIsOfBoxes(String text) {
        Case c = Case.of(text);
        Removal removal = removal(c, true);
        int[][] boxes = Tiles.of(network.map(c.map()), 8);
        for (boolean most : new boolean[] {true, false}) {
            int[][] order = RegionOrder.order(removal, boxes, most);
            double[] falls = RegionOrder.falls(removal, order, Progress.NONE);
            curve(c, "RegionPerturbation/" + (most ? "morf" : "lerf"), falls);
            if (most) {
                double whole = removal.ofInput();
                double[] left = Arrays.stream(falls).map(fall -> whole - fall).toArray();
                curve(c, "Selectivity", left);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void correlations(String text) {
        Case c = Case.of(text);
        Removal logit = removal(c, false);
        int[] all = ints(Npy.read(file("faithfulness_subsets.npy")).values());
        int[][] sets = FaithfulnessMetric.groups(all, 224);
        assertEquals(
                figure(c, "FaithfulnessCorrelation"),
                FaithfulnessCorrelation.of(logit, sets, Progress.NONE),
                TOLERANCE);
        int[][] groups = FaithfulnessMetric.groups(order("desc", c), 64);
        assertEquals(
                figure(c, "FaithfulnessEstimate"),
                FaithfulnessCorrelation.of(logit, groups, Progress.NONE),
                TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("maps")
    void monotonicity(String text) {
        Case c = Case.of(text);
        double[] uniform = Npy.read(file("monotonicity_uniform.npy")).values();
        double[][] draws = new double[48][];
        Arrays.setAll(draws, i -> Arrays.copyOfRange(uniform, i * 5, (i + 1) * 5));
        double found =
                MonotonicityCorrelation.of(
                        removal(c, true), order("asc_abs", c), 256, draws, Progress.NONE);
        assertEquals(figure(c, "MonotonicityNguyen"), found, TOLERANCE);
    }

    /**
     * Quantus lets the boxes stay removed and does not scale the map as the paper does; both are
     * done to our boxes' falls here.
     */
    @ParameterizedTest
    @MethodSource("maps")
    void infidelityWithoutScale(String text) {
        Case c = Case.of(text);
        if (c.form().equals("sum")) {
            return; // it multiplies the sum with each channel's difference
        }
        Removal removal = removal(c, false);
        double[] values = removal.values();
        for (int size : new int[] {4, 8}) {
            int[][] boxes = Tiles.of(network.map(c.map()), size);
            double[] falls = RegionOrder.falls(removal, boxes, Progress.NONE);
            double product = 0;
            double mean = 0;
            for (int box = 0; box < boxes.length; box++) {
                for (int f : boxes[box]) {
                    product +=
                            values[f] * (removal.input().data()[f] - removal.reference().data()[f]);
                }
                mean += Math.pow(falls[box] - product, 2) / boxes.length;
            }
            assertEquals(figure(c, "Infidelity/patch" + size), mean, TOLERANCE);
        }
    }

    /**
     * Quantus groups the features by whether the map is silent there, and counts features; ours are
     * boxes, since single voxels of a volume take a pass each. Same removal, its own groups.
     */
    @ParameterizedTest
    @MethodSource("maps")
    void nonSensitivityOfItsGroups(String text) {
        Case c = Case.of(text);
        if (c.form().equals("sum")) {
            return; // its file has another threshold only, where ties decide
        }
        double eps = 0.01;
        Removal removal = removal(c, true);
        double[] values = removal.values();
        double max = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        double whole = removal.ofInput();
        int wrong = 0;
        for (boolean silent : new boolean[] {true, false}) {
            int[] part =
                    IntStream.range(0, values.length)
                            .filter(f -> (float) (Math.abs(values[f]) / max) < eps == silent)
                            .toArray();
            int[][] groups = FaithfulnessMetric.groups(part, 64);
            double[] scores = removal.alone(groups, Progress.NONE);
            for (int g = 0; g < groups.length; g++) {
                boolean still = Math.abs(whole - scores[g]) < eps;
                wrong += still != silent ? groups[g].length : 0;
            }
        }
        assertEquals(figure(c, "NonSensitivity/eps1e-2"), wrong, 0);
    }

    /** Its imputation with the indices of pixels; the class itself stops on three channels. */
    @Test
    void roadFillsInAsPublished() {
        for (String map : List.of("grad0", "ig1")) {
            Case c = new Case("sum", map);
            Removal removal = removal(c, false);
            int[] order = ints(road.get("order_" + map).values());
            Imputation imputation = new Imputation(removal.input());
            JsonObject figures =
                    QuantusScores.all("ROAD/own loop, one order for all channels", map)
                            .getAsJsonObject();
            for (int percent = 10; percent < 100; percent += 10) {
                int count = 4096 * percent / 100;
                boolean[] unknown = Road.unknown(removal.input(), order, count);
                Tensor filled = imputation.fill(unknown);
                Npy kept = road.get("imputed_" + map + "_" + percent);
                for (int i = 0; kept != null && i < filled.length(); i++) {
                    assertEquals(kept.values()[i], filled.data()[i], TOLERANCE);
                }
                double logit =
                        figures.getAsJsonObject(percent + "/noise0.0")
                                .getAsJsonArray("logits")
                                .get(ResNet.CLASS)
                                .getAsDouble();
                double found = removal.ask(1, i -> filled.data(), Progress.NONE)[0];
                assertEquals(logit, found, TOLERANCE, map + " " + percent);
            }
        }
    }

    /** Values that are equal once they are divided by the largest have no order of their own. */
    @Test
    void ordersAreOursButForTies() {
        for (String text : maps()) {
            Case c = Case.of(text);
            double[] values = removal(c, false).values();
            int[] ours = Ranking.descending(values);
            int[] theirs = order("desc", c);
            double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < ours.length; i++) {
                assertEquals(values[theirs[i]], values[ours[i]], 1e-7 * largest, text);
            }
        }
    }
}
