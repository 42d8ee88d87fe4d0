/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Resizing;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Interpolation to another size. */
final class ResizeOperators {

    private final TensorOperators all;
    private final Emission g;

    private ResizeOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ResizeOperators each = new ResizeOperators(all);
        for (String mode : List.of("nearest1d", "nearest2d", "nearest3d")) {
            all.add(
                    "upsample_" + mode + "(x, size, a=None, b=None, c=None)",
                    a -> each.nearest(a, false));
            all.add(
                    "_upsample_"
                            + mode.replace("nearest", "nearest_exact")
                            + "(x, size, a=None, b=None, c=None)",
                    a -> each.nearest(a, true));
        }
        for (String mode : List.of("linear1d", "bilinear2d", "trilinear3d")) {
            all.add(
                    "upsample_" + mode + "(x, size, align_corners, a=None, b=None, c=None)",
                    each::linear);
        }
        all.add("upsample_bicubic2d(x, size, align_corners, a=None, b=None)", each::cubic);
        for (String mode : List.of("bilinear2d", "bicubic2d")) {
            all.add(
                    "_upsample_" + mode + "_aa(x, size, align_corners, a=None, b=None)",
                    a -> each.smooth(a, mode.equals("bilinear2d")));
        }
        all.table()
                .add(
                        "__interpolate(x, size=None, scale_factor=None, mode='nearest',"
                                + " align_corners=None, recompute_scale_factor=None, antialias=False)",
                        a -> {
                            throw a.refuse("this form");
                        });
    }

    /** Where an axis goes: its new extent, and how many old elements one new element spans. */
    private record Axis(Object from, Object to, double ratio) {

        boolean isSame() {
            return from.equals(to);
        }
    }

    /** What size is wanted: as list, by one list of factors, or by a factor for each axis. */
    private List<Axis> axes(Arguments a, Value x) {
        int n = x.rank() - 2;
        List<?> sizes = a.isNone("size") ? null : a.list("size");
        List<Object> factors = new ArrayList<>();
        if (a.value("a") instanceof List<?> list) {
            factors.addAll(list);
        } else {
            for (String name : List.of("a", "b", "c").subList(0, n)) {
                factors.add(a.isNone(name) ? None.NONE : a.value(name));
            }
        }
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Object from = g.extent(x, i + 2);
            double factor = factors.get(i) instanceof Number number ? number.doubleValue() : 0;
            Object to = sizes != null ? sizes.get(i) : scaled(from, factor);
            double ratio =
                    factor > 0
                            ? 1 / factor
                            : from instanceof Long f && to instanceof Long t ? (double) f / t : 0;
            axes.add(new Axis(from, to, ratio));
        }
        return axes;
    }

    private Object scaled(Object from, double factor) {
        if (from instanceof Long known) {
            return (long) Math.floor(known * factor);
        }
        if (factor == Math.rint(factor)) {
            return all.scalars().times(from, (long) factor);
        }
        if (1 / factor == Math.rint(1 / factor)) {
            return all.scalars().over(from, (long) (1 / factor));
        }
        throw new SizeNeeded("a factor of " + factor + " of an extent of the image");
    }

    /** Whether TensorFlow's ratio, of the two extents, is the one that is wanted. */
    private static boolean isPlain(Axis axis) {
        if (axis.from instanceof Long from && axis.to instanceof Long to) {
            return axis.ratio == 0 || Math.abs(axis.ratio - (double) from / to) < 1e-9;
        }
        return axis.ratio == 0 || 1 / axis.ratio == Math.rint(1 / axis.ratio);
    }

    private Value nearest(Arguments a, boolean exact) {
        Value x = all.tensor(a, "x");
        List<Axis> axes = axes(a, x);
        if (axes.stream().allMatch(ResizeOperators::isPlain)) {
            return resize("ResizeNearestNeighbor", x, axes, false, exact);
        }
        return gathered(x, axes, exact);
    }

    private Value gathered(Value x, List<Axis> axes, boolean exact) {
        Value result = x;
        for (int i = 0; i < axes.size(); i++) {
            int to = known(axes.get(i).to);
            int from = known(axes.get(i).from);
            double[][] weights = new double[to][from];
            if (to == from && !exact && axes.size() < 3) {
                continue; // PyTorch copies, whatever the factor is, but not volumes.
            }
            for (int n = 0; n < to; n++) {
                double at = exact ? (n + 0.5) * axes.get(i).ratio : n * (float) axes.get(i).ratio;
                weights[n][Math.min((int) Math.floor(at), from - 1)] = 1;
            }
            result = weighted(result, i + 2, weights);
        }
        return result;
    }

    private static int known(Object extent) {
        if (extent instanceof Long known) {
            return Math.toIntExact(known);
        }
        throw new SizeNeeded("interpolation by a factor that is no whole number");
    }

    private Value linear(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        List<Axis> axes = axes(a, x);
        boolean corners = a.flag("align_corners");
        if (corners || axes.stream().allMatch(ResizeOperators::isPlain)) {
            return resize("ResizeBilinear", x, axes, corners, !corners);
        }
        Value result = x;
        for (int i = 0; i < axes.size(); i++) {
            Axis axis = axes.get(i);
            if (axis.isSame()) {
                continue; // PyTorch copies, whatever the factor is.
            }
            result = weighted(result, i + 2, weights(axis, false, ResizeOperators::hat, 1));
        }
        return result;
    }

    private Value cubic(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        boolean corners = a.flag("align_corners");
        Value result = x;
        int i = 2;
        for (Axis axis : axes(a, x)) {
            result = weighted(result, i++, weights(axis, corners, ResizeOperators::cubic, 2));
        }
        return result;
    }

    /** With a filter as wide as a place of the smaller result; what lies outside has no weight. */
    private Value smooth(Arguments a, boolean linear) {
        Value result = g.floating(all.tensor(a, "x"));
        int i = 2;
        for (Axis axis : axes(a, result)) {
            if (a.flag("align_corners")) {
                throw a.refuse("align_corners=True");
            }
            double ratio = axis.ratio > 0 ? axis.ratio : (double) known(axis.from) / known(axis.to);
            double[][] weights =
                    Resizing.smoothed(
                            known(axis.from),
                            known(axis.to),
                            n -> (n + 0.5) * ratio - 0.5,
                            Math.min(1, 1 / ratio),
                            linear,
                            -0.5,
                            true);
            result = axis.isSame() && ratio == 1 ? result : weighted(result, i, weights);
            i++;
        }
        return result;
    }

    private interface Kernel {
        double at(double distance);
    }

    private static double hat(double distance) {
        return Math.max(0, 1 - Math.abs(distance));
    }

    /** Keys' kernel with a = -0.75. */
    private static double cubic(double distance) {
        double d = Math.abs(distance);
        return d <= 1
                ? (1.25 * d - 2.25) * d * d + 1
                : d < 2 ? ((-0.75 * d + 3.75) * d - 6) * d + 3 : 0;
    }

    /** For each new element, how much of each old one; those beyond the ends are the outermost. */
    private static double[][] weights(Axis axis, boolean corners, Kernel kernel, int reach) {
        int to = known(axis.to);
        int from = known(axis.from);
        double[][] weights = new double[to][from];
        for (int n = 0; n < to; n++) {
            double at =
                    corners
                            ? to == 1 ? 0 : (double) n * (from - 1) / (to - 1)
                            : (n + 0.5) * axis.ratio - 0.5;
            if (reach == 1) {
                at = Math.max(0, at);
            }
            int floor = (int) Math.floor(at);
            for (int k = floor - reach + 1; k <= floor + reach; k++) {
                weights[n][Math.max(0, Math.min(k, from - 1))] += kernel.at(at - k);
            }
        }
        return weights;
    }

    /** A product with a matrix along an axis. */
    private Value weighted(Value x, int axis, double[][] weights) {
        int to = weights.length;
        int from = weights[0].length;
        double[] flat = new double[to * from];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = weights[i % to][i / to];
        }
        String letters = "abcde".substring(0, x.rank());
        String joined = letters.charAt(axis) + "z";
        int[] shape = x.shape().clone();
        shape[axis] = to;
        return g.emit(
                "Einsum",
                shape,
                List.of(g.out(x), g.out(g.floats(flat, from, to))),
                "equation",
                letters + "," + joined + "->" + letters.replace(letters.charAt(axis), 'z'));
    }

    /** TensorFlow's op has two axes: more are taken one after the other. */
    private Value resize(String op, Value x, List<Axis> axes, boolean corners, boolean centres) {
        if (axes.stream().allMatch(Axis::isSame)) {
            return x;
        }
        List<Object> shape = g.extents(x);
        if (axes.size() == 2) {
            return resize(op, x, axes.get(0).to, axes.get(1).to, corners, centres);
        }
        if (axes.size() == 1) {
            Value plane = g.reshape(x, List.of(shape.get(0), shape.get(1), 1L, shape.get(2)));
            Value result = resize(op, plane, 1L, axes.get(0).to, corners, centres);
            return g.reshape(result, List.of(shape.get(0), shape.get(1), axes.get(0).to));
        }
        // [b, c, z, y, x] as slices [b z, y, x, c], then as lines [b, z, y x, c].
        int[] order = {0, 2, 1, 3, 4};
        Object slices = all.scalars().times(shape.get(0), shape.get(2));
        Value planes =
                g.reshape(
                        g.transpose(x, order),
                        List.of(slices, shape.get(1), shape.get(3), shape.get(4)));
        Value wide = resize(op, planes, axes.get(1).to, axes.get(2).to, corners, centres);
        if (axes.get(0).isSame()) {
            return back(wide, shape, axes, shape.get(2), order);
        }
        Object area = all.scalars().times(axes.get(1).to, axes.get(2).to);
        Value stack = back(wide, shape, axes, shape.get(2), order);
        Value lines = g.reshape(stack, List.of(shape.get(0), shape.get(1), shape.get(2), area));
        Value deep = resize(op, lines, axes.get(0).to, area, corners, centres);
        return g.reshape(
                deep,
                List.of(
                        shape.get(0),
                        shape.get(1),
                        axes.get(0).to,
                        axes.get(1).to,
                        axes.get(2).to));
    }

    private Value back(
            Value planes, List<Object> shape, List<Axis> axes, Object depth, int[] order) {
        Value split =
                g.reshape(
                        planes,
                        List.of(shape.get(0), depth, shape.get(1), axes.get(1).to, axes.get(2).to));
        return g.transpose(split, order);
    }

    private Value resize(
            String op, Value x, Object height, Object width, boolean corners, boolean centres) {
        int[] shape = x.shape().clone();
        shape[2] = g.symbols().of(height);
        shape[3] = g.symbols().of(width);
        if (Arrays.equals(shape, x.shape())) {
            return x;
        }
        Output out =
                g.builder()
                        .ops()
                        .emit(
                                op,
                                List.of(
                                        g.builder().outputLast(x),
                                        g.vector(List.of(height, width))),
                                "align_corners",
                                corners,
                                "half_pixel_centers",
                                centres);
        DataType type = op.endsWith("Bilinear") ? DataType.DT_FLOAT : x.type();
        return Value.last(out, type, shape);
    }
}
