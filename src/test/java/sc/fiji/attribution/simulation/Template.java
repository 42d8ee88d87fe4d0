/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.nio.file.Path;

/**
 * The ICBM 2009a symmetric tissue probability maps at 1 mm: white matter, grey matter, and
 * cerebrospinal fluid as what is left of the brain.
 *
 * @param white probability of white matter, 0 to 255
 * @param grey probability of grey matter, 0 to 255
 * @param fluid probability of cerebrospinal fluid, 0 to 255; the three sum to 255 inside the brain
 *     and are 0 outside
 * @param bounds smallest and largest voxel of the brain: min x, y, z, max x, y, z
 */
record Template(Volume white, Volume grey, Volume fluid, int[] bounds) {

    Template(Volume white, Volume grey, Volume fluid) {
        this(white, grey, fluid, bounds(white, grey, fluid));
    }

    /** Sulci and ventricles up to twice as wide, in mm, are closed to make the brain's mask. */
    private static final float CLOSING = 8;

    static Template read(Path folder) {
        Volume white = Volume.read(folder.resolve("mni_icbm152_wm_tal_nlin_sym_09a.nii.gz"));
        Volume grey = Volume.read(folder.resolve("mni_icbm152_gm_tal_nlin_sym_09a.nii.gz"));
        boolean[] brain = brain(white, grey);
        byte[] w = new byte[brain.length];
        byte[] g = new byte[brain.length];
        byte[] f = new byte[brain.length];
        for (int i = 0; i < brain.length; i++) {
            if (brain[i]) {
                int whiteHere = white.data()[i] & 0xff;
                int greyHere = Math.min(255 - whiteHere, grey.data()[i] & 0xff);
                w[i] = (byte) whiteHere;
                g[i] = (byte) greyHere;
                f[i] = (byte) (255 - whiteHere - greyHere);
            }
        }
        return new Template(like(white, w), like(white, g), like(white, f));
    }

    /** Where tissue is likelier than not, closed and with its holes filled. */
    private static boolean[] brain(Volume white, Volume grey) {
        byte[] w = white.data();
        byte[] g = grey.data();
        float[] toTissue = white.squaredDistance(i -> (w[i] & 0xff) + (g[i] & 0xff) > 127);
        float[] toOutside = white.squaredDistance(i -> toTissue[i] > CLOSING * CLOSING);
        boolean[] closed = new boolean[w.length];
        for (int i = 0; i < closed.length; i++) {
            closed[i] = toOutside[i] > CLOSING * CLOSING;
        }
        boolean[] outside = outside(white, closed);
        for (int i = 0; i < closed.length; i++) {
            closed[i] = !outside[i];
        }
        return closed;
    }

    /** What the first voxel, a corner, is connected with. */
    private static boolean[] outside(Volume volume, boolean[] wall) {
        boolean[] reached = new boolean[wall.length];
        int[] queue = new int[wall.length];
        int filled = 1;
        reached[0] = true;
        int[] steps = {1, -1, volume.x(), -volume.x(), volume.x() * volume.y(), 0};
        steps[5] = -steps[4];
        for (int next = 0; next < filled; next++) {
            int i = queue[next] % volume.x();
            for (int step : steps) {
                int to = queue[next] + step;
                boolean wraps = Math.abs(step) == 1 && (i + step < 0 || i + step >= volume.x());
                if (to >= 0 && to < wall.length && !wraps && !reached[to] && !wall[to]) {
                    reached[to] = true;
                    queue[filled++] = to;
                }
            }
        }
        return reached;
    }

    private static Volume like(Volume volume, byte[] data) {
        return new Volume(volume.x(), volume.y(), volume.z(), data, volume.place());
    }

    private static int[] bounds(Volume white, Volume grey, Volume fluid) {
        int[] bounds = {white.x(), white.y(), white.z(), -1, -1, -1};
        for (int n = 0; n < white.data().length; n++) {
            if (white.data()[n] != 0 || grey.data()[n] != 0 || fluid.data()[n] != 0) {
                int[] at = {n % white.x(), n / white.x() % white.y(), n / white.x() / white.y()};
                for (int axis = 0; axis < 3; axis++) {
                    bounds[axis] = Math.min(bounds[axis], at[axis]);
                    bounds[3 + axis] = Math.max(bounds[3 + axis], at[axis]);
                }
            }
        }
        return bounds;
    }

    /** World coordinates of the middle of the brain's bounds, mm. */
    double[] middle() {
        return white.place()
                .world(
                        (bounds[0] + bounds[3]) / 2.0,
                        (bounds[1] + bounds[4]) / 2.0,
                        (bounds[2] + bounds[5]) / 2.0);
    }

    /**
     * Priors of white matter, grey matter and fluid, 0 to 1: the undeformed template blurred by 3
     * mm, since brains are not aligned better.
     */
    float[][] priors(BrainGrid grid) {
        float[][] shares = Anatomy.of(this, Deformation.NONE, Pathology.none(this), grid).shares();
        float[][] priors = {shares[0], shares[1], shares[2]};
        for (float[] prior : priors) {
            Acquisition.blur(prior, grid, 3);
        }
        return priors;
    }
}
