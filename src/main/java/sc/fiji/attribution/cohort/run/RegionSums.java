/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.run.SubjectResult.Region;
import sc.fiji.attribution.cohort.table.Fingerprint;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.region.Atlas;
import sc.fiji.attribution.fiji.region.AtlasNames;

/**
 * What a map adds up to in the regions of an atlas, in the subject's mask, and where the image is
 * zero: outside of the head or brain, and on the rim, the outermost voxels that are not zero.
 */
final class RegionSums {

    static final String MASK = "mask";
    static final String OUTSIDE = "outside";
    static final String RIM = "rim";

    /** Bit 0: nothing is there; bit 1: something is; bit 2: and it lies beside nothing. */
    private static final int NOTHING = 1;

    private static final int INSIDE = 2;
    private static final int ON_RIM = 6;

    /** Images of which less is zero have no outside. */
    private static final double LEAST_OUTSIDE = 0.02;

    private final ImagePlus atlas;
    private final Map<Integer, String> names;
    private final String key;

    /**
     * @throws sc.fiji.attribution.core.AttributionException where a file cannot be read
     */
    RegionSums(CohortSettings settings) {
        boolean none = settings.atlas().isEmpty();
        atlas = none ? null : ImageFile.open(settings.atlas());
        names = settings.names().isEmpty() ? Map.of() : AtlasNames.read(Path.of(settings.names()));
        if (!none) {
            Atlas.on(atlas, atlas, names); // what is no atlas is refused before anything is run
        }
        Fingerprint print = new Fingerprint();
        key =
                print.file("atlas", none ? null : Path.of(settings.atlas()))
                        .add("names", names)
                        .toString();
    }

    String key() {
        return key;
    }

    ImagePlus atlas() {
        return atlas;
    }

    /** The atlas' labels on the grid of an image; null without an atlas. */
    Atlas on(ImagePlus image) {
        return atlas == null ? null : Atlas.on(image, atlas, names);
    }

    List<Region> of(ImagePlus map, ImagePlus image, ImagePlus mask) {
        ImageView view = ImageView.of(map);
        float[][] values = new float[map.getNSlices()][];
        for (int z = 0; z < values.length; z++) {
            values[z] = view.slice(0, z, 0);
        }
        LabelSums zones = new LabelSums(values, zones(image));
        LabelSums.Sums inside = zones.of(INSIDE);
        LabelSums.Sums rim = zones.of(ON_RIM);
        LabelSums.Sums outside = zones.of(NOTHING);
        LabelSums.Sums all = inside.and(rim).and(outside);
        List<Region> regions = new ArrayList<>();
        Calibration calibration = map.getCalibration();
        double voxel =
                Math.abs(calibration.pixelWidth * calibration.pixelHeight * calibration.pixelDepth);
        Atlas found = on(map);
        if (found != null) {
            LabelSums sums = new LabelSums(values, found.labels());
            found.names()
                    .forEach(
                            (label, name) ->
                                    regions.add(
                                            sums.of(label).region("" + label, name, all, voxel)));
        }
        if (mask != null) {
            int[][] labels = Atlas.on(map, mask, Map.of()).labels();
            for (int[] slice : labels) {
                for (int i = 0; i < slice.length; i++) {
                    slice[i] = Math.min(1, slice[i]);
                }
            }
            LabelSums.Sums in = new LabelSums(values, labels).of(1);
            regions.add(in.region(MASK, "mask", all, voxel));
        }
        if (outside.voxels() > LEAST_OUTSIDE * all.voxels()) {
            regions.add(outside.region(OUTSIDE, "outside, where the image is zero", all, voxel));
            regions.add(rim.region(RIM, "rim, the outermost voxels not zero", all, voxel));
        }
        return regions;
    }

    /** Nothing where all channels are zero, the rim where a neighbour along an axis is so. */
    private static int[][] zones(ImagePlus image) {
        ImageView view = ImageView.of(image);
        int width = view.size('x');
        int height = view.size('y');
        int depth = view.size('z');
        int[][] zones = new int[depth][width * height];
        for (int z = 0; z < depth; z++) {
            Arrays.fill(zones[z], NOTHING);
            for (int c = 0; c < view.size('c'); c++) {
                mark(image, view, c, z, zones[z]);
            }
        }
        int[][] result = new int[depth][width * height];
        for (int z = 0; z < depth; z++) {
            int[][] around = {
                zones[Math.max(0, z - 1)], zones[z], zones[Math.min(depth - 1, z + 1)]
            };
            for (int y = 0; y < height; y++) {
                int row = y * width;
                int above = Math.max(0, y - 1) * width;
                int below = Math.min(height - 1, y + 1) * width;
                rim(around, row, above, below, width, result[z]);
            }
        }
        return result;
    }

    /** Where something is; of bytes as they are stored, since that is asked of each channel. */
    private static void mark(ImagePlus image, ImageView view, int c, int z, int[] zone) {
        ImageStack stack = image.getStack();
        if (!stack.isVirtual()
                && !image.getCalibration().calibrated()
                && stack.getPixels(image.getStackIndex(c + 1, z + 1, 1)) instanceof byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                zone[i] = bytes[i] == 0 ? zone[i] : INSIDE;
            }
            return;
        }
        float[] values = view.slice(c, z, 0);
        for (int i = 0; i < values.length; i++) {
            zone[i] = values[i] == 0 ? zone[i] : INSIDE;
        }
    }

    /**
     * A row with its rim; without a branch, which noise would mislead. Beside the outermost voxels
     * lie they themselves.
     *
     * @param around the slice before, the row's own, and the one behind
     */
    private static void rim(
            int[][] around, int row, int above, int below, int width, int[] result) {
        int[] before = around[0];
        int[] here = around[1];
        int[] behind = around[2];
        for (int x = 0; x < width; x++) {
            int near =
                    here[row + Math.max(0, x - 1)]
                            | here[row + Math.min(width - 1, x + 1)]
                            | here[above + x]
                            | here[below + x]
                            | before[row + x]
                            | behind[row + x];
            int own = here[row + x];
            result[row + x] = own | (own >> 1 & near & 1) << 2;
        }
    }
}
