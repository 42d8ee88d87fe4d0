/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static sc.fiji.attribution.importer.onnx.OnnxOps.one;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.network.Resizing;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Resizing, whose ways to say where a place comes from have grown from version to version. */
final class ResizeOps {

    static final Map<String, Rule> TABLE =
            Map.of("Resize", one(ResizeOps::resize), "Upsample", one(ResizeOps::resize));

    private ResizeOps() {}

    /**
     * One axis.
     *
     * @param n extent, -1 where it is open
     * @param size extent of the result
     * @param scale between them, as the file says it
     */
    private record Axis(int position, int n, int size, double scale) {}

    private static Value resize(Call c) {
        Value x = c.in(0);
        boolean old = c.node().op().equals("Upsample") || c.opset() < 11;
        Axis[] axes = axes(c, x, old);
        String mode = c.text("mode", "nearest");
        String coordinates =
                c.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
        boolean images =
                x.rank() == 4 && axes.length == 2 && axes[0].position == 2 && axes[1].position == 3;
        if (mode.equals("nearest")) {
            return nearest(c, x, axes, coordinates, old, images);
        }
        boolean linear = mode.contains("linear");
        if (linear && images && isTensorFlows(axes, coordinates) && !c.flag("antialias", false)) {
            boolean corners = coordinates.equals("align_corners");
            return Resizing.bilinear(c.b(), x, axes[0].size, axes[1].size, corners);
        }
        Value y = x;
        for (Axis axis : axes) {
            if (axis.n < 0) {
                throw c.refuse("it resizes open extents: export the model with a fixed size");
            }
            y = Resizing.weighted(c.b(), y, axis.position, weights(c, axis, coordinates, linear));
        }
        return y;
    }

    /** The axes whose extent changes. */
    private static Axis[] axes(Call c, Value x, boolean old) {
        int rank = x.rank();
        int[] along =
                c.has("axes")
                        ? Arrays.stream(c.integers("axes")).mapToInt(a -> c.axis(a, rank)).toArray()
                        : IntStream.range(0, rank).toArray();
        Optional<double[]> scales =
                c.has("scales")
                        ? Optional.of(doubles(c.numbers("scales")))
                        : numbers(c, old ? 1 : 2);
        Optional<double[]> sizes = old ? Optional.empty() : numbers(c, 3);
        int count = sizes.or(() -> scales).map(v -> v.length).orElse(0);
        if (count != along.length) {
            throw c.refuse("it names " + count + " scales or sizes for " + along.length + " axes");
        }
        String policy = c.text("keep_aspect_ratio_policy", "stretch");
        double common = Double.NaN;
        if (sizes.isPresent() && !policy.equals("stretch")) {
            double[] each =
                    IntStream.range(0, count)
                            .mapToDouble(i -> sizes.get()[i] / x.extent(along[i]))
                            .toArray();
            common =
                    policy.equals("not_larger")
                            ? Arrays.stream(each).min().orElse(1)
                            : Arrays.stream(each).max().orElse(1);
        }
        double ratio = common;
        return IntStream.range(0, count)
                .mapToObj(
                        i -> {
                            int n = x.extent(along[i]);
                            if (sizes.map(s -> Double.isNaN(s[i])).orElse(false)) {
                                if (n >= 0 || along[i] > 1) {
                                    throw open(c);
                                }
                                return new Axis(along[i], n, n, 1); // as many images as before
                            }
                            double scale;
                            int size;
                            if (sizes.isPresent()) {
                                size =
                                        Double.isNaN(ratio)
                                                ? (int) sizes.get()[i]
                                                : (int) Math.rint(ratio * n);
                                scale = Double.isNaN(ratio) ? (double) size / n : ratio;
                            } else {
                                scale = scales.get()[i];
                                size = n < 0 ? -1 : (int) Math.floor(n * scale);
                            }
                            return new Axis(along[i], n, size, scale);
                        })
                .filter(
                        axis ->
                                axis.n < 0
                                        ? axis.scale != 1
                                        : axis.n != axis.size || axis.scale != 1)
                .toArray(Axis[]::new);
    }

    private static Optional<double[]> numbers(Call c, int input) {
        return c.given(input)
                .filter(v -> v.size() != 0)
                .map(v -> Optional.ofNullable(c.b().known(v).numbers()).orElseThrow(() -> open(c)));
    }

    private static ModelException open(Call c) {
        return c.refuse("its size depends on extents that are left open");
    }

    private static double[] doubles(float... values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static Value nearest(
            Call c, Value x, Axis[] axes, String coordinates, boolean old, boolean images) {
        String rounding = c.text("nearest_mode", old ? "floor" : "round_prefer_floor");
        boolean whole =
                Arrays.stream(axes).allMatch(axis -> isRepeated(c, axis, coordinates, rounding));
        if (whole && axes.length > 0 && (images || axes[0].n < 0)) {
            int[] times = new int[x.rank() - 2];
            Arrays.fill(times, 1);
            boolean space = Arrays.stream(axes).allMatch(axis -> axis.position >= 2);
            if (space) {
                Arrays.stream(axes)
                        .forEach(axis -> times[axis.position - 2] = (int) Math.rint(axis.scale));
                return Resizing.enlarged(c.b(), x, times);
            }
        }
        Value y = x;
        for (Axis axis : axes) {
            if (axis.n < 0) {
                throw c.refuse("it resizes open extents: export the model with a fixed size");
            }
            y = Resizing.nearest(c.b(), y, axis.position, picks(c, axis, coordinates, rounding));
        }
        return y;
    }

    private static boolean isRepeated(Call c, Axis axis, String coordinates, String rounding) {
        int times = (int) Math.rint(axis.scale);
        if (times < 1 || times != axis.scale || axis.n < 0 && coordinates.equals("align_corners")) {
            return false;
        }
        int n = axis.n < 0 ? 16 : axis.n;
        int[] picks = picks(c, new Axis(0, n, n * times, axis.scale), coordinates, rounding);
        return IntStream.range(0, n * times).allMatch(i -> picks[i] == i / times);
    }

    private static int[] picks(Call c, Axis axis, String coordinates, String rounding) {
        IntToDoubleFunction at = coordinate(c, axis, coordinates);
        return IntStream.range(0, axis.size)
                .map(
                        i -> {
                            double x = at.applyAsDouble(i);
                            double pick =
                                    switch (rounding) {
                                        case "round_prefer_floor" -> Math.ceil(x - 0.5);
                                        case "round_prefer_ceil" -> Math.floor(x + 0.5);
                                        case "floor" -> Math.floor(x);
                                        case "ceil" -> Math.ceil(x);
                                        default ->
                                                throw c.refuse(
                                                        "nearest_mode "
                                                                + rounding
                                                                + " is not known");
                                    };
                            return (int) Math.max(0, Math.min(axis.n - 1, pick));
                        })
                .toArray();
    }

    /** As other tools compute it, in single precision. */
    private static IntToDoubleFunction coordinate(Call c, Axis axis, String mode) {
        float scale = (float) axis.scale;
        return switch (mode) {
            case "half_pixel" -> i -> (i + 0.5f) / scale - 0.5f;
            case "pytorch_half_pixel" -> i -> axis.size > 1 ? (i + 0.5f) / scale - 0.5f : 0;
            case "align_corners" ->
                    i -> axis.size == 1 ? 0 : (float) i * (axis.n - 1) / (axis.size - 1);
            case "asymmetric" -> i -> i / scale;
            case "half_pixel_symmetric" -> {
                double adjustment = axis.size / (axis.scale * axis.n);
                double offset = axis.n / 2.0 * (1 - adjustment);
                yield i -> offset + (i + 0.5) / axis.scale - 0.5;
            }
            default ->
                    throw c.refuse("coordinate_transformation_mode " + mode + " is not supported");
        };
    }

    private static boolean isTensorFlows(Axis[] axes, String coordinates) {
        boolean known =
                switch (coordinates) {
                    case "half_pixel", "pytorch_half_pixel" ->
                            Arrays.stream(axes).allMatch(a -> a.size > 1);
                    case "align_corners" -> Arrays.stream(axes).allMatch(a -> a.size > 1);
                    default -> false;
                };
        return known
                && Arrays.stream(axes)
                        .allMatch(a -> a.n > 0 && Math.abs(a.size - a.scale * a.n) < 1e-4);
    }

    private static double[][] weights(Call c, Axis axis, String coordinates, boolean linear) {
        IntToDoubleFunction at = coordinate(c, axis, coordinates);
        double a = c.number("cubic_coeff_a", -0.75);
        boolean exclude = c.flag("exclude_outside", false);
        if (c.flag("antialias", false) && axis.scale < 1) {
            return Resizing.smoothed(axis.n, axis.size, at, axis.scale, linear, a, exclude);
        }
        if (linear) {
            return Resizing.linear(axis.n, axis.size, at);
        }
        if (!c.text("mode", "").equals("cubic")) {
            throw c.refuse("mode " + c.text("mode", "") + " is not known");
        }
        return Resizing.cubic(axis.n, axis.size, at, a, exclude);
    }
}
