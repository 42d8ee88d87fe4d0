/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.method.perturbation.SlidingWindow;
import sc.fiji.attribution.method.space.Space;

/** Boxes of equal size that cover a map, those at the far border may be smaller. */
final class Tiles {

    private Tiles() {}

    /**
     * The features of each box, boxes and features in raster order.
     *
     * @param size of a box along each axis of space, in voxels
     */
    static int[][] of(Tensor map, int size) {
        TreeMap<Long, List<Integer>> boxes = new TreeMap<>();
        for (int i = 0; i < map.length(); i++) {
            long box = 0;
            for (int axis = 0, stride = map.length(); axis < map.shape().length; axis++) {
                int extent = map.shape()[axis];
                stride /= extent;
                char name = map.axes().axis(axis);
                if (name != 'b' && name != 'c') {
                    box = box * ((extent + size - 1) / size) + i / stride % extent / size;
                }
            }
            boxes.computeIfAbsent(box, key -> new ArrayList<>()).add(i);
        }
        return boxes.values().stream()
                .map(box -> box.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /** The same boxes, by their ends along the axes of space. */
    static List<Box> boxes(Tensor map, int size) {
        Space space = Space.of(map);
        int[] sides = new int[space.extents().length];
        Arrays.fill(sides, size);
        return new SlidingWindow(space, sides, sides).boxes(1);
    }

    /** Sides of boxes so that there are about that many. */
    static int size(Tensor map, int wanted) {
        int dimensions = map.axes().spatial().length();
        int voxels = map.length() / map.size('c');
        return Math.max(1, (int) Math.ceil(Math.pow((double) voxels / wanted, 1.0 / dimensions)));
    }
}
