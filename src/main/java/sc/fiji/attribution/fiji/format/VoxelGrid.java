/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import sc.fiji.attribution.core.ImageException;

/**
 * How an image's numbers stand one after the other in a file.
 *
 * @param axes of {@code x, y, z, t, c}, the fastest first: {@code xyzt}, or {@code cxyz} where the
 *     channels of a voxel stand together
 * @param extents along these axes, each at least 1
 * @param type of each number
 * @param order of their bytes
 * @param scale what they mean
 */
public record VoxelGrid(String axes, int[] extents, VoxelType type, ByteOrder order, Scale scale) {

    /** An array, and its place in a list of arrays. */
    private static final int OVERHEAD = 32;

    public VoxelGrid {
        if (axes.length() != extents.length || axes.indexOf('x') < 0) {
            throw new IllegalArgumentException(axes + " " + Arrays.toString(extents));
        }
    }

    /** Extent along an axis; 1 for one that the file does not have. */
    public int size(char axis) {
        int place = axes.indexOf(axis);
        return place < 0 ? 1 : extents[place];
    }

    /** Bytes of all numbers; as floating point, since a header may claim anything. */
    public double bytes() {
        double bytes = type.bytes();
        for (int extent : extents) {
            bytes *= extent;
        }
        return bytes;
    }

    /** Bits of the image that keeps every value: 8 and 16 unsigned as they are, else 32. */
    public int bits() {
        return switch (type) {
            case UINT8 -> scale.isNone() ? 8 : 32;
            case UINT16 -> scale.isNone() ? 16 : 32;
            default -> 32;
        };
    }

    /**
     * Checks that the image fits into ImageJ's arrays and the memory.
     *
     * @throws ImageException if not
     */
    public void requireMemory(String name) {
        double plane = (double) size('x') * size('y');
        double planes = (double) size('z') * size('t') * size('c');
        if (plane * 8 > Integer.MAX_VALUE || planes > Integer.MAX_VALUE / 16) {
            throw new ImageException(
                    name
                            + ": an image of "
                            + size('x')
                            + "x"
                            + size('y')
                            + " pixels with "
                            + (long) planes
                            + " planes is more than ImageJ's arrays hold; crop or split it");
        }
        ImageMemory.require(name, plane * planes * bits() / 8 + planes * OVERHEAD);
    }

    /**
     * Reads all numbers.
     *
     * @param in stands at the first one
     * @throws EOFException where there are too few
     */
    public ImagePlus read(InputStream in, Path file) throws IOException {
        String name = PackedFile.name(file);
        requireMemory(name);
        Object[] planes = new Object[size('z') * size('t') * size('c')];
        Arrays.setAll(planes, i -> plane());
        fill(planes, in);
        return image(name, planes);
    }

    /** An image of these extents without the numbers: all its planes are one, and zero. */
    public ImagePlus outline(Path file) {
        Object[] planes = new Object[size('z') * size('t') * size('c')];
        Arrays.fill(planes, plane());
        return image(PackedFile.name(file), planes);
    }

    private Object plane() {
        int pixels = Math.multiplyExact(size('x'), size('y'));
        return switch (bits()) {
            case 8 -> new byte[pixels];
            case 16 -> new short[pixels];
            default -> new float[pixels];
        };
    }

    private void fill(Object[] planes, InputStream in) throws IOException {
        int[] at = new int[axes.length()];
        int run = extents[0];
        byte[] bytes = new byte[Math.multiplyExact(run, type.bytes())];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
        int pixelStep = pixelStride(axes.charAt(0));
        int planeStep = planeStride(axes.charAt(0));
        do {
            if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new EOFException();
            }
            int pixel = 0;
            int plane = 0;
            for (int axis = 1; axis < at.length; axis++) {
                pixel += at[axis] * pixelStride(axes.charAt(axis));
                plane += at[axis] * planeStride(axes.charAt(axis));
            }
            if (planes[plane] instanceof float[] values && isThere() && pixelStep == 1) {
                buffer.asFloatBuffer().get(0, values, pixel, run);
                for (int i = pixel; i < pixel + run; i++) {
                    values[i] += 0f; // no negative zero, as of all that is scaled
                }
                continue;
            }
            for (int i = 0; i < run; i++) {
                put(planes[plane + i * planeStep], pixel + i * pixelStep, buffer, i);
            }
        } while (next(at));
    }

    /** Whether the numbers are floats that mean themselves. */
    private boolean isThere() {
        return type == VoxelType.FLOAT32 && scale.isNone();
    }

    /** Goes on to the next run along the first axis. */
    private boolean next(int[] at) {
        for (int axis = 1; axis < at.length; axis++) {
            if (++at[axis] < extents[axis]) {
                return true;
            }
            at[axis] = 0;
        }
        return false;
    }

    private void put(Object plane, int pixel, ByteBuffer in, int i) {
        if (plane instanceof float[] values) {
            values[pixel] = (float) scale.apply(type.value(in, i * type.bytes()));
        } else if (plane instanceof short[] values) {
            values[pixel] = in.getShort(2 * i);
        } else {
            ((byte[]) plane)[pixel] = in.get(i);
        }
    }

    private int pixelStride(char axis) {
        return axis == 'x' ? 1 : axis == 'y' ? size('x') : 0;
    }

    /** ImageJ's order of planes: channels, then slices, then frames. */
    private int planeStride(char axis) {
        return switch (axis) {
            case 'c' -> 1;
            case 'z' -> size('c');
            case 't' -> size('c') * size('z');
            default -> 0;
        };
    }

    private ImagePlus image(String name, Object[] planes) {
        ImageStack stack = new ImageStack(size('x'), size('y'), planes.length);
        for (int i = 0; i < planes.length; i++) {
            stack.setPixels(planes[i], i + 1);
        }
        ImagePlus image = new ImagePlus(name, stack);
        image.setDimensions(size('c'), size('z'), size('t'));
        image.setOpenAsHyperStack(size('c') * size('t') > 1);
        image.setSlice(image.getStackIndex(1, size('z') / 2 + 1, 1));
        image.resetDisplayRange();
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VoxelGrid grid
                && axes.equals(grid.axes)
                && Arrays.equals(extents, grid.extents)
                && type == grid.type
                && order == grid.order
                && scale.equals(grid.scale);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents) + axes.hashCode();
    }
}
