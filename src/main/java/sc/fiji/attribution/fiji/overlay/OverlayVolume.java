/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;

/**
 * An overlay's volume at one time point: planes of it in any direction, cut to what holds anatomy
 * and enlarged by linear interpolation.
 *
 * @param anatomy grey values, 0 to 1, slice by slice
 * @param map values on that grid
 * @param size extents along x, y and z
 * @param spacing of voxels along them
 * @param first of the voxels that hold anatomy, along x, y and z
 * @param last of them
 */
record OverlayVolume(
        float[][] anatomy, float[][] map, int[] size, double[] spacing, int[] first, int[] last) {

    private static final Axes PLANE = new Axes("yx");

    /** Grey above which there is anatomy. */
    private static final double FLOOR = 0.06;

    /** Share of the strongest plane's sum that nobody sees. */
    private static final double NOTHING = 1e-3;

    static OverlayVolume of(Overlay overlay, int frame) {
        ImagePlus image = overlay.image();
        float[][] anatomy = new float[image.getNSlices()][];
        float[][] map = new float[image.getNSlices()][];
        for (int z = 0; z < anatomy.length; z++) {
            anatomy[z] = overlay.grey(z, frame);
            map[z] = overlay.attribution(z, frame);
        }
        Calibration calibration = image.getCalibration();
        double[] spacing = {
            calibration.pixelWidth, calibration.pixelHeight, calibration.pixelDepth
        };
        double along = spacing[0];
        for (int axis = 0; axis < 3; axis++) {
            double share = Math.abs(spacing[axis] / along);
            spacing[axis] = share > 0 && Double.isFinite(share) ? share : 1;
        }
        int[] size = {image.getWidth(), image.getHeight(), anatomy.length};
        OverlayVolume all =
                new OverlayVolume(anatomy, map, size, spacing, new int[3], minusOne(size));
        return all.cut();
    }

    private static int[] minusOne(int[] size) {
        return Arrays.stream(size).map(n -> n - 1).toArray();
    }

    /** Without the margin around the anatomy, but for a rim in the plane of the slices. */
    private OverlayVolume cut() {
        int[] from = size.clone();
        int[] to = {-1, -1, -1};
        for (int z = 0; z < anatomy.length; z++) {
            for (int i = 0; i < anatomy[z].length; i++) {
                if (anatomy[z][i] > FLOOR) {
                    int[] at = {i % size[0], i / size[0], z};
                    for (int axis = 0; axis < 3; axis++) {
                        from[axis] = Math.min(from[axis], at[axis]);
                        to[axis] = Math.max(to[axis], at[axis]);
                    }
                }
            }
        }
        if (to[0] < 0) {
            return this;
        }
        for (int axis = 0; axis < 3; axis++) {
            int rim = 1 + size[axis] / 60;
            from[axis] = Math.max(0, from[axis] - rim);
            to[axis] = Math.min(size[axis] - 1, to[axis] + rim);
        }
        return new OverlayVolume(anatomy, map, size, spacing, from, to);
    }

    int extent(int axis) {
        return last[axis] - first[axis] + 1;
    }

    /** Width or height on the screen of an axis, where a voxel is so many pixels wide along x. */
    int pixels(int axis, double zoom) {
        return Math.max(1, (int) Math.round(extent(axis) * zoom * spacing[axis]));
    }

    /** The voxel with the largest absolute value. */
    int[] peak() {
        int[] peak = {size[0] / 2, size[1] / 2, size[2] / 2};
        float most = 0;
        for (int z = 0; z < map.length; z++) {
            for (int i = 0; i < map[z].length; i++) {
                if (Math.abs(map[z][i]) > most) {
                    most = Math.abs(map[z][i]);
                    peak = new int[] {i % size[0], i / size[0], z};
                }
            }
        }
        return peak;
    }

    float value(int[] at) {
        return map[at[2]][at[0] + size[0] * at[1]];
    }

    /** The sum of absolute values in each plane across an axis. */
    double[] strength(int axis) {
        double[] sums = new double[size[axis]];
        for (int z = 0; z < map.length; z++) {
            for (int i = 0; i < map[z].length; i++) {
                int at = axis == 0 ? i % size[0] : axis == 1 ? i / size[0] : z;
                sums[at] += Math.abs(map[z][i]);
            }
        }
        return sums;
    }

    /**
     * The planes across an axis to look at, in order: the strongest, fewer where fewer have
     * anything. Neighbours show the same, so where there are more than four times as many planes as
     * are wanted, a neighbour of a stronger one comes after all others. Of a map that is zero,
     * planes spread evenly over the anatomy.
     */
    int[] strongest(int axis, int count) {
        double[] strength = strength(axis);
        double least = NOTHING * Arrays.stream(strength).max().orElse(0);
        if (least == 0) {
            int shown = Math.min(count, extent(axis));
            return IntStream.range(0, shown)
                    .map(i -> first[axis] + (int) ((i + 0.5) * extent(axis) / shown))
                    .toArray();
        }
        List<Integer> ranked =
                IntStream.rangeClosed(first[axis], last[axis])
                        .filter(i -> strength[i] > least)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -strength[i]))
                        .toList();
        if (extent(axis) > 4 * count) {
            ranked = neighboursLast(ranked);
        }
        return ranked.stream().limit(count).mapToInt(i -> i).sorted().toArray();
    }

    private static List<Integer> neighboursLast(List<Integer> ranked) {
        Set<Integer> apart = new LinkedHashSet<>();
        for (int i : ranked) {
            if (!apart.contains(i - 1) && !apart.contains(i + 1)) {
                apart.add(i);
            }
        }
        return Stream.concat(apart.stream(), ranked.stream()).distinct().toList();
    }

    /** Draws the plane at that position of the axis that runs through the planes. */
    BufferedImage draw(PlaneView view, int position, double zoom, OverlayColours colours) {
        int width = pixels(view.right(), zoom);
        int height = pixels(view.down(), zoom);
        Tensor grey = enlarge(plane(anatomy, view, position), width, height);
        Tensor value = enlarge(plane(map, view, position), width, height);
        int[] mixed = new int[width * height];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = colours.mix(grey.data()[i], value.data()[i]);
        }
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        picture.getRaster().setDataElements(0, 0, width, height, mixed);
        return picture;
    }

    private static Tensor enlarge(Tensor plane, int width, int height) {
        Tensor wide = AxisResampling.linear(plane.size('x'), width).apply(plane, 'x');
        return AxisResampling.linear(plane.size('y'), height).apply(wide, 'y');
    }

    private Tensor plane(float[][] volume, PlaneView view, int position) {
        int width = extent(view.right());
        int height = extent(view.down());
        Tensor plane = Tensor.zeros(PLANE, height, width);
        int[] at = new int[3];
        at[view.through()] = position;
        for (int i = 0; i < plane.length(); i++) {
            at[view.right()] = along(view.right(), view.mirrored(), i % width);
            at[view.down()] = along(view.down(), view.upsideDown(), i / width);
            plane.data()[i] = volume[at[2]][at[0] + size[0] * at[1]];
        }
        return plane;
    }

    private int along(int axis, boolean backwards, int i) {
        return backwards ? last[axis] - i : first[axis] + i;
    }

    /** Where a voxel is on the screen along an axis, as a share of its length. */
    double place(int axis, boolean backwards, int voxel) {
        double at = backwards ? last[axis] - voxel : voxel - first[axis];
        return (at + 0.5) / extent(axis);
    }
}
