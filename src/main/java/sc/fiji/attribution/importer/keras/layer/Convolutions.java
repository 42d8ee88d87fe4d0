/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Groups;
import sc.fiji.attribution.importer.network.Value;

/** Convolutions of one to three axes of space, channels last. */
final class Convolutions {

    private Convolutions() {}

    static Value plain(LayerCall call, int space) {
        Value x = call.image(space + 2);
        Window window = Window.of(call, space);
        int filters = call.config().count("filters");
        int groups = call.config().whole("groups", 1);
        int in = call.channels(x);
        if (groups < 1 || in % groups != 0 || filters % groups != 0) {
            throw call.config().wrong("groups is " + groups + " for " + in + " channels");
        }
        int[] kernel = window.kernel(in / groups, filters);
        Output weights = kernel(call, "kernel", kernel);
        Output y = convolve(call, x, weights, window, groups);
        return call.fromImage(call.finished(y, window.result(x, filters)));
    }

    /** A kernel; that of a line has an axis of one before its own. */
    static Output kernel(LayerCall call, String name, int[] shape) {
        return call.weight(name, shape, shape.length == 3 ? flat(shape) : shape);
    }

    private static int[] flat(int[] kernel) {
        int[] flat = new int[kernel.length + 1];
        flat[0] = 1;
        System.arraycopy(kernel, 0, flat, 1, kernel.length);
        return flat;
    }

    /** Of an image and a kernel; that of a line has an axis of one before its own. */
    static Output convolve(LayerCall call, Value x, Output weights, Window window, int groups) {
        Ops g = call.ops();
        if (groups > 1 && window.space() == 3) {
            return grouped(call, x, weights, window, groups);
        }
        return window.dilated(
                call,
                x,
                (input, padding, dilations) -> {
                    String op = window.space() == 3 ? "Conv3D" : "Conv2D";
                    return window.flattened(
                            g,
                            input,
                            flat ->
                                    g.emit(
                                            op,
                                            List.of(flat, weights),
                                            "strides",
                                            window.list(window.strides()),
                                            "padding",
                                            padding,
                                            "dilations",
                                            window.list(dilations)));
                });
    }

    private static Output grouped(
            LayerCall call, Value x, Output weights, Window window, int groups) {
        int[] shape = x.shape().clone();
        int channels = call.channels(x) / groups;
        int filters = call.config().count("filters");
        shape[x.rank() - 1] = channels * Groups.together(channels, groups);
        return Groups.convolve(
                call.ops(),
                x.output(),
                weights,
                window.kernel(channels, filters),
                groups,
                (part, own) -> convolve(call, LayerCall.value(part, shape), own, window, 1));
    }

    static Value depthwise(LayerCall call, int space) {
        Value x = call.image(space + 2);
        Window window = Window.of(call, space);
        int multiplier = call.config().whole("depth_multiplier", 1);
        Value y = depthwise(call, x, window, "kernel", multiplier);
        return call.fromImage(call.finished(y.output(), y.shape()));
    }

    static Value separable(LayerCall call, int space) {
        Value x = call.image(space + 2);
        Window window = Window.of(call, space);
        int multiplier = call.config().whole("depth_multiplier", 1);
        int filters = call.config().count("filters");
        Value each = depthwise(call, x, window, "depthwise_kernel", multiplier);
        int[] kernel = new int[space + 2];
        Arrays.fill(kernel, 1);
        kernel[space] = each.extent(-1);
        kernel[space + 1] = filters;
        Output weights = kernel(call, "pointwise_kernel", kernel);
        Window point = Window.point(call, space);
        Output y = convolve(call, each, weights, point, 1);
        return call.fromImage(call.finished(y, point.result(each, filters)));
    }

    /** Each channel by kernels of its own. */
    private static Value depthwise(
            LayerCall call, Value x, Window window, String name, int multiplier) {
        Ops g = call.ops();
        int in = call.channels(x);
        int[] kernel = window.kernel(in, multiplier);
        Output weights = kernel(call, name, kernel);
        int[] strides = window.strides();
        int stride = Arrays.stream(strides).max().orElse(1);
        boolean even = Arrays.stream(strides).allMatch(each -> each == stride);
        Window whole = even ? window : window.unstrided(call, x);
        Output y =
                whole.dilatedBySpace(
                        call,
                        even ? x : window.padded(call, x),
                        (input, padding, dilations) ->
                                whole.flattened(
                                        g,
                                        input,
                                        flat ->
                                                g.emit(
                                                        "DepthwiseConv2dNative",
                                                        List.of(flat, weights),
                                                        "strides",
                                                        Ops.list(
                                                                1,
                                                                even ? stride : 1,
                                                                even ? stride : 1,
                                                                1),
                                                        "padding",
                                                        padding)));
        if (!even) {
            y = window.everyStride(g, y);
        }
        return LayerCall.value(y, window.result(x, in * multiplier));
    }

    static Value transposed(LayerCall call, int space) {
        Ops g = call.ops();
        Value x = call.image(space + 2);
        Window window = Window.of(call, space);
        int filters = call.config().count("filters");
        int[] kernel = window.kernel(filters, call.channels(x));
        if (Arrays.stream(window.dilations()).anyMatch(each -> each > 1)) {
            throw call.config().unsupported("a dilated transposed kernel");
        }
        if (call.config().whole("groups", 1) != 1) {
            throw call.config().unsupported("groups");
        }
        Output weights = kernel(call, "kernel", kernel);
        int[] extra =
                call.config().has("output_padding")
                        ? call.config().wholes("output_padding", space, 0)
                        : null;
        int[] shape = x.shape().clone();
        shape[space + 1] = filters;
        Output[] extents = new Output[space];
        Output given = g.shape(x.output());
        for (int i = 0; i < space; i++) {
            int reach = window.size()[i];
            int stride = window.strides()[i];
            // What one input adds behind the strides, by Keras' rules for the result's size.
            int over =
                    window.padding().equals("SAME")
                            ? extra == null ? 0 : reach + extra[i] - stride - 2 * (reach / 2)
                            : extra == null
                                    ? Math.max(reach - stride, 0)
                                    : reach - stride + extra[i];
            shape[i + 1] = shape[i + 1] < 0 ? -1 : shape[i + 1] * stride + over;
            extents[i] =
                    shape[i + 1] >= 0
                            ? g.vector(shape[i + 1])
                            : g.add(
                                    g.mul(g.slice(given, i + 1, 1), g.vector(stride)),
                                    g.vector(over));
        }
        List<Output> parts = new ArrayList<>(List.of(g.slice(given, 0, 1)));
        if (space == 1) {
            parts.add(g.vector(1));
        }
        parts.addAll(List.of(extents));
        parts.add(g.vector(filters));
        Output result = g.concat(parts.toArray(new Output[0]));
        String op = space == 3 ? "Conv3DBackpropInputV2" : "Conv2DBackpropInput";
        Output y =
                window.flattened(
                        g,
                        x.output(),
                        flat ->
                                g.emit(
                                        op,
                                        List.of(result, weights, flat),
                                        "strides",
                                        window.list(window.strides()),
                                        "padding",
                                        window.padding()));
        return call.fromImage(call.finished(y, shape));
    }
}
