/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.Arrays;

/**
 * The parts of a growing set of voxels that are connected through faces, with their bounding boxes
 * (Tarjan's disjoint sets). A box is the first place along each axis, then the last.
 */
final class Parts {

    private static final int OUTSIDE = -1;

    private final int[] shape;
    private final int axes;

    /** The voxel that each leads to; a part's own one leads to itself. */
    private final int[] parent;

    private final int[] size;
    private final int[] boxes;
    private int largest = OUTSIDE;

    Parts(int[] shape) {
        this.shape = shape;
        this.axes = shape.length;
        int voxels = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        this.parent = new int[voxels];
        Arrays.fill(parent, OUTSIDE);
        this.size = new int[voxels];
        this.boxes = new int[voxels * 2 * axes];
    }

    /** Adds a voxel, which may join parts. */
    void add(int voxel) {
        parent[voxel] = voxel;
        size[voxel] = 1;
        for (int axis = 0; axis < axes; axis++) {
            boxes[voxel * 2 * axes + axis] = place(voxel, axis);
            boxes[voxel * 2 * axes + axes + axis] = place(voxel, axis);
        }
        note(voxel);
        for (int axis = 0; axis < axes; axis++) {
            int place = place(voxel, axis);
            if (place > 0) {
                join(voxel, voxel - stride(axis));
            }
            if (place < shape[axis] - 1) {
                join(voxel, voxel + stride(axis));
            }
        }
    }

    private int stride(int axis) {
        int stride = 1;
        for (int i = axis + 1; i < axes; i++) {
            stride *= shape[i];
        }
        return stride;
    }

    private int place(int voxel, int axis) {
        return voxel / stride(axis) % shape[axis];
    }

    private int find(int voxel) {
        int root = voxel;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }

    private void join(int voxel, int other) {
        if (parent[other] == OUTSIDE) {
            return;
        }
        int a = find(voxel);
        int b = find(other);
        if (a == b) {
            return;
        }
        int into = size[a] >= size[b] ? a : b;
        int from = into == a ? b : a;
        parent[from] = into;
        size[into] += size[from];
        for (int i = 0; i < axes; i++) {
            int low = into * 2 * axes + i;
            int high = low + axes;
            boxes[low] = Math.min(boxes[low], boxes[from * 2 * axes + i]);
            boxes[high] = Math.max(boxes[high], boxes[from * 2 * axes + axes + i]);
        }
        note(into);
    }

    private void note(int root) {
        if (largest == OUTSIDE || size[root] > size[find(largest)]) {
            largest = root;
        }
    }

    /** The box of the part with the most voxels; empty where there is none. */
    int[] largest() {
        if (largest == OUTSIDE) {
            return new int[0];
        }
        int root = find(largest);
        return Arrays.copyOfRange(boxes, root * 2 * axes, (root + 1) * 2 * axes);
    }

    /** The box of all voxels of a set, which is not empty. */
    int[] box(boolean[] in) {
        int[] box = new int[2 * axes];
        Arrays.fill(box, 0, axes, Integer.MAX_VALUE);
        for (int i = 0; i < in.length; i++) {
            for (int axis = 0; axis < axes && in[i]; axis++) {
                box[axis] = Math.min(box[axis], place(i, axis));
                box[axes + axis] = Math.max(box[axes + axis], place(i, axis));
            }
        }
        return box;
    }

    /** Intersection over union. */
    double overlap(int[] a, int[] b) {
        if (a.length == 0) {
            return 0;
        }
        double both = 1;
        double inA = 1;
        double inB = 1;
        for (int i = 0; i < axes; i++) {
            int low = Math.max(a[i], b[i]);
            int high = Math.min(a[axes + i], b[axes + i]);
            both *= Math.max(0, high - low + 1);
            inA *= a[axes + i] - a[i] + 1;
            inB *= b[axes + i] - b[i] + 1;
        }
        return both / (inA + inB - both);
    }
}
