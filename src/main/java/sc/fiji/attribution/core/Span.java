/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * Least and largest of some values; what is NaN does not count.
 *
 * @param low above {@code high} where there is none
 */
public record Span(float low, float high) {

    public static final Span NONE = new Span(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

    /** The span of these values, and of those before. */
    public Span and(float[] values, int from, int to) {
        float least = low;
        float most = high;
        for (int i = from; i < to; i++) {
            float value = values[i];
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
        return new Span(least, most);
    }

    public static Span of(float[] values) {
        return NONE.and(values, 0, values.length);
    }
}
