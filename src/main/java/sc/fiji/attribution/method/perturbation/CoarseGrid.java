/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import sc.fiji.attribution.core.Lengths;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Space;

/**
 * Masks of low resolution: values at nodes that lie {@code cell} voxels apart, and linear
 * interpolation between them, in any number of dimensions.
 *
 * @param space of the fine grid
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
        Space space = Space.of(problem.input());
        int[] cell = problem.settings().get(CELL).on(problem.grid(), space.axes(), CELL.key());
        int[] nodes = new int[cell.length];
        for (int a = 0; a < cell.length; a++) {
            int farthest = space.extents()[a] - 1 + cell[a] - 1;
            nodes[a] = farthest / cell[a] + 2;
        }
        return new CoarseGrid(space, cell, nodes);
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
                    int node = (i + shift[a]) / cell[a];
                    float second = (float) ((i + shift[a]) % cell[a]) / cell[a];
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
