/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Groups;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.Symbols;

/**
 * Convolutions in one, two and three dimensions. TensorFlow's have the channels last, in images and
 * filters, and in three dimensions neither explicit padding nor dilation nor groups.
 */
final class ConvolutionOperators {

    private final TensorOperators all;
    private final Emission g;

    private ConvolutionOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    /** What a convolution does along its axes of space. */
    private record Geometry(
            int[] stride, int[] before, int[] after, int[] dilation, int groups, int[] added) {

        int rank() {
            return stride.length;
        }

        /** With an axis of extent 1 in front. */
        Geometry widened() {
            return new Geometry(
                    with(stride, 1),
                    with(before, 0),
                    with(after, 0),
                    with(dilation, 1),
                    groups,
                    with(added, 0));
        }

        private static int[] with(int[] numbers, int first) {
            return IntStream.concat(IntStream.of(first), Arrays.stream(numbers)).toArray();
        }
    }

    static void register(TensorOperators all) {
        ConvolutionOperators each = new ConvolutionOperators(all);
        for (int n = 1; n <= 3; n++) {
            all.add(
                    "conv"
                            + n
                            + "d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
                    a -> each.convolve(a, false, each.geometry(a, null)));
            all.add(
                    "conv_transpose"
                            + n
                            + "d(x, weight, bias=None, stride=1, padding=0, output_padding=0,"
                            + " groups=1, dilation=1)",
                    a -> each.convolve(a, true, each.geometry(a, "output_padding")));
        }
        all.add(
                "_convolution(x, weight, bias, stride, padding, dilation, transposed,"
                        + " output_padding, groups, benchmark=False, deterministic=False,"
                        + " cudnn=False, allow_tf32=False)",
                a -> each.convolve(a, a.flag("transposed"), each.geometry(a, "output_padding")));
        all.table().alias("_convolution", "convolution");
        all.add(
                "_convolution_mode(x, weight, bias, stride, padding, dilation, groups)",
                a -> each.convolve(a, false, each.geometry(a, null)));
    }

    private Geometry geometry(Arguments a, String added) {
        int n = all.tensor(a, "weight").rank() - 2;
        int[] ones = new int[n];
        Arrays.fill(ones, 1);
        int[] dilation = a.perAxis("dilation", n, ones);
        int[] before;
        int[] after;
        if (a.value("padding") instanceof String mode) {
            before = new int[n];
            after = new int[n];
            for (int i = 0; mode.equals("same") && i < n; i++) {
                int total = dilation[i] * (all.tensor(a, "weight").extent(i + 2) - 1);
                before[i] = total / 2;
                after[i] = total - total / 2;
            }
        } else {
            before = a.perAxis("padding", n, new int[n]);
            after = before;
        }
        return new Geometry(
                a.perAxis("stride", n, ones),
                before,
                after,
                dilation,
                Math.toIntExact(a.whole("groups")),
                added == null ? new int[n] : a.perAxis(added, n, new int[n]));
    }

    private Value convolve(Arguments a, boolean transposed, Geometry geometry) {
        Value x = g.floating(all.tensor(a, "x"));
        Value weight = g.floating(all.tensor(a, "weight"));
        if (x.rank() == weight.rank() - 1) {
            throw a.refuse("an image without an axis of the batch");
        }
        if (x.rank() != weight.rank() || x.rank() < 3 || x.rank() > 5) {
            throw a.refuse(x.rank() + " axes for a filter of " + weight.rank());
        }
        boolean line = x.rank() == 3;
        Value image = line ? widened(x) : x;
        Value filter = line ? widened(weight) : weight;
        Geometry space = line ? geometry.widened() : geometry;
        Value result =
                transposed ? transposed(image, filter, space) : forward(image, filter, space);
        if (!a.isNone("bias")) {
            result = biased(result, g.floating(all.tensor(a, "bias")));
        }
        return line ? narrowed(result) : result;
    }

    private Value widened(Value x) {
        List<Object> shape = g.extents(x);
        shape.add(2, 1L);
        return g.reshape(x, shape);
    }

    private Value narrowed(Value x) {
        List<Object> shape = g.extents(x);
        shape.remove(2);
        return g.reshape(x, shape);
    }

    private Value biased(Value x, Value bias) {
        Output sum = g.builder().ops().emit("BiasAdd", g.builder().outputLast(x), g.out(bias));
        return Value.last(sum, x.type(), x.shape());
    }

    private static int[] permutation(int rank) {
        // [out, in, space] to [space, in, out].
        return IntStream.range(0, rank)
                .map(i -> i < rank - 2 ? i + 2 : i == rank - 2 ? 1 : 0)
                .toArray();
    }

    private Value forward(Value x, Value weight, Geometry s) {
        int channels = x.shape()[1];
        int perGroup = weight.extent(1);
        if (channels != perGroup * s.groups || weight.extent(0) % s.groups != 0) {
            Symbols.same(channels, perGroup * s.groups);
        }
        if (s.groups > 1 && perGroup == 1 && s.rank() == 2 && s.stride[0] == s.stride[1]) {
            return depthwise(x, weight, s);
        }
        int[] shape = extents(x, weight.shape(), s, weight.extent(0));
        Value filter = g.transpose(dilated(weight, s, s.rank() == 3), permutation(x.rank()));
        boolean same = isSame(weight.shape(), s);
        Value padded = same ? x : padded(x, s);
        List<Object> attributes = attributes(s, same);
        if (s.rank() == 2) {
            attributes.addAll(List.of("dilations", list(s.dilation)));
        }
        Output out =
                grouped(
                        padded,
                        filter,
                        s,
                        (part, own) ->
                                g.builder()
                                        .ops()
                                        .emit(
                                                s.rank() == 2 ? "Conv2D" : "Conv3D",
                                                List.of(part, own),
                                                attributes.toArray()));
        return Value.last(out, DataType.DT_FLOAT, shape);
    }

    private static List<Object> attributes(Geometry s, boolean same) {
        return new ArrayList<>(
                List.of(
                        "strides",
                        list(s.stride),
                        "padding",
                        same ? "SAME" : "VALID",
                        "data_format",
                        s.rank() == 2 ? "NHWC" : "NDHWC"));
    }

    private static org.tensorflow.proto.AttrValue list(int[] perAxis) {
        long[] all = new long[perAxis.length + 2];
        Arrays.fill(all, 1);
        for (int i = 0; i < perAxis.length; i++) {
            all[i + 1] = perAxis[i];
        }
        return Ops.list(all);
    }

    /** Whether TensorFlow's SAME pads as wanted, whatever the extents are. */
    private static boolean isSame(int[] weight, Geometry s) {
        boolean any = false;
        for (int i = 0; i < s.rank(); i++) {
            int total = s.dilation[i] * (weight[i + 2] - 1);
            if (s.stride[i] != 1 || s.before[i] != total / 2 || s.after[i] != total - total / 2) {
                return false;
            }
            any |= total > 0;
        }
        return any;
    }

    private Value padded(Value x, Geometry s) {
        return g.pad(x, axes(x, s.before), axes(x, s.after), 0);
    }

    private static int[] axes(Value x, int[] space) {
        int[] all = new int[x.rank()];
        System.arraycopy(space, 0, all, 2, space.length);
        return all;
    }

    /** Extents of the result. */
    private int[] extents(Value x, int[] weight, Geometry s, int channels) {
        int[] shape = x.shape().clone();
        shape[1] = channels;
        for (int i = 0; i < s.rank(); i++) {
            int window = s.dilation[i] * (weight[i + 2] - 1) + 1;
            int more = s.before[i] + s.after[i] - window;
            shape[i + 2] = steps(shape[i + 2], more, s.stride[i]);
        }
        return shape;
    }

    private int steps(int extent, int more, int stride) {
        if (extent < 0) {
            return stride == 1
                    ? g.added(extent, more + 1)
                    : g.symbols().derived("steps", extent, more, stride);
        }
        if (extent + more < 0) {
            throw new sc.fiji.attribution.core.ModelException(
                    "an axis of " + extent + " is too short for the window");
        }
        return (extent + more) / stride + 1;
    }

    /** With zeros between the filter's elements, where the op itself has no dilation. */
    private Value dilated(Value weight, Geometry s, boolean needed) {
        Value result = weight;
        for (int i = 0; needed && i < s.rank(); i++) {
            int extent = result.extent(i + 2);
            if (s.dilation[i] == 1 || extent == 1) {
                continue;
            }
            // Each element with zeros behind it; those behind the last are cut off.
            List<Object> split = g.extents(result);
            split.add(i + 3, 1L);
            Value apart = g.reshape(result, split);
            int[] none = new int[apart.rank()];
            int[] after = new int[apart.rank()];
            after[i + 3] = s.dilation[i] - 1;
            List<Object> joined = g.extents(result);
            joined.set(i + 2, (long) extent * s.dilation[i]);
            Value spread = g.reshape(g.pad(apart, none, after, 0), joined);
            result = g.slice(spread, i + 2, 0L, (long) s.dilation[i] * (extent - 1) + 1);
        }
        return result;
    }

    private Value depthwise(Value x, Value weight, Geometry s) {
        int channels = x.shape()[1];
        int multiplier = weight.extent(0) / channels;
        int[] shape = extents(x, weight.shape(), s, weight.extent(0));
        Value split = g.reshape(weight, channels, multiplier, weight.extent(2), weight.extent(3));
        Value filter = g.transpose(split, 2, 3, 0, 1);
        boolean same = isSame(weight.shape(), s);
        List<Object> attributes = attributes(s, same);
        attributes.addAll(List.of("dilations", list(s.dilation)));
        Output out =
                g.builder()
                        .ops()
                        .emit(
                                "DepthwiseConv2dNative",
                                List.of(
                                        g.builder().outputLast(same ? x : padded(x, s)),
                                        g.out(filter)),
                                attributes.toArray());
        return Value.last(out, DataType.DT_FLOAT, shape);
    }

    private Output grouped(Value x, Value filter, Geometry s, BinaryOperator<Output> one) {
        return Groups.convolve(
                g.builder().ops(),
                g.builder().outputLast(x),
                g.out(filter),
                filter.shape(),
                s.groups,
                one);
    }

    /** The gradient of a convolution to its image, cut to what PyTorch gives. */
    private Value transposed(Value x, Value weight, Geometry s) {
        Symbols.same(x.shape()[1], weight.extent(0));
        Value filter = dilated(weight, s, true);
        List<Object> full = g.extents(x);
        int[] shape = x.shape().clone();
        full.set(1, (long) weight.extent(1) * Groups.together(weight.extent(1), s.groups));
        shape[1] = weight.extent(1) * s.groups;
        int[] begin = new int[x.rank()];
        int[] end = new int[x.rank()];
        for (int i = 0; i < s.rank(); i++) {
            long window = filter.extent(i + 2);
            Object steps =
                    all.scalars()
                            .times(all.scalars().minus(full.get(i + 2), 1L), (long) s.stride[i]);
            // Elements that the op itself cannot give are zeros at the end.
            long more = Math.min(s.added[i], s.stride[i] - 1);
            full.set(i + 2, all.scalars().plus(steps, window + more));
            shape[i + 2] = g.symbols().of(full.get(i + 2));
            begin[i + 2] = -s.before[i];
            end[i + 2] = s.added[i] - (int) more - s.before[i];
        }
        Output sizes = g.vector(last(full));
        Output out =
                grouped(
                        x,
                        g.transpose(filter, permutation(x.rank())),
                        s,
                        (part, own) ->
                                g.builder()
                                        .ops()
                                        .emit(
                                                s.rank() == 2
                                                        ? "Conv2DBackpropInput"
                                                        : "Conv3DBackpropInputV2",
                                                List.of(sizes, own, part),
                                                attributes(s, false).toArray()));
        return g.pad(Value.last(out, DataType.DT_FLOAT, shape), begin, end, 0);
    }

    private static List<Object> last(List<Object> shape) {
        return Arrays.stream(NetworkBuilder.toLast(shape.size())).mapToObj(shape::get).toList();
    }
}
