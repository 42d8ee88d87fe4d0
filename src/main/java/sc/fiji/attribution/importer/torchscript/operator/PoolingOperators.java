/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Unpooling;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.network.Window;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Maxima and means of windows. */
final class PoolingOperators {

    private final TensorOperators all;
    private final Emission g;

    private PoolingOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        PoolingOperators each = new PoolingOperators(all);
        for (int n = 1; n <= 3; n++) {
            int axes = n;
            String window = "(x, kernel, stride=[], padding=0, dilation=1, ceil_mode=False)";
            all.add("max_pool" + n + "d" + window, a -> each.max(a, axes));
            all.table()
                    .add(
                            "max_pool" + n + "d_with_indices" + window,
                            a -> Tuple.of(new ScriptTensor(each.max(a, axes)), each.places(a)));
            all.add(
                    "avg_pool"
                            + n
                            + "d(x, kernel, stride=[], padding=0, ceil_mode=False,"
                            + " count_include_pad=True, divisor_override=None)",
                    a -> each.mean(a, axes));
            all.add("adaptive_avg_pool" + n + "d(x, size)", a -> each.adaptive(a, axes, false));
            all.table()
                    .add(
                            "adaptive_max_pool" + n + "d(x, size)",
                            a ->
                                    Tuple.of(
                                            new ScriptTensor(each.adaptive(a, axes, true)),
                                            None.NONE));
            all.add(
                    "lp_pool" + n + "d(x, norm_type, kernel, stride=[], ceil_mode=False)",
                    a -> {
                        throw a.refuse("any norm");
                    });
        }
    }

    /** Windows along the axes of space, and how far the image is extended for them. */
    private record Windows(int[] size, int[] stride, int[] before, int[] after) {}

    private Value image(Arguments a, int axes) {
        Value x = g.floating(all.tensor(a, "x"));
        if (x.rank() != axes + 2) {
            throw a.refuse("an image of " + x.rank() + " axes");
        }
        return x;
    }

    private Windows windows(Arguments a, Value x, int axes, int[] dilation) {
        int[] size = a.perAxis("kernel", axes);
        int[] stride = a.perAxis("stride", axes, size);
        int[] padding = a.perAxis("padding", axes, new int[axes]);
        int[] after = padding.clone();
        if (a.flag("ceil_mode")) {
            for (int i = 0; i < axes; i++) {
                int window = dilation[i] * (size[i] - 1) + 1;
                after[i] += open(x.shape()[i + 2], window, stride[i], padding[i]);
            }
        }
        return new Windows(size, stride, padding, after);
    }

    /** How much further the last window reaches that begins within the image. */
    private static int open(int extent, int window, int stride, int padding) {
        if (extent < 0) {
            if (window < stride + padding) {
                throw new SizeNeeded("pooling with ceil_mode along an axis of unknown extent");
            }
            return stride - 1;
        }
        int steps = Math.floorDiv(extent + 2 * padding - window + stride - 1, stride) + 1;
        if ((steps - 1) * stride >= extent + padding) {
            steps--;
        }
        return Math.max(0, (steps - 1) * stride + window - extent - 2 * padding);
    }

    private Value max(Arguments a, int axes) {
        Value x = image(a, axes);
        int[] ones = new int[axes];
        Arrays.fill(ones, 1);
        int[] dilation = a.perAxis("dilation", axes, ones);
        Windows w = windows(a, x, axes, dilation);
        if (!ReductionOperators.isOnly(dilation, 1)) {
            return dilatedMax(x, w, dilation);
        }
        return pool("MaxPool", x, w, -Float.MAX_VALUE);
    }

    /** Where the largest elements are; nothing where that depends on the extents of the image. */
    private Object places(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        int axes = x.rank() - 2;
        if (axes < 2 || Arrays.stream(x.shape()).skip(1).anyMatch(e -> e < 0)) {
            return None.NONE;
        }
        int[] ones = new int[axes];
        Arrays.fill(ones, 1);
        int[] size = a.perAxis("kernel", axes);
        int[] padding = a.perAxis("padding", axes, new int[axes]);
        Window window =
                new Window(
                        size,
                        a.perAxis("stride", axes, size),
                        a.perAxis("dilation", axes, ones),
                        padding,
                        padding);
        Value places = Unpooling.places(g.builder(), x, window, a.flag("ceil_mode"));
        int[] shape = places.shape().clone();
        shape[0] = x.shape()[0];
        return new ScriptTensor(
                new Value(places.output(), places.type(), shape, places.last(), null, null));
    }

    /** The largest of shifted copies. */
    private Value dilatedMax(Value x, Windows w, int[] dilation) {
        Value padded = g.pad(x, spatial(x, w.before), spatial(x, w.after), -Float.MAX_VALUE);
        Value result = padded;
        for (int i = 0; i < w.size.length; i++) {
            int axis = i + 2;
            Object length =
                    all.scalars()
                            .minus(g.extent(result, axis), (long) dilation[i] * (w.size[i] - 1));
            Value largest = null;
            for (long n = 0; n < w.size[i]; n++) {
                Value part = g.slice(result, axis, n * dilation[i], length);
                largest = largest == null ? part : g.binary("Maximum", largest, part);
            }
            result = largest;
        }
        int[] ones = new int[w.size.length];
        Arrays.fill(ones, 1);
        int[] none = new int[w.size.length];
        return pool("MaxPool", result, new Windows(ones, w.stride, none, none), 0);
    }

    private static int[] spatial(Value x, int[] space) {
        int[] full = new int[x.rank()];
        System.arraycopy(space, 0, full, 2, space.length);
        return full;
    }

    /** In two or three dimensions, after padding. */
    private Value pool(String op, Value x, Windows w, double value) {
        Value padded = g.pad(x, spatial(x, w.before), spatial(x, w.after), value);
        if (x.rank() == 3) {
            List<Object> wide = g.extents(padded);
            wide.add(2, 1L);
            int[] none = new int[2];
            Windows lines =
                    new Windows(new int[] {1, w.size[0]}, new int[] {1, w.stride[0]}, none, none);
            Value result = pool(op, g.reshape(padded, wide), lines, value);
            List<Object> narrow = g.extents(result);
            narrow.remove(2);
            return g.reshape(result, narrow);
        }
        int[] shape = padded.shape().clone();
        for (int i = 0; i < w.size.length; i++) {
            shape[i + 2] = steps(shape[i + 2], w.size[i], w.stride[i]);
        }
        Output out =
                g.builder()
                        .ops()
                        .emit(
                                x.rank() == 4 ? op : op + "3D",
                                List.of(g.builder().outputLast(padded)),
                                "ksize",
                                list(w.size),
                                "strides",
                                list(w.stride),
                                "padding",
                                "VALID",
                                "data_format",
                                x.rank() == 4 ? "NHWC" : "NDHWC");
        return Value.last(out, DataType.DT_FLOAT, shape);
    }

    private int steps(int extent, int window, int stride) {
        if (extent < 0) {
            return stride == 1
                    ? g.added(extent, 1 - window)
                    : g.symbols().derived("steps", extent, -window, stride);
        }
        if (extent < window) {
            throw new sc.fiji.attribution.core.ModelException(
                    "an axis of " + extent + " is too short for a window of " + window);
        }
        return (extent - window) / stride + 1;
    }

    private static org.tensorflow.proto.AttrValue list(int[] perAxis) {
        long[] full = new long[perAxis.length + 2];
        Arrays.fill(full, 1);
        for (int i = 0; i < perAxis.length; i++) {
            full[i + 1] = perAxis[i];
        }
        return Ops.list(full);
    }

    private Value mean(Arguments a, int axes) {
        Value x = image(a, axes);
        int[] ones = new int[axes];
        Arrays.fill(ones, 1);
        Windows w = windows(a, x, axes, ones);
        int[] none = new int[axes];
        boolean padded = !Arrays.equals(w.before, none) || !Arrays.equals(w.after, none);
        Value mean = pool("AvgPool", x, w, 0);
        int count = Arrays.stream(w.size).reduce(1, (p, q) -> p * q);
        if (!a.isNone("divisor_override")) {
            return g.mul(mean, count / a.number("divisor_override"));
        }
        boolean counted = a.flag("count_include_pad");
        int[] padding = a.perAxis("padding", axes, none);
        if (!padded || counted && Arrays.equals(w.after, padding)) {
            return mean;
        }
        // By what share of each window counts.
        List<Object> single = g.extents(x);
        single.set(0, 1L);
        single.set(1, 1L);
        int[] shape = single.stream().mapToInt(g.symbols()::of).toArray();
        Value mask =
                g.emit(
                        "Fill",
                        shape,
                        List.of(g.vector(single), g.out(g.number(1, DataType.DT_FLOAT))));
        if (counted) {
            mask = g.pad(mask, spatial(mask, padding), spatial(mask, padding), 1);
            int[] rest = new int[axes];
            Arrays.setAll(rest, i -> w.after[i] - padding[i]);
            return g.div(mean, pool("AvgPool", mask, new Windows(w.size, w.stride, none, rest), 0));
        }
        return g.div(mean, pool("AvgPool", mask, w, 0));
    }

    private Value adaptive(Arguments a, int axes, boolean max) {
        Value x = image(a, axes);
        int[] size = new int[axes];
        List<?> wanted = a.value("size") instanceof List<?> list ? list : List.of(a.value("size"));
        for (int i = 0; i < axes; i++) {
            Object each = wanted.get(wanted.size() == 1 ? 0 : i);
            size[i] = each == None.NONE ? x.shape()[i + 2] : g.symbols().of(each);
        }
        if (ReductionOperators.isOnly(size, 1)) {
            return g.reduce(max ? "Max" : "Mean", x, ReductionOperators.spatial(x), true);
        }
        int[] from = Arrays.copyOfRange(x.shape(), 2, x.rank());
        if (Arrays.equals(from, size)) {
            return x;
        }
        int[] window = new int[axes];
        boolean even = true;
        for (int i = 0; i < axes; i++) {
            if (from[i] < 0 || size[i] < 1) {
                throw new SizeNeeded(
                        "operator '"
                                + a.operator()
                                + "'"
                                + Arguments.at(a.scope())
                                + " depends on the extents of the image");
            }
            even &= from[i] % size[i] == 0;
            window[i] = from[i] / size[i];
        }
        int[] none = new int[axes];
        if (even) {
            return pool(max ? "MaxPool" : "AvgPool", x, new Windows(window, window, none, none), 0);
        }
        return uneven(x, size, max);
    }

    /** Windows of different lengths, axis by axis. */
    private Value uneven(Value x, int[] size, boolean max) {
        Value result = x;
        for (int i = 0; i < size.length; i++) {
            int axis = i + 2;
            int extent = result.shape()[axis];
            List<Value> parts = new ArrayList<>();
            for (int n = 0; n < size[i]; n++) {
                long begin = (long) n * extent / size[i];
                long end = ((long) (n + 1) * extent + size[i] - 1) / size[i];
                Value part = g.slice(result, axis, begin, end - begin);
                parts.add(g.reduce(max ? "Max" : "Mean", part, new int[] {axis}, true));
            }
            result = g.concat(parts, axis);
        }
        return result;
    }
}
