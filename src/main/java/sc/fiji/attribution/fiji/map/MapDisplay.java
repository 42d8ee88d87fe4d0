/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.process.LUT;
import java.util.Arrays;
import java.util.function.IntFunction;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.input.ImageView;

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
     * Checks that an image is one whose colours can tell signs apart.
     *
     * @throws ImageException if it has no 32-bit values
     */
    public static void requireMap(ImagePlus map) {
        ImageView.of(map);
        if (map.getBitDepth() != 32) {
            throw new ImageException(
                    "Image '"
                            + map.getTitle()
                            + "' is "
                            + map.getBitDepth()
                            + "-bit, and a map is 32-bit: choose the map, or convert the image with"
                            + " Image > Type > 32-bit.");
        }
    }

    /**
     * @throws OptionException if it is not above 0 and at most 100
     */
    public static void requirePercentile(double percentile) {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new OptionException(
                    "percentile: " + percentile + " is not above 0 and at most 100.");
        }
    }

    /**
     * The absolute value at which a range should end.
     *
     * @param percentile which percentile of the absolute values of all slices, above 0, 100 for the
     *     largest; zeros do not count, since how much background an image has says nothing about
     *     its map, and neither does what is NaN or infinite
     * @return above zero; 1 where no value counts
     */
    public static double limit(ImagePlus map, double percentile) {
        ImageView view = ImageView.of(map);
        return limit(map.getStackSize(), i -> view.values(i + 1), percentile);
    }

    /**
     * @param slice gives the values of each
     */
    public static double limit(int slices, IntFunction<float[]> slice, double percentile) {
        requirePercentile(percentile);
        float max = 0;
        long size = 0;
        for (int i = 0; i < slices; i++) {
            for (float value : slice.apply(i)) {
                if (counts(value)) {
                    max = Math.max(max, Math.abs(value));
                    size++;
                }
            }
        }
        if (size == 0 || percentile == 100) {
            return size == 0 ? 1 : max;
        }
        float[] amounts = new float[Math.toIntExact(size)];
        int count = 0;
        for (int i = 0; i < slices; i++) {
            for (float value : slice.apply(i)) {
                if (counts(value)) {
                    amounts[count++] = Math.abs(value);
                }
            }
        }
        Arrays.parallelSort(amounts);
        return amounts[Math.max(0, (int) Math.ceil(percentile / 100 * count) - 1)];
    }

    /** Percentiles 0 to 100 of the absolute values that are not zero, from at most a million. */
    public static double[] quantiles(ImagePlus map) {
        ImageView view = ImageView.of(map);
        long all = (long) map.getWidth() * map.getHeight() * map.getStackSize();
        int step = (int) (1 + all / (1 << 20));
        float[] amounts = new float[(int) (all / step) + map.getStackSize()];
        int count = 0;
        for (int i = 1; i <= map.getStackSize(); i++) {
            float[] values = view.values(i);
            for (int k = i % step; k < values.length; k += step) {
                if (counts(values[k])) {
                    amounts[count++] = Math.abs(values[k]);
                }
            }
        }
        Arrays.parallelSort(amounts, 0, count);
        double[] quantiles = new double[101];
        for (int p = 0; p <= 100 && count > 0; p++) {
            quantiles[p] = amounts[Math.max(0, (int) Math.ceil(p / 100.0 * count) - 1)];
        }
        return quantiles;
    }

    private static boolean counts(float value) {
        return value != 0 && Float.isFinite(value);
    }
}
