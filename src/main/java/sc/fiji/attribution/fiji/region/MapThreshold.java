/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ByteProcessor;
import java.util.Locale;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.MapDisplay;

/**
 * What of a map is strong: voxels whose absolute value is at least a limit, of either sign or of
 * one. ImageJ's own thresholds know one range, and its automatic ones take a signed map's neutral
 * background for an object.
 *
 * @param limit above 0, in the map's unit
 */
public record MapThreshold(double limit, Sign sign) {

    /** Which values count. */
    public enum Sign {
        BOTH,
        /** Evidence for the target: positive values. */
        FOR,
        /** Evidence against it. */
        AGAINST;

        /**
         * @param name {@code both}, {@code for} or {@code against}
         */
        public static Sign named(String name) {
            for (Sign sign : values()) {
                if (sign.name().equalsIgnoreCase(name.strip())) {
                    return sign;
                }
            }
            throw new OptionException("sign='" + name + "': expected both, for or against.");
        }
    }

    /**
     * @param percentile of the absolute values that are not zero
     * @param value the limit itself; 0 takes the percentile
     */
    public static MapThreshold of(ImagePlus map, double percentile, double value, Sign sign) {
        MapDisplay.requireMap(map);
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new OptionException("threshold=" + value + ": expected a number from 0.");
        }
        return new MapThreshold(value > 0 ? value : MapDisplay.limit(map, percentile), sign);
    }

    /** 1 where a value is evidence for, -1 where it is evidence against, 0 where it is too weak. */
    int of(float value) {
        if (value >= limit && sign != Sign.AGAINST) {
            return 1;
        }
        return value <= -limit && sign != Sign.FOR ? -1 : 0;
    }

    /** What is strong, as a mask on the map's grid: 255, and 0 elsewhere. */
    public ImagePlus mask(ImagePlus map) {
        ImageView view = ImageView.of(map);
        ImageStack stack = new ImageStack(map.getWidth(), map.getHeight());
        for (int i = 1; i <= map.getStackSize(); i++) {
            float[] values = view.values(i);
            byte[] mask = new byte[values.length];
            for (int k = 0; k < mask.length; k++) {
                mask[k] = (byte) (of(values[k]) == 0 ? 0 : 255);
            }
            String label = map.getStack().getSliceLabel(i);
            stack.addSlice(label, new ByteProcessor(map.getWidth(), map.getHeight(), mask));
        }
        return onGridOf(map, new ImagePlus(map.getTitle() + " (threshold)", stack));
    }

    /** For the log: {@code "|map| >= 0.00123 (both signs)"}. */
    public String description() {
        return switch (sign) {
            case BOTH -> String.format(Locale.ROOT, "|map| >= %.3g", limit);
            case FOR -> String.format(Locale.ROOT, "map >= %.3g", limit);
            case AGAINST -> String.format(Locale.ROOT, "map <= -%.3g", limit);
        };
    }

    static ImagePlus onGridOf(ImagePlus map, ImagePlus image) {
        image.setDimensions(map.getNChannels(), map.getNSlices(), map.getNFrames());
        image.setOpenAsHyperStack(map.isHyperStack());
        image.setCalibration(map.getCalibration().copy());
        ImageGeometry.copy(map, image);
        image.setPosition(map.getC(), map.getZ(), map.getT());
        return image;
    }
}
