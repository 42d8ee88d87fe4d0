/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Normalisations of images, the channels second. */
public final class Normalisations {

    private Normalisations() {}

    /** By given statistics of each channel: (x − mean)·scale/√(variance + ε) + offset. */
    public static Value batch(
            NetworkBuilder b,
            Value x,
            Value scale,
            Value offset,
            Value mean,
            Value variance,
            double epsilon) {
        boolean trained =
                List.of(scale, offset, mean, variance).stream().allMatch(Value::isConstant);
        if (x.rank() == 4 && x.type() == DataType.DT_FLOAT && trained) {
            Output y =
                    b.ops()
                            .emit(
                                    "FusedBatchNormV3",
                                    List.of(
                                            b.outputLast(x),
                                            b.output(scale),
                                            b.output(offset),
                                            b.output(mean),
                                            b.output(variance)),
                                    "U",
                                    DataType.DT_FLOAT,
                                    "epsilon",
                                    (float) epsilon,
                                    "is_training",
                                    false);
            return Value.last(y, x.type(), x.shape());
        }
        Optional<double[]> g = b.known(scale).allNumbers();
        Optional<double[]> t = b.known(offset).allNumbers();
        Optional<double[]> m = b.known(mean).allNumbers();
        Optional<double[]> v = b.known(variance).allNumbers();
        if (g.isEmpty() || t.isEmpty() || m.isEmpty() || v.isEmpty()) {
            Value root = Elementwise.unary(b, "Rsqrt", plus(b, variance, epsilon));
            Value factor = Elementwise.binary(b, "Mul", scale, root);
            Value shift =
                    Elementwise.binary(
                            b, "Sub", offset, Elementwise.binary(b, "Mul", mean, factor));
            return affine(b, x, factor, shift);
        }
        int channels = g.get().length;
        double[] factor = new double[channels];
        double[] shift = new double[channels];
        for (int i = 0; i < channels; i++) {
            factor[i] = g.get()[i] / Math.sqrt(v.get()[i] + epsilon);
            shift[i] = t.get()[i] - m.get()[i] * factor[i];
        }
        return affine(
                b,
                x,
                Value.known(x.type(), new int[] {channels}, factor),
                Value.known(x.type(), new int[] {channels}, shift));
    }

    private static Value plus(NetworkBuilder b, Value x, double number) {
        return Elementwise.binary(b, "AddV2", x, Value.scalar(x.type(), number));
    }

    /** x·factor + shift, one of each for each channel. */
    public static Value affine(NetworkBuilder b, Value x, Value factor, Value shift) {
        Value scaled = Elementwise.binary(b, "Mul", x, channels(b, factor, x));
        return Elementwise.binary(b, "AddV2", scaled, channels(b, shift, x));
    }

    /** A vector over the channels so that it broadcasts with an image. */
    public static Value channels(NetworkBuilder b, Value vector, Value image) {
        int[] extents = Window.filled(Math.max(image.rank() - 1, 1), 1);
        extents[0] = vector.extent(0);
        return Shaping.reshape(b, vector, Shaping.extents(vector, extents));
    }

    /** By each image's own statistics along some axes: (x − mean)/√(variance + ε). */
    public static Value moments(NetworkBuilder b, Value x, long[] axes, double epsilon) {
        Value mean = Reductions.reduce(b, "Mean", x, axes, true);
        Value apart = Elementwise.binary(b, "Sub", x, mean);
        // Not SquaredDifference: TensorFlow 2.16 takes scales for constants when it fuses those,
        // and
        // ends the process where they are variables.
        Value square = Elementwise.unary(b, "Square", apart);
        Value variance = Reductions.reduce(b, "Mean", square, axes, true);
        Value root = Elementwise.unary(b, "Rsqrt", plus(b, variance, epsilon));
        return Elementwise.binary(b, "Mul", apart, root);
    }

    /**
     * Each channel by its own statistics over the whole batch: of weights, which are standardised
     * so; images would change each other's scores.
     */
    public static Value ofWeights(
            NetworkBuilder b, Value weights, Value scale, Value offset, double epsilon) {
        long[] axes =
                IntStream.range(0, weights.rank()).filter(i -> i != 1).asLongStream().toArray();
        return affine(b, moments(b, weights, axes, epsilon), scale, offset);
    }

    /** Each channel of each image by itself. */
    public static Value instance(
            NetworkBuilder b, Value x, Value scale, Value offset, double epsilon) {
        long[] space = IntStream.range(2, x.rank()).asLongStream().toArray();
        return affine(b, moments(b, x, space, epsilon), scale, offset);
    }

    /** Groups of channels of each image; a scale and an offset for each channel. */
    public static Value group(
            NetworkBuilder b, Value x, int groups, Value scale, Value offset, double epsilon) {
        return affine(b, groups(b, x, groups, epsilon), scale, offset);
    }

    /** Groups of channels of each image, without scale and offset. */
    public static Value groups(NetworkBuilder b, Value x, int groups, double epsilon) {
        int channels = x.extent(1);
        if (channels < 0 || channels % groups != 0) {
            throw b.refuse(channels + " channels cannot be parted into " + groups + " groups");
        }
        int[] held = NetworkBuilder.shapeLast(x.shape());
        Ops g = b.ops();
        Output in = b.outputLast(x);
        boolean open = Arrays.stream(held).skip(1).anyMatch(e -> e < 0);
        Output parts =
                g.reshape(
                        in,
                        open
                                ? g.concat(
                                        g.slice(g.shape(in), 0, x.rank() - 1),
                                        g.vector(groups, channels / groups))
                                : g.vector(grouped(held, groups)));
        int[] shape = grouped(NetworkBuilder.shapeLast(x.shape()), groups);
        shape[0] = x.extent(0);
        Value whole = Value.of(parts, x.type(), shape);
        long[] along =
                IntStream.range(1, shape.length)
                        .filter(i -> i != shape.length - 2)
                        .asLongStream()
                        .toArray();
        Value normalised = moments(b, whole, along, epsilon);
        held[0] = -1;
        Output back = g.reshape(b.output(normalised), open ? g.shape(in) : g.vector(held));
        return Value.last(back, x.type(), x.shape());
    }

    private static int[] grouped(int[] held, int groups) {
        int[] shape = Arrays.copyOf(held, held.length + 1);
        shape[0] = -1;
        shape[held.length - 1] = groups;
        shape[held.length] = held[held.length - 1] / groups;
        return shape;
    }

    /** Along the last axes, from one on; scale and offset are of their extents. */
    public static Value layer(
            NetworkBuilder b,
            Value x,
            int from,
            Optional<Value> scale,
            Optional<Value> offset,
            double epsilon) {
        long[] axes = IntStream.range(from, x.rank()).asLongStream().toArray();
        Value y = moments(b, x, axes, epsilon);
        y = scale.isPresent() ? Elementwise.binary(b, "Mul", y, scale.get()) : y;
        return offset.isPresent() ? Elementwise.binary(b, "AddV2", y, offset.get()) : y;
    }

    /** By the root of the mean square along the last axes, from one on. */
    public static Value rootMeanSquare(
            NetworkBuilder b, Value x, int from, Value scale, double epsilon) {
        long[] axes = IntStream.range(from, x.rank()).asLongStream().toArray();
        Value mean = Reductions.reduce(b, "Mean", Elementwise.unary(b, "Square", x), axes, true);
        Value root = Elementwise.unary(b, "Rsqrt", plus(b, mean, epsilon));
        return Elementwise.binary(b, "Mul", Elementwise.binary(b, "Mul", x, root), scale);
    }

    /** Local response normalisation over channels (AlexNet); an odd number of them. */
    public static Value localResponse(
            NetworkBuilder b, Value x, int size, double alpha, double beta, double bias) {
        if (size % 2 == 0) {
            throw b.refuse("local response normalisation over an even number of channels");
        }
        int[] held = NetworkBuilder.shapeLast(x.shape());
        Ops g = b.ops();
        Output in = b.outputLast(x);
        Output image = x.rank() == 4 ? in : g.reshape(in, g.vector(-1, 1, 1, x.extent(1)));
        Output y =
                g.emit(
                        "LRN",
                        List.of(image),
                        "depth_radius",
                        size / 2,
                        "alpha",
                        (float) (alpha / size),
                        "beta",
                        (float) beta,
                        "bias",
                        (float) bias);
        held[0] = -1;
        Output back = x.rank() == 4 ? y : g.reshape(y, g.vector(held));
        return Value.last(back, x.type(), x.shape());
    }
}
