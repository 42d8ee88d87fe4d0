/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Carries values between the grid of an image and that of a model, plane by plane; see {@link
 * ModelInput} for what is kept.
 */
record GridWay(ModelSpec spec, ColourFit colours) {

    private static final Axes PLANE = new Axes("yx");

    /** Values of a slice, x fastest. */
    interface Slices {
        float[] of(int channel, int slice);
    }

    private ImageView view() {
        return colours.view();
    }

    /** A new tensor with the model's axes and extents, batch 1. */
    Tensor toModel(Slices slices) {
        AxisResampling alongX = resampling('x');
        AxisResampling alongY = resampling('y');
        Tensor planes = Tensor.zeros(spec.axes(), shape(view().size('z')));
        int channels = view().size('c');
        // Plane by plane, so that a large image never stands in memory as a whole tensor.
        IntStream.range(0, view().size('z') * channels)
                .parallel()
                .forEach(
                        i -> {
                            int z = i / channels;
                            int c = i % channels;
                            Tensor plane = apply(alongY, plane(slices.of(c, z)), 'y');
                            plane = apply(alongX, plane, 'x');
                            for (int each = c; each < c + colours.repeats(); each++) {
                                copyPlane(plane, 0, planes, offset(planes, z, each));
                            }
                        });
        return apply(resampling('z'), planes, 'z');
    }

    private Tensor plane(float[] values) {
        return new Tensor(PLANE, new int[] {view().size('y'), view().size('x')}, values);
    }

    /** See {@link ModelInput#nearest}. */
    Tensor nearest(IntFunction<float[]> slices) {
        Axes axes = new Axes(spec.axes().order().replace("c", ""));
        int[] shape = new int[axes.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = axes.axis(i) == 'b' ? 1 : extent(axes.axis(i));
        }
        Tensor labels = Tensor.zeros(axes, shape);
        for (int z = 0; z < labels.size('z'); z++) {
            float[] slice = slices.apply(source('z', z));
            for (int y = 0; y < labels.size('y'); y++) {
                for (int x = 0; x < labels.size('x'); x++) {
                    int at =
                            z * labels.stride('z')
                                    + y * labels.stride('y')
                                    + x * labels.stride('x');
                    labels.data()[at] = slice[source('y', y) * view().size('x') + source('x', x)];
                }
            }
        }
        return labels;
    }

    /** The image's position at the centre of one of the model's. */
    private int source(char axis, int position) {
        return (int) ((position + 0.5) * view().size(axis) / extent(axis));
    }

    private void requireOnGrid(Tensor map) {
        for (char axis : new char[] {'z', 'y', 'x'}) {
            if (map.size(axis) != extent(axis)) {
                throw new IllegalArgumentException(
                        "map " + map + " is not on the grid of the model along " + axis);
            }
        }
        if (map.size('b') != 1) {
            throw new IllegalArgumentException("map " + map + " is not of one image");
        }
    }

    /** See {@link ModelInput#onImage(Tensor, Quantity)}. */
    Tensor onImage(Tensor map, Quantity quantity) {
        requireOnGrid(map);
        map = colours.back(map, quantity);
        int channels = map.size('c');
        int[] shape = {view().size('z'), channels, view().size('y'), view().size('x')};
        if (isThere(map, shape)) {
            return new Tensor(ModelInput.IMAGE_AXES, shape, map.data());
        }
        Tensor result = Tensor.zeros(ModelInput.IMAGE_AXES, shape);
        AxisResampling alongX = back('x', quantity);
        AxisResampling alongY = back('y', quantity);
        Tensor slices = apply(back('z', quantity), map, 'z');
        IntStream.range(0, shape[0] * channels)
                .parallel()
                .forEach(
                        i -> {
                            int z = i / channels;
                            int c = i % channels;
                            Tensor plane = Tensor.zeros(PLANE, extent('y'), extent('x'));
                            copyPlane(slices, offset(slices, z, c), plane, 0);
                            plane = apply(alongY, apply(alongX, plane, 'x'), 'y');
                            copyPlane(plane, 0, result, offset(result, z, c));
                        });
        return result;
    }

    /** Whether a map has its values where they are in one of that shape. */
    private static boolean isThere(Tensor map, int[] shape) {
        int step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            Tensor.Along axis = map.along(ModelInput.IMAGE_AXES.axis(i));
            if (axis.size() != shape[i] || shape[i] > 1 && axis.stride() != step) {
                return false;
            }
            step *= shape[i];
        }
        return true;
    }

    private AxisResampling back(char axis, Quantity quantity) {
        return quantity == Quantity.AMOUNT
                ? resampling(axis).transpose()
                : AxisResampling.linear(extent(axis), view().size(axis));
    }

    private AxisResampling resampling(char axis) {
        return AxisResampling.linear(view().size(axis), extent(axis));
    }

    /** Extent that the model sees along an axis of space. */
    int extent(char axis) {
        return spec.extent(axis, view().size(axis));
    }

    /** Shape of the input, for slices that are not yet resampled along z. */
    private int[] shape(int slices) {
        int[] shape = new int[spec.axes().rank()];
        for (int i = 0; i < shape.length; i++) {
            char axis = spec.axes().axis(i);
            shape[i] =
                    switch (axis) {
                        case 'b' -> 1;
                        case 'c' -> colours.channels();
                        case 'z' -> slices;
                        default -> extent(axis);
                    };
        }
        return shape;
    }

    /** Leaves out what would change nothing, and axes that the tensor lacks. */
    private static Tensor apply(AxisResampling resampling, Tensor tensor, char axis) {
        return resampling.sources() == resampling.targets() || !tensor.axes().has(axis)
                ? tensor
                : resampling.apply(tensor, axis);
    }

    private static int offset(Tensor tensor, int z, int c) {
        return z * tensor.stride('z') + c * tensor.stride('c');
    }

    private static void copyPlane(Tensor from, int fromOffset, Tensor to, int toOffset) {
        int height = to.size('y');
        int width = to.size('x');
        int fromRow = from.stride('y');
        int toRow = to.stride('y');
        int fromStep = from.stride('x');
        int toStep = to.stride('x');
        float[] source = from.data();
        float[] target = to.data();
        for (int y = 0; y < height; y++) {
            int read = fromOffset + y * fromRow;
            int write = toOffset + y * toRow;
            if (fromStep == 1 && toStep == 1) {
                System.arraycopy(source, read, target, write, width);
                continue;
            }
            for (int x = 0; x < width; x++, read += fromStep, write += toStep) {
                target[write] = source[read];
            }
        }
    }
}
