/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The connected components of what a network predicts to be of one class; voxels that touch by a
 * face, an edge or a corner belong together.
 *
 * @param members the voxels of each component, the largest component first; indices with x fastest
 */
record Components(List<int[]> members) {

    /**
     * @param labels of all voxels, x fastest
     * @param wanted the label whose components are wanted
     * @param width extents of the image, in x, y and z
     */
    static Components of(int[] labels, int wanted, int width, int height, int slices) {
        boolean[] found = new boolean[labels.length];
        int[] queue = new int[labels.length];
        List<int[]> members = new ArrayList<>();
        for (int start = 0; start < labels.length; start++) {
            if (labels[start] != wanted || found[start]) {
                continue;
            }
            int end = 0;
            queue[end++] = start;
            found[start] = true;
            for (int next = 0; next < end; next++) {
                int x = queue[next] % width;
                int y = queue[next] / width % height;
                int z = queue[next] / width / height;
                for (int c = Math.max(0, z - 1); c <= Math.min(slices - 1, z + 1); c++) {
                    for (int b = Math.max(0, y - 1); b <= Math.min(height - 1, y + 1); b++) {
                        for (int a = Math.max(0, x - 1); a <= Math.min(width - 1, x + 1); a++) {
                            int near = (c * height + b) * width + a;
                            if (labels[near] == wanted && !found[near]) {
                                found[near] = true;
                                queue[end++] = near;
                            }
                        }
                    }
                }
            }
            members.add(Arrays.copyOf(queue, end));
        }
        members.sort(Comparator.comparingInt(each -> -each.length));
        return new Components(members);
    }

    int count() {
        return members.size();
    }

    /** Number of the component, from 1, that a voxel belongs to; 0 where it belongs to none. */
    int at(int voxel) {
        for (int k = 0; k < members.size(); k++) {
            for (int member : members.get(k)) {
                if (member == voxel) {
                    return k + 1;
                }
            }
        }
        return 0;
    }
}
