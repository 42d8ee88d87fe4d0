/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.grid.Lengths;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.space.Space;

/**
 * Masks of low resolution: values at nodes that lie {@code cell} voxels apart, and linear
 * interpolation between them, in any number of dimensions.
 *
 * @param space of the fine grid, without axes of one voxel
 * @param cell voxels from node to node along each axis
 * @param nodes along each axis, so many that a shift by less than a cell stays among them
 */
record CoarseGrid(Space space, int[] cell, int[] nodes) {

    static final Option.PerAxis CELL =
            new Option.PerAxis(
                    "cell",
                    "distance of the mask's values, in voxels of the image (8 or x,y,z: 8,8,4) or"
                            + " in its unit (4 mm)",
                    Lengths.parse("8"));

    static CoarseGrid of(Problem problem) {
        Space all = Space.of(problem.input());
        int[] cells = problem.settings().get(CELL).on(problem.grid(), all.axes(), CELL.key());
        int[] kept = varying(all.extents());
        String axes = "";
        int[] extents = new int[kept.length];
        int[] cell = new int[kept.length];
        int[] nodes = new int[kept.length];
        for (int a = 0; a < kept.length; a++) {
            axes += all.axes().charAt(kept[a]);
            extents[a] = all.extents()[kept[a]];
            cell[a] = cells[kept[a]];
            long farthest = (long) extents[a] - 1 + cell[a] - 1;
            nodes[a] = (int) (farthest / cell[a]) + 2;
        }
        return new CoarseGrid(new Space(axes, extents), cell, nodes);
    }

    /** Without axes of one voxel, along which a mask could only be dimmed. At least one. */
    private static int[] varying(int[] extents) {
        int[] varying = IntStream.range(0, extents.length).filter(a -> extents[a] > 1).toArray();
        return varying.length > 0 ? varying : new int[] {0};
    }

    /** Number of nodes. */
    int size() {
        return Arrays.stream(nodes).reduce(1, (a, b) -> a * b);
    }

    /**
     * Interpolates.
     *
     * @param coarse a value per node
     * @param shift of the fine grid against the nodes in voxels, from 0 to below the cell
     * @param fine where to: a value per position of space
     */
    void interpolate(float[] coarse, int[] shift, float[] fine) {
        float[] from = coarse;
        for (int a = 0; a < nodes.length; a++) {
            float[] to = a == nodes.length - 1 ? fine : new float[lines(a) * inner(a)];
            int inner = inner(a);
            int n = space.extents()[a];
            int outer = lines(a) / n;
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < n; i++) {
                    long place = (long) i + shift[a];
                    int node = (int) (place / cell[a]);
                    float second = (float) (place % cell[a]) / cell[a];
                    int low = (o * nodes[a] + node) * inner;
                    int at = (o * n + i) * inner;
                    for (int k = 0; k < inner; k++) {
                        to[at + k] = (1 - second) * from[low + k] + second * from[low + inner + k];
                    }
                }
            }
            from = to;
        }
    }

    /** The adjoint of {@link #interpolate} without a shift: from values per position to nodes. */
    double[] gather(double[] fine) {
        double[] from = fine;
        for (int a = nodes.length - 1; a >= 0; a--) {
            int inner = inner(a);
            int n = space.extents()[a];
            int outer = lines(a) / n;
            double[] to = new double[outer * nodes[a] * inner];
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < n; i++) {
                    double second = (double) (i % cell[a]) / cell[a];
                    int low = (o * nodes[a] + i / cell[a]) * inner;
                    int at = (o * n + i) * inner;
                    for (int k = 0; k < inner; k++) {
                        to[low + k] += (1 - second) * from[at + k];
                        to[low + inner + k] += second * from[at + k];
                    }
                }
            }
            from = to;
        }
        return from;
    }

    /** Fine positions along the axes up to this one. */
    private int lines(int axis) {
        int lines = 1;
        for (int a = 0; a <= axis; a++) {
            lines *= space.extents()[a];
        }
        return lines;
    }

    /** Nodes along the axes after this one. */
    private int inner(int axis) {
        int inner = 1;
        for (int a = axis + 1; a < nodes.length; a++) {
            inner *= nodes[a];
        }
        return inner;
    }
}
