/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one op's outputs see of the image along each axis of space.
 *
 * @param extents of the output
 * @param channelAxis position of the channel axis
 * @param channels extent there
 * @param stride voxels of the image from one output to the next
 * @param low first voxel that output 0 sees
 * @param high last voxel that output 0 sees
 */
public record Locality(
        int[] extents, int channelAxis, int channels, int[] stride, int[] low, int[] high) {

    /** The image itself. */
    public static Locality ofImage(int[] extents, boolean channelsFirst, int channels) {
        int[] ones = new int[extents.length];
        Arrays.fill(ones, 1);
        return new Locality(
                extents,
                channelsFirst ? 1 : extents.length + 1,
                channels,
                ones,
                new int[extents.length],
                new int[extents.length]);
    }

    int axes() {
        return extents.length;
    }

    /** Position of an axis of space in the tensor. */
    int position(int axis) {
        return axis + (channelAxis == 1 ? 2 : 1);
    }

    long values() {
        long values = channels;
        for (int extent : extents) {
            values *= extent;
        }
        return values;
    }

    /**
     * Channels of a value that is broadcast over this one; empty where it differs from place to
     * place.
     */
    OptionalInt channelsOf(long[] shape) {
        int count = 1;
        int missing = axes() + 2 - shape.length;
        for (int i = 0; i < shape.length; i++) {
            if (i + missing == channelAxis) {
                count = (int) shape[i];
            } else if (shape[i] != 1) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(count);
    }

    Locality withChannels(int count) {
        return new Locality(extents, channelAxis, count, stride, low, high);
    }

    Locality withChannelAxis(int axis) {
        return new Locality(extents, axis, channels, stride, low, high);
    }

    /**
     * After a window that slides over it.
     *
     * @param window extent along each axis
     * @param step from window to window
     * @param dilation from element to element of a window
     * @param padding SAME or VALID
     */
    Locality window(int[] window, int[] step, int[] dilation, String padding) {
        int[] before = new int[axes()];
        int[] count = new int[axes()];
        for (int a = 0; a < axes(); a++) {
            int reach = (window[a] - 1) * dilation[a] + 1;
            if (padding.equals("SAME")) {
                count[a] = (extents[a] + step[a] - 1) / step[a];
                before[a] = Math.max(0, (count[a] - 1) * step[a] + reach - extents[a]) / 2;
            } else {
                count[a] = (extents[a] - reach) / step[a] + 1;
            }
        }
        return window(window, step, dilation, before, count);
    }

    /**
     * @param before padding in front of the first element
     * @param count windows along each axis
     */
    Locality window(int[] window, int[] step, int[] dilation, int[] before, int[] count) {
        int[] strides = new int[axes()];
        int[] lows = new int[axes()];
        int[] highs = new int[axes()];
        for (int a = 0; a < axes(); a++) {
            strides[a] = stride[a] * step[a];
            lows[a] = low[a] - before[a] * stride[a];
            highs[a] = high[a] + ((window[a] - 1) * dilation[a] - before[a]) * stride[a];
        }
        return new Locality(count, channelAxis, channels, strides, lows, highs);
    }

    /** Of a value of each, place by place; empty where the places do not meet. */
    static Optional<Locality> joined(List<Locality> parts, int channels) {
        Locality first = parts.get(0);
        int[] lows = first.low.clone();
        int[] highs = first.high.clone();
        for (Locality part : parts) {
            if (!Arrays.equals(part.stride, first.stride)
                    || !Arrays.equals(part.extents, first.extents)
                    || part.channelAxis != first.channelAxis) {
                return Optional.empty();
            }
            for (int a = 0; a < lows.length; a++) {
                lows[a] = Math.min(lows[a], part.low[a]);
                highs[a] = Math.max(highs[a], part.high[a]);
            }
        }
        return Optional.of(
                new Locality(
                        first.extents, first.channelAxis, channels, first.stride, lows, highs));
    }
}
