/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.awt.image.BufferedImage;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.AxisResampling;
import sc.fiji.attribution.core.Tensor;

/**
 * The slices of an overlay: which ones, cut to the anatomy, enlarged by linear interpolation, in
 * grey levels of automatic contrast.
 *
 * @param anatomy grey values, 0 to 1, on the image's grid
 * @param map values on that grid
 * @param box first and last x and y that hold anatomy
 * @param width of a drawn slice
 * @param height of a drawn slice
 * @param numbers of the slices, from 0
 */
record OverlaySlices(
        float[][] anatomy, float[][] map, Box box, int width, int height, int[] numbers) {

    private static final Axes PLANE = new Axes("yx");

    /** Grey above which there is anatomy. */
    private static final double FLOOR = 0.06;

    /** A rectangle in pixels of an image of that width, bounds included. */
    record Box(int stride, int left, int right, int top, int bottom) {
        int width() {
            return right - left + 1;
        }

        int height() {
            return bottom - top + 1;
        }
    }

    /** Width of a slice that is easy to see, in screen pixels. */
    private static final int EASY = 180;

    /**
     * @param wanted screen pixels per image pixel, 0 = as many as make a slice easy to see
     */
    static OverlaySlices of(Overlay overlay, int frame, int wanted, int count) {
        ImagePlus image = overlay.image();
        float[][] anatomy = new float[image.getNSlices()][];
        float[][] map = new float[image.getNSlices()][];
        for (int z = 0; z < anatomy.length; z++) {
            anatomy[z] = overlay.grey(z, frame);
            map[z] = overlay.attribution(z, frame);
        }
        Box box = box(anatomy, image.getWidth(), image.getHeight());
        int zoom = wanted > 0 ? wanted : Math.max(1, Math.round((float) EASY / box.width()));
        Calibration calibration = image.getCalibration();
        double aspect = calibration.pixelHeight / calibration.pixelWidth;
        aspect = aspect > 0 && Double.isFinite(aspect) ? aspect : 1;
        int height = Math.max(1, (int) Math.round(box.height() * zoom * aspect));
        return new OverlaySlices(
                anatomy, map, box, box.width() * zoom, height, numbers(anatomy, count));
    }

    /** Draws one of the slices. */
    BufferedImage draw(int index, OverlayColours colours) {
        Tensor grey = enlarge(anatomy[numbers[index]]);
        Tensor value = enlarge(map[numbers[index]]);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < grey.length(); i++) {
            picture.setRGB(i % width, i / width, colours.mix(grey.data()[i], value.data()[i]));
        }
        return picture;
    }

    private Tensor enlarge(float[] plane) {
        Tensor cut = Tensor.zeros(PLANE, box.height(), box.width());
        for (int y = 0; y < box.height(); y++) {
            int from = (box.top() + y) * box.stride() + box.left();
            System.arraycopy(plane, from, cut.data(), y * box.width(), box.width());
        }
        Tensor wide = AxisResampling.linear(box.width(), width).apply(cut, 'x');
        return AxisResampling.linear(box.height(), height).apply(wide, 'y');
    }

    private static Box box(float[][] planes, int width, int height) {
        int left = width;
        int right = -1;
        int top = height;
        int bottom = -1;
        for (float[] plane : planes) {
            for (int i = 0; i < plane.length; i++) {
                if (plane[i] > FLOOR) {
                    left = Math.min(left, i % width);
                    right = Math.max(right, i % width);
                    top = Math.min(top, i / width);
                    bottom = Math.max(bottom, i / width);
                }
            }
        }
        if (right < 0) {
            return new Box(width, 0, width - 1, 0, height - 1);
        }
        int rim = 1 + width / 60;
        return new Box(
                width,
                Math.max(0, left - rim),
                Math.min(width - 1, right + rim),
                Math.max(0, top - rim),
                Math.min(height - 1, bottom + rim));
    }

    /** Evenly from a tenth to nine tenths of the slices that hold anatomy. */
    private static int[] numbers(float[][] planes, int count) {
        int first = planes.length;
        int last = -1;
        for (int z = 0; z < planes.length; z++) {
            for (float value : planes[z]) {
                if (value > FLOOR) {
                    first = Math.min(first, z);
                    last = z;
                    break;
                }
            }
        }
        if (last < 0) {
            first = 0;
            last = planes.length - 1;
        }
        int shown = Math.max(1, Math.min(count, last - first + 1));
        int[] numbers = new int[shown];
        double rim = shown == last - first + 1 ? 0 : 0.1 * (last - first);
        for (int i = 0; i < shown; i++) {
            double part = shown == 1 ? 0.5 : (double) i / (shown - 1);
            numbers[i] = (int) Math.round(first + rim + part * (last - first - 2 * rim));
        }
        return numbers;
    }
}
