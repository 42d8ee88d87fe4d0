/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import org.tensorflow.proto.TensorInfo;

/**
 * How scores for each place lie in a network's output: the batch first, then the axes of space in
 * the order of the image.
 *
 * @param shape extents, -1 where they depend on the image
 * @param channels position of the axis of the classes; -1 where there is one score for each place
 */
public record MapLayout(int[] shape, int channels) {

    /**
     * @param output of a signature
     * @param image extents of the image, -1 where any fits
     * @param channelsFirst whether the image has its channels before space
     */
    static MapLayout of(TensorInfo output, int[] image, boolean channelsFirst) {
        int[] shape =
                output.getTensorShape().getDimList().stream()
                        .mapToInt(dim -> (int) dim.getSize())
                        .toArray();
        if (shape.length < image.length) {
            return new MapLayout(shape, -1);
        }
        int last = shape.length - 1;
        int space = channelsFirst ? 2 : 1;
        int behind = fits(shape, 1, image, space);
        int before = fits(shape, 2, image, space);
        boolean first = before == behind ? channelsFirst : before > behind;
        return new MapLayout(shape, first ? 1 : last);
    }

    /** How many extents of space are those of the image, if space begins there. */
    private static int fits(int[] shape, int begin, int[] image, int space) {
        int count = 0;
        for (int i = 0; i < shape.length - 2; i++) {
            boolean known = shape[begin + i] > 0 && space + i < image.length;
            count += known && shape[begin + i] == image[space + i] ? 1 : 0;
        }
        return count;
    }

    /** Number of scores of each place, -1 where the file does not say. */
    public int classes() {
        return channels < 0 ? 1 : shape[channels];
    }

    /** The axes of space. */
    int[] space() {
        int[] axes = new int[shape.length - (channels < 0 ? 1 : 2)];
        for (int axis = 1, i = 0; axis < shape.length; axis++) {
            if (axis != channels) {
                axes[i++] = axis;
            }
        }
        return axes;
    }
}
