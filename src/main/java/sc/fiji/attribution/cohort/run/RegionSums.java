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
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.run.SubjectResult.Region;
import sc.fiji.attribution.cohort.table.Fingerprint;
import sc.fiji.attribution.cohort.table.Subject;
import sc.fiji.attribution.cohort.table.SubjectImage;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
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

    private static final int NOTHING = 1;
    private static final int INSIDE = 2;
    private static final int ON_RIM = 3;

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

    /**
     * Refuses an image that the atlas does not lie on; its values are not looked at.
     *
     * @throws ImageException where it does not
     */
    void requireOn(ImagePlus image) {
        if (atlas != null) {
            Atlas.requireOn(image, atlas);
        }
    }

    /**
     * Refuses an atlas that lies on none of the images, before anything is run. An image that
     * cannot be read says nothing of it.
     *
     * @throws OptionException with what is wrong on the first of them
     */
    void requireOnAny(SubjectTable table) {
        ImageException first = null;
        for (Subject subject : atlas == null ? List.<Subject>of() : table.subjects()) {
            ImagePlus image;
            try {
                image = SubjectImage.outline(subject.images(), subject.id());
            } catch (ImageException e) {
                continue; // it will fail alone, and say why
            }
            try {
                requireOn(image);
                return;
            } catch (ImageException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new OptionException(
                    "atlas",
                    "The atlas lies on none of the images; the first: " + first.getMessage());
        }
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
        byte[][] nothing = new byte[depth][width * height];
        for (int z = 0; z < depth; z++) {
            byte[] any = new byte[width * height];
            for (int c = 0; c < view.size('c'); c++) {
                mark(image, view, c, z, any);
            }
            none(any, nothing[z]);
        }
        int[][] result = new int[depth][width * height];
        for (int z = 0; z < depth; z++) {
            byte[] beside = nothing[z].clone();
            add(nothing[Math.max(0, z - 1)], 0, beside, 0, beside.length);
            add(nothing[Math.min(depth - 1, z + 1)], 0, beside, 0, beside.length);
            add(nothing[z], 0, beside, width, beside.length - width);
            add(nothing[z], width, beside, 0, beside.length - width);
            for (int row = 0; row < beside.length; row += width) {
                add(nothing[z], row, beside, row + 1, width - 1);
                add(nothing[z], row + 1, beside, row, width - 1);
            }
            zones(nothing[z], beside, result[z]);
        }
        return result;
    }

    private static void none(byte[] any, byte[] nothing) {
        for (int i = 0; i < any.length; i++) {
            nothing[i] = (byte) (any[i] == 0 ? 1 : 0);
        }
    }

    /** Without a branch, which noise would mislead. */
    private static void zones(byte[] nothing, byte[] beside, int[] zones) {
        for (int i = 0; i < zones.length; i++) {
            zones[i] = nothing[i] + (1 - nothing[i]) * (INSIDE + beside[i]);
        }
    }

    /** Where something is; of bytes as they are stored, since that is asked of each channel. */
    private static void mark(ImagePlus image, ImageView view, int c, int z, byte[] any) {
        ImageStack stack = image.getStack();
        if (!stack.isVirtual()
                && !image.getCalibration().calibrated()
                && stack.getPixels(image.getStackIndex(c + 1, z + 1, 1)) instanceof byte[] bytes) {
            add(bytes, 0, any, 0, any.length);
            return;
        }
        float[] values = view.slice(c, z, 0);
        for (int i = 0; i < values.length; i++) {
            any[i] |= (byte) (values[i] == 0 ? 0 : 1);
        }
    }

    /** Bit by bit, many at once. */
    private static void add(byte[] from, int first, byte[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] |= from[first + i];
        }
    }
}
