/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.OptionException;

/**
 * A length along each axis of space, in voxels of the image or in its calibrated unit.
 *
 * @param values one for all axes, or one for each in the order x, y, z; positive
 * @param unit empty for voxels
 */
public record Lengths(List<Double> values, String unit) {

    private static final Pattern TEXT = Pattern.compile("([\\d.,;\\s]+?)\\s*([^\\d.,;\\s]\\S*)?");

    public Lengths {
        values = List.copyOf(values);
    }

    /**
     * Reads {@code 8}, {@code 8,8,4} or {@code 4 mm}.
     *
     * @throws NumberFormatException where it is none of these, or a length is not positive
     */
    public static Lengths parse(String text) {
        Matcher parts = TEXT.matcher(text.strip());
        if (!parts.matches()) {
            throw new NumberFormatException(text);
        }
        List<Double> values = new ArrayList<>();
        for (String part : parts.group(1).strip().split("[,;\\s]+")) {
            double value = Double.parseDouble(part);
            if (!(value > 0)) {
                throw new NumberFormatException(text);
            }
            values.add(value);
        }
        String unit = parts.group(2) == null ? "" : parts.group(2);
        boolean voxels = unit.matches("(?i)(voxel|pixel)s?|px|vx");
        if (values.size() > 3) {
            throw new NumberFormatException(text);
        }
        return new Lengths(values, voxels ? "" : unit);
    }

    /**
     * The lengths in whole voxels of the model's grid, at least 1.
     *
     * @param axes of space, for example {@code zyx}; the result is in their order
     * @param key the option's, for messages
     * @throws OptionException where the number of lengths or the unit is not the image's
     */
    public int[] on(Grid grid, String axes, String key) {
        double[] exact = exactlyOn(grid, axes, key);
        int[] voxels = new int[exact.length];
        for (int i = 0; i < voxels.length; i++) {
            voxels[i] = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(exact[i])));
        }
        return voxels;
    }

    /** The same, not rounded. */
    public double[] exactlyOn(Grid grid, String axes, String key) {
        if (values.size() > 1 && values.size() != axes.length()) {
            throw new OptionException(
                    key
                            + "="
                            + this
                            + ": expected one length, or one for each of the image's "
                            + axes.length()
                            + " axes in the order x, y, z.");
        }
        if (!unit.isEmpty() && !same(unit, grid.unit())) {
            throw new OptionException(
                    key
                            + "="
                            + this
                            + ": the image is calibrated in "
                            + grid.unit()
                            + "; say the length in that or, without a unit, in voxels.");
        }
        double[] exact = new double[axes.length()];
        for (int i = 0; i < exact.length; i++) {
            char axis = axes.charAt(i);
            double length = values.size() == 1 ? values.get(0) : values.get(order(axis, axes));
            exact[i] =
                    unit.isEmpty() ? grid.fromVoxels(axis, length) : grid.fromUnits(axis, length);
        }
        return exact;
    }

    /** Position of the axis among those of space, x first. */
    private static int order(char axis, String axes) {
        return (int) axes.chars().filter(other -> other < axis).count();
    }

    private static boolean same(String a, String b) {
        return plain(a).equals(plain(b));
    }

    private static String plain(String unit) {
        String plain = unit.toLowerCase(Locale.ROOT).replace('µ', 'u').replace('μ', 'u');
        return plain.equals("micron") || plain.equals("microns") ? "um" : plain;
    }

    /** As it is read, for example {@code 4,4,8 mm}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (double value : values) {
            text.append(text.length() == 0 ? "" : ",");
            text.append(value == Math.rint(value) ? Long.toString((long) value) : "" + value);
        }
        return unit.isEmpty() ? text.toString() : text + " " + unit;
    }
}
