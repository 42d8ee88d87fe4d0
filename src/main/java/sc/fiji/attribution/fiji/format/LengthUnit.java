/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.util.Map;

/** Lengths in one unit and in another. */
public final class LengthUnit {

    private static final Map<String, Double> METRES =
            Map.ofEntries(
                    Map.entry("m", 1.0),
                    Map.entry("cm", 1e-2),
                    Map.entry("mm", 1e-3),
                    Map.entry("micron", 1e-6),
                    Map.entry("um", 1e-6),
                    Map.entry("\u00b5m", 1e-6),
                    Map.entry("\u03bcm", 1e-6),
                    Map.entry("nm", 1e-9),
                    Map.entry("pm", 1e-12),
                    Map.entry("\u00c5", 1e-10),
                    Map.entry("in", 0.0254),
                    Map.entry("inch", 0.0254));

    private LengthUnit() {}

    /** The same length in another unit; the number as it is where one of the units is not known. */
    public static double convert(double length, String from, String to) {
        Double one = METRES.get(from);
        Double other = METRES.get(to);
        return one == null || other == null || one.equals(other) ? length : length * one / other;
    }
}
