/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.method.perturbation.Replacement;
import sc.fiji.attribution.method.space.Space;

/**
 * An image of which one player's region is replaced, whatever its shape.
 *
 * @param players who they are
 * @param image batch 1
 * @param reference what a region is replaced by, of the image's shape
 */
record Ablated(RegionPlayers players, Tensor image, Tensor reference) implements Replacement {

    /** The smallest box around each player's region, in their order. */
    static List<Box> boxes(RegionPlayers players, Tensor image) {
        Space space = Space.of(image);
        int axes = space.extents().length;
        List<Box> boxes = new ArrayList<>();
        for (int p = 0; p < players.count(); p++) {
            Box box = new Box(new int[axes], new int[axes], p);
            Arrays.fill(box.from(), Integer.MAX_VALUE);
            boxes.add(box);
        }
        int[] at = space.offsets(image);
        int channel = image.stride('c');
        int[] place = new int[axes];
        for (int i = 0; i < at.length; i++) {
            for (int c = 0; c < image.size('c'); c++) {
                int p = players.player()[at[i] + c * channel];
                if (p >= 0) {
                    widen(boxes.get(p), place);
                }
            }
            for (int a = axes - 1; a >= 0 && ++place[a] == space.extents()[a]; a--) {
                place[a] = 0;
            }
        }
        return boxes;
    }

    private static void widen(Box box, int[] place) {
        for (int a = 0; a < place.length; a++) {
            box.from()[a] = Math.min(box.from()[a], place[a]);
            box.to()[a] = Math.max(box.to()[a], place[a] + 1);
        }
    }

    @Override
    public void replace(Box box, Tensor crops, int k, int[] start) {
        for (int c = 0; c < image.size('c'); c++) {
            int goal = k * crops.stride('b') + c * crops.stride('c');
            replace(box, crops, start, 0, c * image.stride('c'), goal);
        }
    }

    /** From a place in the image's data to one in the crops'. */
    private void replace(Box box, Tensor crops, int[] start, int axis, int at, int goal) {
        char name = image.axes().spatial().charAt(axis);
        int from = Math.max(box.from()[axis], start[axis]);
        int to = Math.min(box.to()[axis], start[axis] + crops.size(name));
        int here = image.stride(name);
        int there = crops.stride(name);
        for (int p = from; p < to; p++) {
            int i = at + p * here;
            int place = goal + (p - start[axis]) * there;
            if (axis < start.length - 1) {
                replace(box, crops, start, axis + 1, i, place);
            } else if (players.player()[i] == box.group()) {
                crops.data()[place] = reference.data()[i];
            }
        }
    }
}
