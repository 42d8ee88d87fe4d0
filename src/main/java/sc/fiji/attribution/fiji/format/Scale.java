/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

/**
 * What stored numbers mean: {@code slope · stored + intercept}.
 *
 * @param slope not 0
 * @param intercept in the unit of the values
 */
public record Scale(double slope, double intercept) {

    /** Stored numbers mean themselves. */
    public static final Scale NONE = new Scale(1, 0);

    public double apply(double stored) {
        return slope * stored + intercept;
    }

    public boolean isNone() {
        return slope == 1 && intercept == 0;
    }
}
