/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.process.LUT;
import java.util.Arrays;

/** How a map is shown: diverging colours over a range that is symmetric around zero. */
public final class MapDisplay {

    private MapDisplay() {}

    /**
     * Sets colours and display range [-limit, limit] of all slices and channels; the values stay as
     * they are. An image on the screen is not repainted.
     */
    public static void show(ImagePlus map, DivergingLut colours, double limit) {
        if (map instanceof CompositeImage composite) {
            LUT[] luts = new LUT[composite.getNChannels()];
            for (int c = 0; c < luts.length; c++) {
                luts[c] = colours.lut();
                luts[c].min = -limit;
                luts[c].max = limit;
            }
            composite.setLuts(luts);
            composite.setDisplayRange(-limit, limit);
        } else {
            map.setLut(colours.lut());
            map.setDisplayRange(-limit, limit);
        }
    }

    /**
     * The absolute value at which a range should end.
     *
     * @param map a 32-bit image
     * @param percentile which percentile of the absolute values of all slices, 100 for the largest;
     *     zeros do not count, since how much background an image has says nothing about its map
     * @return above zero; 1 where all values are zero
     */
    public static double limit(ImagePlus map, double percentile) {
        ImageStack stack = map.getStack();
        double max = 0;
        for (int i = 1; i <= stack.size(); i++) {
            for (float value : (float[]) stack.getProcessor(i).getPixels()) {
                max = Math.max(max, Math.abs(value));
            }
        }
        if (percentile < 100 && max > 0) {
            return percentile(stack, percentile);
        }
        return max > 0 ? max : 1;
    }

    private static double percentile(ImageStack stack, double percentile) {
        int slice = stack.getWidth() * stack.getHeight();
        float[] sorted = new float[Math.multiplyExact(slice, stack.size())];
        for (int i = 0; i < stack.size(); i++) {
            System.arraycopy(stack.getProcessor(i + 1).getPixels(), 0, sorted, i * slice, slice);
        }
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(sorted[i]);
        }
        Arrays.parallelSort(sorted);
        int zeros = 0;
        while (sorted[zeros] == 0) {
            zeros++;
        }
        int values = sorted.length - zeros;
        return sorted[zeros + Math.max(0, (int) Math.ceil(percentile / 100 * values) - 1)];
    }
}
