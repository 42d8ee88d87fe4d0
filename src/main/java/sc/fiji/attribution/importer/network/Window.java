/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A window that slides over the axes of space, one number for each of them.
 *
 * @param size elements that it looks at
 * @param strides from one place to the next
 * @param dilations from one of its elements to the next
 * @param before padding at the low end
 * @param after padding at the high end
 */
public record Window(int[] size, int[] strides, int[] dilations, int[] before, int[] after) {

    /** With strides and dilations of 1 and no padding. */
    public static Window of(int... size) {
        int[] ones = filled(size.length, 1);
        int[] zeros = new int[size.length];
        return new Window(size, ones, ones, zeros, zeros);
    }

    static int[] filled(int length, int value) {
        int[] filled = new int[length];
        Arrays.fill(filled, value);
        return filled;
    }

    public Window withStrides(int... values) {
        return new Window(size, values, dilations, before, after);
    }

    public Window withDilations(int... values) {
        return new Window(size, strides, values, before, after);
    }

    public Window withPadding(int[] low, int[] high) {
        return new Window(size, strides, dilations, low, high);
    }

    public int axes() {
        return size.length;
    }

    /** From the first to the last element that it looks at. */
    int reach(int axis) {
        return (size[axis] - 1) * dilations[axis] + 1;
    }

    /** Number of places along an axis, -1 where the extent is open. */
    int places(int axis, int extent) {
        return extent < 0
                ? -1
                : Math.floorDiv(extent + before[axis] + after[axis] - reach(axis), strides[axis])
                        + 1;
    }

    /**
     * With the padding after which there are as many places as strides fit into the extent.
     *
     * @param extents of space, -1 where open
     * @param low whether an odd element of padding goes to the low end
     */
    public Window same(int[] extents, boolean low) {
        int[] begin = new int[axes()];
        int[] end = new int[axes()];
        for (int i = 0; i < axes(); i++) {
            int total = totalSame(i, extents[i]);
            begin[i] = low ? total - total / 2 : total / 2;
            end[i] = total - begin[i];
        }
        return withPadding(begin, end);
    }

    /** Whether {@link #same} depends on an extent that is open. */
    public boolean sameIsOpen(int[] extents) {
        return IntStream.range(0, axes()).anyMatch(i -> extents[i] < 0 && strides[i] > 1);
    }

    private int totalSame(int axis, int extent) {
        int places = extent < 0 ? 0 : (extent + strides[axis] - 1) / strides[axis];
        int total =
                extent < 0 ? reach(axis) - 1 : (places - 1) * strides[axis] + reach(axis) - extent;
        return Math.max(0, total);
    }

    /** Whether TensorFlow's padding {@code SAME} is this one, whatever the open extents are. */
    boolean isSame(int[] extents) {
        return IntStream.range(0, axes())
                .allMatch(
                        i -> {
                            if (extents[i] < 0 && strides[i] > 1) {
                                return false;
                            }
                            int total = totalSame(i, extents[i]);
                            return before[i] == total / 2 && after[i] == total - total / 2;
                        });
    }

    boolean isPadded() {
        return Arrays.stream(before).anyMatch(p -> p != 0)
                || Arrays.stream(after).anyMatch(p -> p != 0);
    }

    boolean isDilated() {
        return Arrays.stream(dilations).anyMatch(d -> d > 1);
    }

    boolean isStrided() {
        return Arrays.stream(strides).anyMatch(s -> s > 1);
    }

    /** One more axis of space in front, along which it does nothing. */
    Window flat() {
        return new Window(
                with(size, 1),
                with(strides, 1),
                with(dilations, 1),
                with(before, 0),
                with(after, 0));
    }

    private static int[] with(int[] values, int first) {
        return IntStream.concat(IntStream.of(first), Arrays.stream(values)).toArray();
    }

    /** Per axis of a value with channels last: 1 for batch and channels. */
    static long[] held(int... space) {
        long[] all = new long[space.length + 2];
        Arrays.fill(all, 1);
        for (int i = 0; i < space.length; i++) {
            all[i + 1] = space[i];
        }
        return all;
    }
}
