/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.preprocessing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.description.AllowedSize;
import sc.fiji.attribution.model.description.DescriptionFormat;
import sc.fiji.attribution.model.description.ModelDescription;

/** Each step against its formula, written down for one value at a time. */
class PreprocessingTest {

    @TempDir Path folder;

    private final Tensor input = random("bzyxc", 2, 3, 4, 5, 2);

    private static Tensor random(String axes, int... shape) {
        Tensor tensor = Tensor.zeros(new Axes(axes), shape);
        Random random = new Random(4);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) (3 + 2 * random.nextGaussian());
        }
        return tensor;
    }

    /** The steps of a description with that input section. */
    private ModelDescription describe(String axes, String steps) throws IOException {
        Path file = folder.resolve("attribution.yaml");
        Files.writeString(file, "axes: " + axes + "\npreprocessing:\n" + steps);
        return DescriptionFormat.read(file);
    }

    /** Compares with an oracle that gets the value and all values of its group. */
    private void check(String step, String joint, ToDoubleBiFunction<Double, double[]> oracle)
            throws IOException {
        Tensor actual = input.copy();
        ModelDescription description = describe("bzyxc", "  - " + step + "\n");
        description.input().preprocess(actual);
        for (int i = 0; i < input.length(); i++) {
            double expected = oracle.applyAsDouble((double) input.data()[i], group(i, joint));
            assertEquals(expected, actual.data()[i], 2e-6 * Math.max(1, Math.abs(expected)), step);
        }
        assertEquals(java.util.List.of(), description.warnings());
        assertTrue(description.input().steps().contains(step.replaceAll("[:{ ].*", "")), step);
    }

    /** By brute force: values whose position agrees with that of i along all other axes. */
    private double[] group(int i, String joint) {
        return java.util.stream.IntStream.range(0, input.length())
                .filter(
                        j ->
                                input.axes()
                                        .order()
                                        .chars()
                                        .filter(a -> joint.indexOf(a) < 0)
                                        .allMatch(a -> at(i, (char) a) == at(j, (char) a)))
                .mapToDouble(j -> input.data()[j])
                .toArray();
    }

    private int at(int i, char axis) {
        return i / input.stride(axis) % input.size(axis);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return Math.sqrt(
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length);
    }

    /** numpy.percentile with its default, linear interpolation. */
    private static double percentile(double[] values, double percent) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        double rank = percent / 100 * (sorted.length - 1);
        int k = (int) rank;
        return k + 1 < sorted.length
                ? sorted[k] * (k + 1 - rank) + sorted[k + 1] * (rank - k)
                : sorted[k];
    }

    @ParameterizedTest
    @CsvSource({
        "'zero_mean_unit_variance: {axes: zyx}', zyx, 1e-6",
        "'zero_mean_unit_variance: {axes: [channel, z, y, x]}', czyx, 1e-6",
        "'zero_mean_unit_variance: {axes: xy, eps: 0.5, mode: per_sample}', yx, 0.5",
        "zero_mean_unit_variance, czyx, 1e-6",
        "'zero_mean_unit_variance: {axes: [batch, x]}', x, 1e-6"
    })
    void zeroMeanUnitVariance(String step, String joint, double eps) throws IOException {
        check(step, joint, (x, g) -> (x - mean(g)) / (deviation(g) + eps));
    }

    @Test
    void fixedZeroMeanUnitVariance() throws IOException {
        double e = 1e-6;
        check("zero_mean_unit_variance: {mean: 2, std: 4}", "", (x, g) -> (x - 2) / (4 + e));
        check(
                "fixed_zero_mean_unit_variance: {mean: 2, std: 4, eps: 1}",
                "",
                (x, g) -> (x - 2) / 5);
    }

    @Test
    void constantsAlongChannels() throws IOException {
        for (String step :
                new String[] {
                    "fixed_zero_mean_unit_variance: {mean: [1, 2], std: [4, 8], axis: channel}",
                    "zero_mean_unit_variance: {mode: fixed, mean: [1, 2], std: [4, 8], axes: zyx}",
                    "scale_linear: {gain: [0.25, 0.125], offset: [-0.25, -0.25], axis: channel}",
                    "scale_linear: {gain: [0.25, 0.125], offset: -0.25, axes: zxy}"
                }) {
            Tensor actual = input.copy();
            describe("bzyxc", "  - " + step + "\n").input().preprocess(actual);
            for (int i = 0; i < input.length(); i++) {
                double x = input.data()[i];
                double expected = i % 2 == 0 ? (x - 1) / 4 : (x - 2) / 8;
                assertEquals(expected, actual.data()[i], 2e-6, step);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'scale_range: {axes: yx, min_percentile: 1, max_percentile: 99.8}', yx, 1, 99.8, 1e-6",
        "'scale_range: {axes: [channel, x], max_percentile: 50}', cx, 0, 50, 1e-6",
        "scale_range, czyx, 0, 100, 1e-6",
        "'scale_range: {eps: 2, mode: per_sample, axes: zyxc}', zyxc, 0, 100, 2"
    })
    void scaleRange(String step, String joint, double low, double high, double eps)
            throws IOException {
        check(
                step,
                joint,
                (x, g) ->
                        (x - percentile(g, low))
                                / (percentile(g, high) - percentile(g, low) + eps));
    }

    @Test
    void valueByValue() throws IOException {
        check("scale_linear: {gain: 2, offset: -1}", "", (x, g) -> 2 * x - 1);
        check("scale_linear: {gain: 0.5}", "", (x, g) -> 0.5 * x);
        check("clip: {min: 1, max: 4}", "", (x, g) -> Math.max(1, Math.min(4, x)));
        check("clip: {max: 2.5}", "", (x, g) -> Math.min(2.5, x));
        check("binarize: {threshold: 3}", "", (x, g) -> x > 3 ? 1 : 0);
        check("sigmoid", "", (x, g) -> 1 / (1 + Math.exp(-x)));
        check("ensure_dtype: {dtype: float32}", "", (x, g) -> x);
        check(
                "ensure_dtype: {dtype: uint8}",
                "",
                (x, g) -> Math.max(0, x < 0 ? Math.ceil(x) : Math.floor(x)));
        check("ensure_dtype: {dtype: bool}", "", (x, g) -> x == 0 ? 0 : 1);
    }

    @Test
    void numberTypes() {
        assertEquals(255, NumberType.UINT8.round(300));
        assertEquals(-128, NumberType.INT8.round(-1000.5f));
        assertEquals(-2, NumberType.INT16.round(-2.9f));
        assertEquals(0.1f, NumberType.FLOAT64.round(0.1f));
        // Figures of numpy.float16.
        assertEquals(0.0999755859375f, NumberType.FLOAT16.round(0.1f));
        assertEquals(2048, NumberType.FLOAT16.round(2049));
        assertEquals(2052, NumberType.FLOAT16.round(2051));
        assertEquals(5.9604645e-8f, NumberType.FLOAT16.round(5e-8f));
        assertEquals(Float.POSITIVE_INFINITY, NumberType.FLOAT16.round(70000));
    }

    @Test
    void stepsRunInTheirOrder() throws IOException {
        Tensor tensor = new Tensor(new Axes("byx"), new int[] {1, 1, 3}, new float[] {0, 5, 10});
        ModelDescription description =
                describe(
                        "byx",
                        "  - scale_linear: {gain: 0.1}\n  - binarize: {threshold: 0.4}\n"
                                + "  - scale_linear: {gain: 2, offset: -1}\n");
        description.input().preprocess(tensor);
        assertArrayEquals(new float[] {-1, 1, 1}, tensor.data());
        assertEquals(
                "scale_linear(gain 0.1, offset 0), binarize(threshold 0.4),"
                        + " scale_linear(gain 2, offset -1)",
                description.input().steps());
    }

    @ParameterizedTest
    @CsvSource({
        "whiten, whiten",
        "'clip: {min: low}', low",
        "'clip: {min: 2, max: 1}', not below",
        "'clip: {min_percentile: 2}', percentiles",
        "'scale_range: {min_percentile: 60, max_percentile: 40}', 60",
        "'scale_range: {axes: yt}', t",
        "'scale_linear: {gain: [1, 2], axes: y}', axis",
        "'fixed_zero_mean_unit_variance: {mean: 1}', std",
        "'zero_mean_unit_variance: {mode: sometimes}', sometimes",
        "'scale_range: {reference_tensor: other}', reference_tensor",
        "'ensure_dtype: {dtype: complex64}', complex64",
        "binarize, threshold"
    })
    void mistakesAreNamed(String step, String word) {
        ModelException e =
                assertThrows(ModelException.class, () -> describe("bzyxc", "  - " + step + "\n"));
        assertTrue(e.getMessage().contains(word), e.getMessage());
        assertTrue(e.getMessage().contains("attribution.yaml"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void statisticsOfADataSetAreThoseOfTheImageWithAWarning() throws IOException {
        ModelDescription description =
                describe("bzyxc", "  - zero_mean_unit_variance: {mode: per_dataset, axes: zyx}\n");
        assertTrue(description.warnings().get(0).contains("per_dataset"));
        assertEquals("zero_mean_unit_variance(axes zyx, eps 1.0E-6)", description.input().steps());
    }

    @Test
    void constantsForOtherChannelsAreRefused() throws IOException {
        ModelDescription three =
                describe("bzyxc", "  - scale_linear: {gain: [1, 2, 3], axis: channel}\n");
        ModelException e =
                assertThrows(ModelException.class, () -> three.input().preprocess(input.copy()));
        assertTrue(e.getMessage().contains("3 constants"), e.getMessage());
    }

    @Test
    void valuesThatGetLostAreNamed() throws IOException {
        Tensor constant = new Tensor(new Axes("byx"), new int[] {1, 1, 2}, new float[] {3, 3});
        ModelDescription usual = describe("byx", "  - zero_mean_unit_variance\n");
        usual.input().preprocess(constant);
        assertArrayEquals(new float[2], constant.data());
        ModelDescription without = describe("byx", "  - scale_range: {eps: 0}\n");
        ImageException e =
                assertThrows(ImageException.class, () -> without.input().preprocess(constant));
        assertTrue(e.getMessage().contains("scale_range(axes yx"), e.getMessage());
        assertTrue(e.getMessage().contains("NaN"), e.getMessage());
    }

    @Test
    void sizes() {
        AllowedSize steps = new AllowedSize('x', 32, 16);
        int[] given = {1, 32, 39, 40, 48, 1000};
        int[] nearest = {32, 32, 32, 48, 48, 1008};
        for (int i = 0; i < given.length; i++) {
            assertEquals(nearest[i], steps.nearest(given[i]));
            assertTrue(steps.allows(steps.nearest(given[i])));
        }
        assertEquals(7, new AllowedSize('z', 7, 0).nearest(100));
        assertTrue(steps.nearest(Integer.MAX_VALUE) > 2_000_000_000);
    }
}
