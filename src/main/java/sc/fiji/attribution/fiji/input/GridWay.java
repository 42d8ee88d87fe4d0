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

    private ImageView view() {
        return colours.view();
    }

    /** A new tensor with the model's axes and extents, batch 1. */
    Tensor toModel(SlicedMap.Slices slices) {
        PlaneResampling planes = new PlaneResampling(resampling('x'), resampling('y'), false);
        Tensor stack = Tensor.zeros(spec.axes(), shape(view().size('z')));
        int channels = view().size('c');
        int size = extent('y') * extent('x');
        ThreadLocal<float[]> buffer = ThreadLocal.withInitial(() -> new float[size]);
        // Plane by plane, so that a large image never stands in memory as a whole tensor.
        IntStream.range(0, view().size('z') * channels)
                .parallel()
                .forEach(
                        i -> {
                            int z = i / channels;
                            int c = i % channels;
                            float[] values = slices.of(c, z);
                            float[] plane = planes.isNone() ? values : buffer.get();
                            if (plane != values) {
                                planes.apply(values, plane);
                            }
                            for (int each = c; each < c + colours.repeats(); each++) {
                                copyPlane(onModel(plane), 0, stack, offset(stack, z, each));
                            }
                        });
        return apply(resampling('z'), stack, 'z');
    }

    private Tensor onModel(float[] plane) {
        return new Tensor(PLANE, new int[] {extent('y'), extent('x')}, plane);
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
        if (isSame()) {
            requireOnGrid(map);
            return inImageOrder(colours.back(map, quantity));
        }
        SlicedMap sliced = sliced(map, quantity);
        int channels = sliced.channels();
        int size = sliced.height() * sliced.width();
        int[] shape = {sliced.depth(), channels, sliced.height(), sliced.width()};
        Tensor result = Tensor.zeros(ModelInput.IMAGE_AXES, shape);
        IntStream.range(0, shape[0] * channels)
                .parallel()
                .forEach(
                        i -> {
                            float[] slice = sliced.slice(i % channels, i / channels);
                            System.arraycopy(slice, 0, result.data(), i * size, size);
                        });
        return result;
    }

    private boolean isSame() {
        return "xyz".chars().allMatch(axis -> extent((char) axis) == view().size((char) axis));
    }

    /** See {@link ModelInput#sliced}. */
    SlicedMap sliced(Tensor map, Quantity quantity) {
        requireOnGrid(map);
        Tensor fit = colours.back(map, quantity);
        if (isSame()) {
            return SlicedMap.of(fit);
        }
        PlaneResampling planes =
                new PlaneResampling(back('x', quantity), back('y', quantity), true);
        AxisResampling alongZ = back('z', quantity);
        Tensor stack = inImageOrder(fit);
        int size = extent('y') * extent('x');
        ThreadLocal<float[]> buffer = ThreadLocal.withInitial(() -> new float[size]);
        int width = view().size('x');
        int height = view().size('y');
        return new SlicedMap(
                width,
                height,
                view().size('z'),
                stack.size('c'),
                (c, z) -> {
                    float[] slice = new float[width * height];
                    float[] plane = planes.isNone() ? slice : buffer.get();
                    int at = c * stack.stride('c');
                    alongZ.place(z, stack.data(), at, stack.stride('z'), plane, 0, size);
                    if (plane != slice) {
                        planes.apply(plane, slice);
                    }
                    return slice;
                });
    }

    /** The same values with planes in one piece. */
    private static Tensor inImageOrder(Tensor map) {
        int[] shape = {map.size('z'), map.size('c'), map.size('y'), map.size('x')};
        if (isThere(map, shape)) {
            return new Tensor(ModelInput.IMAGE_AXES, shape, map.data());
        }
        Tensor stack = Tensor.zeros(ModelInput.IMAGE_AXES, shape);
        for (int z = 0; z < shape[0]; z++) {
            for (int c = 0; c < shape[1]; c++) {
                Tensor plane = Tensor.zeros(PLANE, shape[2], shape[3]);
                copyPlane(map, offset(map, z, c), plane, 0);
                copyPlane(plane, 0, stack, offset(stack, z, c));
            }
        }
        return stack;
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
