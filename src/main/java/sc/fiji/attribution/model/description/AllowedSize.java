/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

/**
 * Which extents a model's description allows along an axis: {@code min}, {@code min + step}, {@code
 * min + 2 step} and so on; only {@code min} where the step is 0.
 *
 * @param axis letter of the axis
 * @param min smallest extent, in voxels (channels for {@code c}), at least 1
 * @param step from one allowed extent to the next, at least 0
 */
public record AllowedSize(char axis, int min, int step) {

    public AllowedSize {
        if (min < 1 || step < 0) {
            throw new IllegalArgumentException(
                    "axis " + axis + ": min " + min + ", step " + step + "; expected min ≥ 1");
        }
    }

    public boolean fixed() {
        return step == 0;
    }

    public boolean allows(int extent) {
        return extent == nearest(extent);
    }

    /** The allowed extent that is closest; the larger one half-way. */
    public int nearest(int extent) {
        if (fixed() || extent <= min) {
            return min;
        }
        long steps = (extent - (long) min + step / 2) / step;
        long nearest = min + steps * step;
        return nearest <= Integer.MAX_VALUE ? (int) nearest : (int) (nearest - step);
    }

    /** For messages: {@code z 48} or {@code y 32, 48, 64, …}. */
    @Override
    public String toString() {
        return axis
                + " "
                + min
                + (fixed() ? "" : ", " + (min + (long) step) + ", " + (min + 2L * step) + ", …");
    }
}
