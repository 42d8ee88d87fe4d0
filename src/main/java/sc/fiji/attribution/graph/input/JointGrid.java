/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.input;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The grid of the input that holds several images. Where they differ, each lies in its corner: the
 * largest extent of all along each axis, and a plane is the first slice of a volume.
 *
 * @param channels position of the axis of the channels
 * @param space extents, -1 where any fits
 * @param isCommon whether it is the grid of each of them
 */
record JointGrid(int channels, List<Integer> space, boolean isCommon) {

    private static final int PLANE = 4;
    private static final int VOLUME = 5;

    /**
     * @param images their shapes, batch first, the main one first
     * @param first whether the channels come before space
     * @return empty where they differ, and do not say their extents
     */
    static Optional<JointGrid> of(List<TensorShapeProto> images, boolean first) {
        List<Integer> main = space(images.get(0), first);
        int rank = images.get(0).getDimCount();
        if (images.stream().map(image -> space(image, first)).allMatch(main::equals)) {
            return Optional.of(new JointGrid(first ? 1 : rank - 1, main, true));
        }
        List<Integer> space = new ArrayList<>(main);
        for (TensorShapeProto image : images) {
            List<Integer> each = space(image, first);
            boolean ranked = image.getDimCount() == PLANE || image.getDimCount() == VOLUME;
            if (!ranked || each.stream().anyMatch(extent -> extent < 1)) {
                return Optional.empty();
            }
            space = largest(padded(space, each.size()), padded(each, space.size()));
        }
        return Optional.of(new JointGrid(first ? 1 : space.size() + 1, space, false));
    }

    private static List<Integer> largest(List<Integer> a, List<Integer> b) {
        List<Integer> largest = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            largest.add(Math.max(a.get(i), b.get(i)));
        }
        return largest;
    }

    private static List<Integer> space(TensorShapeProto image, boolean first) {
        int begin = first ? 2 : 1;
        int end = image.getDimCount() - (first ? 0 : 1);
        List<Integer> space = new ArrayList<>();
        for (int axis = begin; axis < end; axis++) {
            space.add((int) image.getDim(axis).getSize());
        }
        return space;
    }

    private static List<Integer> padded(List<Integer> space, int count) {
        List<Integer> padded =
                new ArrayList<>(Collections.nCopies(Math.max(0, count - space.size()), 1));
        padded.addAll(space);
        return padded;
    }

    int rank() {
        return space.size() + 2;
    }

    /** Where the axes of space begin. */
    int begin() {
        return channels == 1 ? 2 : 1;
    }

    /** What one of them takes of the grid, where it is not common; else empty. */
    List<Integer> extents(TensorShapeProto image) {
        return isCommon ? List.of() : padded(space(image, channels == 1), space.size());
    }

    /** How many axes one of them lacks. */
    int lacks(TensorShapeProto image) {
        return rank() - image.getDimCount();
    }

    /** Of the input that holds them all. */
    TensorShapeProto shape(TensorShapeProto.Dim batch, int count) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(batch);
        space.forEach(extent -> shape.addDim(dim(extent)));
        return shape.addDim(channels, dim(count)).build();
    }

    private static TensorShapeProto.Dim dim(int extent) {
        return TensorShapeProto.Dim.newBuilder().setSize(extent).build();
    }
}
