/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.ImagePlus;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;

/**
 * A label image on the grid of another image: each voxel of that takes the label of the atlas'
 * voxel that lies nearest to its centre in the world, where both images say where they lie (NIfTI's
 * sform or qform); else both must have the same extents.
 *
 * @param labels of each slice, x fastest; 0 belongs to no region
 * @param names by label, of all labels of the atlas, also those that the grid missed
 * @param outside the part of the atlas's labelled voxels that lies outside of the image, 0 to 1
 */
public record Atlas(int[][] labels, TreeMap<Integer, String> names, double outside) {

    /** How far from a whole number interpolated labels may be. */
    private static final double ROUNDING = 1e-3;

    /**
     * @param names what {@link AtlasNames} read; others are called {@code label 17}
     * @throws ImageException where the images do not lie in a common space, or a label is no whole
     *     number from 0
     */
    public static Atlas on(ImagePlus image, ImagePlus atlas, Map<Integer, String> names) {
        ImageView view = ImageView.of(atlas);
        boolean inWorld = requireOn(image, atlas);
        TreeMap<Integer, String> all = new TreeMap<>();
        int[][] stored = new int[atlas.getNSlices()][];
        for (int z = 0; z < stored.length; z++) {
            stored[z] = whole(view.slice(0, z, 0), atlas.getTitle());
            for (int label : stored[z]) {
                if (label > 0) {
                    all.computeIfAbsent(label, l -> names.getOrDefault(l, "label " + l));
                }
            }
        }
        if (!inWorld) {
            return new Atlas(stored, all, 0);
        }
        VoxelToWorld from = ImageGeometry.world(image);
        VoxelToWorld to = ImageGeometry.world(atlas);
        return new Atlas(
                nearest(image, atlas, from, to, stored),
                all,
                outside(image, atlas.getWidth(), from, to, stored));
    }

    /**
     * Refuses images that do not lie in a common space; values are not looked at.
     *
     * @return whether they are matched through world coordinates, not by equal extents
     * @throws ImageException where they do not
     */
    public static boolean requireOn(ImagePlus image, ImagePlus atlas) {
        VoxelToWorld from = ImageGeometry.world(image);
        VoxelToWorld to = ImageGeometry.world(atlas);
        boolean same =
                image.getWidth() == atlas.getWidth()
                        && image.getHeight() == atlas.getHeight()
                        && image.getNSlices() == atlas.getNSlices();
        boolean inWorld =
                from != null
                        && to != null
                        && from.voxel(0, 0, 0) != null
                        && to.voxel(0, 0, 0) != null;
        if (!same && !inWorld) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "Label image '%s' is %dx%dx%d, and image '%s' is %dx%dx%d: use one of"
                                    + " the same extents, or two NIfTI images that say where they"
                                    + " lie in the world.%s",
                            atlas.getTitle(),
                            atlas.getWidth(),
                            atlas.getHeight(),
                            atlas.getNSlices(),
                            image.getTitle(),
                            image.getWidth(),
                            image.getHeight(),
                            image.getNSlices(),
                            planesOf(atlas, image)));
        }
        return inWorld;
    }

    private static double outside(
            ImagePlus image, int width, VoxelToWorld from, VoxelToWorld to, int[][] stored) {
        long labelled = 0;
        long lost = 0;
        for (int z = 0; z < stored.length; z++) {
            for (int i = 0; i < stored[z].length; i++) {
                if (stored[z][i] > 0) {
                    double[] place = to.world(i % width, i / width, z);
                    double[] voxel = from.voxel(place[0], place[1], place[2]);
                    labelled++;
                    lost +=
                            isWithin(voxel[0], image.getWidth())
                                            && isWithin(voxel[1], image.getHeight())
                                            && isWithin(voxel[2], image.getNSlices())
                                    ? 0
                                    : 1;
                }
            }
        }
        return labelled == 0 ? 0 : (double) lost / labelled;
    }

    private static boolean isWithin(double position, int extent) {
        return position >= -0.5 && position < extent - 0.5;
    }

    private static int[][] nearest(
            ImagePlus image, ImagePlus atlas, VoxelToWorld from, VoxelToWorld to, int[][] stored) {
        int width = image.getWidth();
        int[][] labels = new int[image.getNSlices()][width * image.getHeight()];
        for (int z = 0; z < labels.length; z++) {
            for (int i = 0; i < labels[z].length; i++) {
                double[] place = from.world(i % width, i / width, z);
                double[] voxel = to.voxel(place[0], place[1], place[2]);
                int x = (int) Math.floor(voxel[0] + 0.5);
                int y = (int) Math.floor(voxel[1] + 0.5);
                int k = (int) Math.floor(voxel[2] + 0.5);
                boolean inside =
                        x >= 0
                                && y >= 0
                                && k >= 0
                                && x < atlas.getWidth()
                                && y < atlas.getHeight()
                                && k < stored.length;
                labels[z][i] = inside ? stored[k][y * atlas.getWidth() + x] : 0;
            }
        }
        return labels;
    }

    /** Programs that know of one stack only write slices as time points or channels. */
    private static String planesOf(ImagePlus atlas, ImagePlus image) {
        boolean turned = atlas.getNSlices() == 1 && atlas.getStackSize() == image.getNSlices();
        return turned && atlas.getStackSize() > 1
                ? " Its planes stand as "
                        + (atlas.getNFrames() > 1 ? "time points" : "channels")
                        + ": make them slices with Image > Properties..., in a macro"
                        + " Stack.setDimensions(1, "
                        + atlas.getStackSize()
                        + ", 1)."
                : "";
    }

    private static int[] whole(float[] values, String title) {
        int[] labels = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            labels[i] = Math.round(values[i]);
            if (labels[i] < 0 || !(Math.abs(values[i] - labels[i]) <= ROUNDING)) {
                throw new ImageException(
                        "Label image '"
                                + title
                                + "' holds "
                                + values[i]
                                + ": labels are whole numbers from 0.");
            }
        }
        return labels;
    }
}
