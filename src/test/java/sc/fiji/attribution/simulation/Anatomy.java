/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

/**
 * A deformed brain on a grid: which share of each voxel is which tissue, with partial volume.
 *
 * @param grid of the shares
 * @param shares for each {@link Tissue}, 0 to 1; they sum to at most 1
 */
record Anatomy(BrainGrid grid, float[][] shares) {

    /** Averages the template over each voxel, at steps of about a mm. */
    static Anatomy of(Template template, Deformation deformation, Pathology ill, BrainGrid grid) {
        float[][] shares = new float[Tissue.values().length][grid.voxels()];
        int steps = (int) Math.ceil(grid.size());
        double step = grid.size() / steps;
        float each = 1f / (steps * steps * steps);
        Volume white = template.white();
        int[] bounds = template.bounds();
        double[] middle = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            middle[axis] = (bounds[axis] + bounds[3 + axis]) / 2.0;
        }
        double[] offsets = new double[steps];
        for (int n = 0; n < steps; n++) {
            offsets[n] = step * (n - (steps - 1) / 2.0);
        }
        for (int voxel = 0; voxel < grid.voxels(); voxel++) {
            double[] at = grid.place(voxel);
            deformation.toTemplate(at);
            for (double z : offsets) {
                int k = (int) Math.round(middle[2] + at[2] + z);
                for (double y : offsets) {
                    int j = (int) Math.round(middle[1] + at[1] + y);
                    for (double x : offsets) {
                        int i = (int) Math.round(middle[0] + at[0] + x);
                        if (white.contains(i, j, k)) {
                            add(template, ill, white.index(i, j, k), shares, voxel, each / 255);
                        }
                    }
                }
            }
        }
        return new Anatomy(grid, shares);
    }

    private static void add(
            Template template, Pathology ill, int source, float[][] shares, int voxel, float unit) {
        int kind = ill.tissue()[source];
        int tissues =
                template.white().data()[source]
                        | template.grey().data()[source]
                        | template.fluid().data()[source];
        if (tissues == 0) {
            return; // outside of the brain
        }
        float part = kind == 0 ? 0 : (ill.share()[source] & 0xff) / 255f;
        float white = unit * (template.white().data()[source] & 0xff);
        float grey = unit * (template.grey().data()[source] & 0xff);
        shares[Tissue.WHITE.ordinal()][voxel] += (1 - part) * white;
        shares[Tissue.GREY.ordinal()][voxel] += (1 - part) * grey;
        shares[Tissue.FLUID.ordinal()][voxel] += unit * (template.fluid().data()[source] & 0xff);
        if (kind != 0) {
            shares[kind][voxel] += part * (white + grey);
        }
    }

    /** Share of each voxel that is ill. */
    float[] pathology() {
        float[] sum = new float[grid.voxels()];
        for (int tissue = Tissue.HEALTHY; tissue < shares.length; tissue++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += shares[tissue][i];
            }
        }
        return sum;
    }

    /** Share of each voxel that belongs to the brain, fluid included. */
    float[] brain() {
        float[] sum = new float[grid.voxels()];
        for (float[] tissue : shares) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += tissue[i];
            }
        }
        return sum;
    }
}
