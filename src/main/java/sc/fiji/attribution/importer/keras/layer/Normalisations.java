/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Normalisations: by stored statistics, or by those of the image itself. */
final class Normalisations {

    private Normalisations() {}

    /** By stored mean and variance: one factor and one summand for each channel. */
    static Value batch(LayerCall call) {
        Value x = call.input();
        int axis = axis(call, x);
        if (x.last() && axis != 1) {
            x = call.plain();
        }
        int channels = x.extent(axis);
        if (channels < 1) {
            throw call.config().wrong("the number of its input's channels is not known");
        }
        double epsilon = call.config().number("epsilon", 1e-3);
        float[] mean = call.values("moving_mean", channels);
        float[] variance = call.values("moving_variance", channels);
        boolean scaled = call.config().flag("scale", true);
        boolean centred = call.config().flag("center", true);
        float[] gamma = scaled ? call.values("gamma", channels) : null;
        float[] beta = centred ? call.values("beta", channels) : null;
        float[] scale = new float[channels];
        float[] shift = new float[channels];
        for (int i = 0; i < channels; i++) {
            double factor = (scaled ? gamma[i] : 1) / Math.sqrt(variance[i] + epsilon);
            scale[i] = (float) factor;
            shift[i] = (float) ((centred ? beta[i] : 0) - mean[i] * factor);
        }
        int at = x.last() ? x.rank() - 1 : axis;
        int[] shape = along(x.rank(), at, channels);
        Ops g = call.ops();
        Output y = g.mul(x.output(), call.constant(scale, shape));
        return x.as(g.add(y, call.constant(shift, shape)));
    }

    /** One number for all, and as many as there are along one axis. The last needs no ones. */
    private static int[] along(int rank, int axis, int extent) {
        if (axis == rank - 1) {
            return new int[] {extent};
        }
        int[] shape = new int[rank - axis];
        Arrays.fill(shape, 1);
        shape[0] = extent;
        return shape;
    }

    private static int axis(LayerCall call, Value x) {
        int[] axes = call.config().has("axis") ? call.config().wholes("axis") : new int[] {-1};
        if (axes.length != 1) {
            throw call.config().unsupported("several axes");
        }
        return axis(call, x, axes[0]);
    }

    private static int axis(LayerCall call, Value x, int axis) {
        int at = axis < 0 ? axis + x.rank() : axis;
        if (at < 1 || at >= x.rank()) {
            throw call.config().wrong("its axis is " + axis);
        }
        return at;
    }

    /** By mean and variance over some axes of each image. */
    static Value layer(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        int[] axes = axes(call, x);
        boolean root = call.config().flag("rms_scaling", false);
        double epsilon = call.config().number("epsilon", 1e-3);
        Output over = g.vector(axes);
        Output centred = root ? x.output() : centred(g, x.output(), over);
        Output y = g.mul(centred, inverse(g, centred, over, epsilon));
        int[] weights = Arrays.stream(axes).map(x::extent).toArray();
        int[] shape = broadcast(x, axes);
        if (call.config().flag("scale", true) || root) {
            y = g.mul(y, call.weight("gamma", weights, shape));
        }
        if (call.config().flag("center", true) && !root) {
            y = g.add(y, call.weight("beta", weights, shape));
        }
        return x.as(y);
    }

    private static Output centred(Ops g, Output x, Output over) {
        return g.sub(x, g.emit("Mean", List.of(x, over), "keep_dims", true));
    }

    private static Output inverse(Ops g, Output centred, Output over, double epsilon) {
        Output squares = g.emit("Square", centred);
        Output variance = g.emit("Mean", List.of(squares, over), "keep_dims", true);
        return g.emit("Rsqrt", g.add(variance, g.scalar(epsilon, variance)));
    }

    /** Sorted, as Keras sorts the axes of its weights. */
    private static int[] axes(LayerCall call, Value x) {
        int[] axes = call.config().has("axis") ? call.config().wholes("axis") : new int[] {-1};
        return Arrays.stream(axes).map(each -> axis(call, x, each)).sorted().toArray();
    }

    private static int[] broadcast(Value x, int[] axes) {
        int[] shape = new int[x.rank()];
        Arrays.fill(shape, 1);
        for (int axis : axes) {
            shape[axis] = x.extent(axis);
        }
        int first = Arrays.stream(axes).min().orElse(0);
        return Arrays.copyOfRange(shape, first, shape.length);
    }

    /** By the root of the mean square. */
    static Value rootMeanSquare(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        int[] axes = axes(call, x);
        Output y =
                g.mul(
                        x.output(),
                        inverse(
                                g,
                                x.output(),
                                g.vector(axes),
                                call.config().number("epsilon", 1e-6)));
        int[] weights = Arrays.stream(axes).map(x::extent).toArray();
        return x.as(g.mul(y, call.weight("scale", weights, broadcast(x, axes))));
    }

    /** By mean and variance over space and groups of channels. */
    static Value group(LayerCall call) {
        Ops g = call.ops();
        int axis = axis(call, call.input());
        boolean first = axis == 1 && call.input().rank() > 2;
        Value x = first ? call.channelsLast(call.input()) : call.plain();
        if (!first && axis != x.rank() - 1) {
            throw call.config().unsupported("axis " + axis);
        }
        int channels = call.channels(x);
        int groups = call.config().whole("groups", 32);
        groups = groups == -1 ? channels : groups;
        if (groups < 1 || channels % groups != 0) {
            throw call.config().wrong("groups is " + groups + " for " + channels + " channels");
        }
        int rank = x.rank();
        Output shape = g.shape(x.output());
        Output parted =
                g.reshape(
                        x.output(),
                        g.concat(g.slice(shape, 0, rank - 1), g.vector(groups, channels / groups)));
        int[] over = IntStream.range(1, rank + 1).filter(i -> i != rank - 1).toArray();
        Output axes = g.vector(over);
        Output centred = centred(g, parted, axes);
        Output y = g.mul(centred, inverse(g, centred, axes, call.config().number("epsilon", 1e-3)));
        y = g.reshape(y, shape);
        if (call.config().flag("scale", true)) {
            y = g.mul(y, call.weight("gamma", channels));
        }
        if (call.config().flag("center", true)) {
            y = g.add(y, call.weight("beta", channels));
        }
        Value result = x.as(y);
        return first ? LayerCall.channelsFirst(result) : result;
    }

    /** By a weight for each channel. */
    static Value scaled(LayerCall call) {
        Value x = call.plain();
        Output gamma = call.weight("gamma", call.channels(x));
        return x.as(call.ops().mul(x.output(), gamma));
    }

    /** To the length of one. */
    static Value unit(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        Output squares = g.emit("Square", x.output());
        Output sum = g.sumKeepingAxes(squares, g.vector(axes(call, x)));
        return x.as(
                g.mul(x.output(), g.emit("Rsqrt", g.emit("Maximum", sum, g.scalar(1e-12, sum)))));
    }

    /** The layer that was adapted to data: (x − mean) / deviation, or its inverse. */
    static Value adapted(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        boolean all = call.config().json().has("axis") && !call.config().has("axis");
        int[] axes = all ? new int[0] : axes(call, x);
        int[] weights = Arrays.stream(axes).map(x::extent).toArray();
        boolean given = call.config().has("mean");
        float[] mean = given ? call.config().numbers("mean") : call.values("mean", weights);
        float[] variance =
                given ? call.config().numbers("variance") : call.values("variance", weights);
        int size = Arrays.stream(weights).reduce(1, (a, b) -> a * b);
        if (mean.length != variance.length || mean.length != 1 && mean.length != size) {
            throw call.config().wrong("its mean and variance do not fit its input");
        }
        boolean inverted = call.config().flag("invert", false);
        float[] scale = new float[mean.length];
        float[] shift = new float[mean.length];
        for (int i = 0; i < mean.length; i++) {
            double deviation = Math.max(Math.sqrt(variance[i]), 1e-7);
            scale[i] = (float) (inverted ? deviation : 1 / deviation);
            shift[i] = (float) (inverted ? mean[i] : -mean[i] / deviation);
        }
        int[] shape = mean.length == 1 ? new int[0] : broadcast(x, axes);
        Output y = g.mul(x.output(), call.constant(scale, shape));
        return x.as(g.add(y, call.constant(shift, shape)));
    }

    /** x · scale + offset, numbers for all or for each channel. */
    static Value rescaled(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        float[] scale = call.config().numbers("scale");
        float[] offset = call.config().numbers("offset");
        Output y = x.output();
        y = scale.length == 0 ? y : g.mul(y, call.constant(scale, form(scale)));
        return x.as(
                offset.length == 0 || offset.length == 1 && offset[0] == 0
                        ? y
                        : g.add(y, call.constant(offset, form(offset))));
    }

    private static int[] form(float[] values) {
        return values.length == 1 ? new int[0] : new int[] {values.length};
    }
}
