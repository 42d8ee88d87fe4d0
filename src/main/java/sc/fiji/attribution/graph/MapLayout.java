/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.text.Printable;

/**
 * How scores for each place lie in a network's output: the batch first, then the axes of space in
 * the order of the image.
 *
 * @param shape extents, -1 where they depend on the image
 * @param channels position of the axis of the classes; -1 where there is one score for each place
 */
public record MapLayout(int[] shape, int channels) {

    /** Places of a map for one of the image's, at most, along an axis. */
    private static final int LARGEST = 2;

    /** Axes of an output with its places in one. */
    private static final int FOLDED = 3;

    /**
     * @param output of a signature
     * @param image extents of the image, -1 where any fits
     * @param channelsFirst whether the image has its channels before space
     * @throws ModelException where its axes cannot be those of the image's space
     */
    static MapLayout of(TensorInfo output, int[] image, boolean channelsFirst) {
        int[] shape =
                output.getTensorShape().getDimList().stream()
                        .mapToInt(dim -> (int) dim.getSize())
                        .toArray();
        int last = shape.length - 1;
        int space = channelsFirst ? 2 : 1;
        if (shape.length < image.length) {
            MapLayout layout = new MapLayout(shape, -1);
            layout.requireSpace(output.getName(), image, space);
            return layout;
        }
        int behind = fits(shape, 1, image, space);
        int before = fits(shape, 2, image, space);
        boolean first = before == behind ? channelsFirst : before > behind;
        return new MapLayout(shape, first ? 1 : last);
    }

    /**
     * An output whose places were reshaped into one axis, with its axes of space again: those of
     * the image, row by row, where it has as many places. Others stay as they are.
     *
     * @param image extents of the image
     * @param channelsFirst whether the image has its channels before space
     */
    static TensorInfo unfolded(TensorInfo output, int[] image, boolean channelsFirst) {
        TensorShapeProto shape = output.getTensorShape();
        if (shape.getDimCount() != FOLDED || image.length <= FOLDED) {
            return output;
        }
        int begin = channelsFirst ? 2 : 1;
        List<TensorShapeProto.Dim> space = new ArrayList<>();
        long places = 1;
        for (int axis = begin; axis < begin + image.length - 2; axis++) {
            places *= image[axis];
            space.add(TensorShapeProto.Dim.newBuilder().setSize(image[axis]).build());
        }
        for (int folded = 1; folded < FOLDED && places > 0; folded++) {
            // Not every file says how many there are; the classes are said then.
            long found = shape.getDim(folded).getSize();
            boolean unsaid = found < 0 && shape.getDim(FOLDED - folded).getSize() > 0;
            if (found == places || unsaid) {
                List<TensorShapeProto.Dim> axes = new ArrayList<>(shape.getDimList());
                axes.remove(folded);
                axes.addAll(folded, space);
                return output.toBuilder()
                        .setTensorShape(TensorShapeProto.newBuilder().addAllDim(axes))
                        .build();
            }
        }
        return output;
    }

    /** The extents as a reshape takes them, of any batch. */
    int[] open() {
        int[] open = shape.clone();
        open[0] = -1;
        return open;
    }

    /** Places in one axis behind each other, with the classes behind them, look like a plane. */
    private void requireSpace(String output, int[] image, int begin) {
        boolean fits = shape.length - 1 == image.length - 2;
        for (int axis = 1; fits && axis < shape.length; axis++) {
            int extent = image[begin + axis - 1];
            fits = shape[axis] < 0 || extent > 0 && shape[axis] <= LARGEST * extent;
        }
        if (!fits) {
            throw new ModelException(
                    String.format(
                            "Output '%s' %s is no map of the image %s: its axes behind the first"
                                    + " are not those of space. Where the places were reshaped into"
                                    + " one axis, export the network without that, or name another"
                                    + " output (scores=…).",
                            Printable.line(output),
                            Arrays.toString(shape),
                            Arrays.toString(image)));
        }
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
