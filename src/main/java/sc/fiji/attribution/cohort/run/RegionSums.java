/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        Sums all = new Sums();
        for (float[] slice : values) {
            for (float value : slice) {
                all.add(value);
            }
        }
        List<Region> regions = new ArrayList<>();
        Calibration calibration = map.getCalibration();
        double voxel =
                Math.abs(calibration.pixelWidth * calibration.pixelHeight * calibration.pixelDepth);
        Atlas found = on(map);
        if (found != null) {
            Map<Integer, Sums> sums = sums(values, found.labels());
            found.names()
                    .forEach(
                            (label, name) ->
                                    regions.add(
                                            sums.getOrDefault(label, new Sums())
                                                    .region("" + label, name, all, voxel)));
        }
        if (mask != null) {
            int[][] labels = Atlas.on(map, mask, Map.of()).labels();
            for (int[] slice : labels) {
                for (int i = 0; i < slice.length; i++) {
                    slice[i] = Math.min(1, slice[i]);
                }
            }
            Sums in = sums(values, labels).getOrDefault(1, new Sums());
            regions.add(in.region(MASK, "mask", all, voxel));
        }
        int[][] where = outside(image);
        Map<Integer, Sums> sums = sums(values, where);
        Sums outside = sums.getOrDefault(1, new Sums());
        if (outside.voxels > LEAST_OUTSIDE * all.voxels) {
            regions.add(outside.region(OUTSIDE, "outside, where the image is zero", all, voxel));
            regions.add(
                    sums.getOrDefault(2, new Sums())
                            .region(RIM, "rim, the outermost voxels not zero", all, voxel));
        }
        return regions;
    }

    private static Map<Integer, Sums> sums(float[][] values, int[][] labels) {
        Map<Integer, Sums> sums = new TreeMap<>();
        int last = 0;
        Sums found = null;
        for (int z = 0; z < values.length; z++) {
            for (int i = 0; i < values[z].length; i++) {
                int label = labels[z][i];
                if (label > 0) {
                    // Neighbours mostly lie in the same region.
                    if (label != last) {
                        found = sums.computeIfAbsent(label, any -> new Sums());
                        last = label;
                    }
                    found.add(values[z][i]);
                }
            }
        }
        return sums;
    }

    /** 1 where all channels are zero, 2 where a neighbour in the slice or next to it is so. */
    private static int[][] outside(ImagePlus image) {
        ImageView view = ImageView.of(image);
        int width = view.size('x');
        int height = view.size('y');
        int depth = view.size('z');
        int[][] where = new int[depth][width * height];
        for (int z = 0; z < depth; z++) {
            int[] here = where[z];
            Arrays.fill(here, 1);
            for (int c = 0; c < view.size('c'); c++) {
                float[] slice = view.slice(c, z, 0);
                for (int i = 0; i < slice.length; i++) {
                    here[i] &= slice[i] == 0 ? 1 : 0;
                }
            }
        }
        for (int z = 0; z < depth; z++) {
            int[] below = where[Math.max(0, z - 1)];
            int[] here = where[z];
            int[] above = where[Math.min(depth - 1, z + 1)];
            for (int i = 0, y = 0; y < height; y++) {
                for (int x = 0; x < width; x++, i++) {
                    if (here[i] == 0
                            && (below[i] == 1
                                    || above[i] == 1
                                    || x > 0 && here[i - 1] == 1
                                    || x + 1 < width && here[i + 1] == 1
                                    || y > 0 && here[i - width] == 1
                                    || y + 1 < height && here[i + width] == 1)) {
                        here[i] = 2;
                    }
                }
            }
        }
        return where;
    }

    private static final class Sums {
        private long voxels;
        private double positive;
        private double negative;

        void add(float value) {
            voxels++;
            if (value > 0) {
                positive += value;
            } else {
                negative += value;
            }
        }

        Region region(String region, String name, Sums all, double voxel) {
            double total = all.positive - all.negative;
            double share = total > 0 ? (positive - negative) / total : 0;
            double density = voxels == 0 ? 0 : share * all.voxels / voxels;
            return new Region(
                    region,
                    name,
                    voxels,
                    voxels * voxel,
                    positive + negative,
                    positive,
                    negative,
                    share,
                    density);
        }
    }
}
