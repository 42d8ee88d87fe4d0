/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * Least and largest of some values; what is NaN does not count.
 *
 * @param low above {@code high} where there is none
 * @param numbers whether none of the values is NaN or infinite
 */
public record Span(float low, float high, boolean numbers) {

    /** Sums that are made beside each other, since the processor adds up several at once. */
    private static final int SUMS = 256;

    public static final Span NONE =
            new Span(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, true);

    /** The span of these values, and of those before. */
    public Span and(float[] values, int from, int to) {
        float least = low;
        float most = high;
        boolean all = numbers;
        for (int i = from; i < to; i++) {
            float value = values[i];
            // Not so of what is NaN; rarely so otherwise, which makes it cheap.
            if (!(value >= least)) {
                all &= Float.isFinite(value);
                least = value < least ? value : least;
            }
            if (!(value <= most)) {
                all &= Float.isFinite(value);
                most = value > most ? value : most;
            }
        }
        return new Span(least, most, all);
    }

    /** Whether none is NaN or infinite; sooner than their span. */
    public static boolean areNumbers(float[] values) {
        float[] sums = new float[SUMS];
        int at = 0;
        for (; at + SUMS <= values.length; at += SUMS) {
            addNothing(values, at, sums);
        }
        boolean numbers = true;
        for (; at < values.length; at++) {
            numbers &= Float.isFinite(values[at]);
        }
        for (float sum : sums) {
            numbers &= sum == 0;
        }
        return numbers;
    }

    /** Zero times a number is zero, and times what is none is none. */
    private static void addNothing(float[] values, int from, float[] sums) {
        for (int i = 0; i < SUMS; i++) {
            sums[i] += 0f * values[from + i];
        }
    }

    /** The span of both. */
    public Span and(Span other) {
        return new Span(
                Math.min(low, other.low), Math.max(high, other.high), numbers && other.numbers);
    }

    public static Span of(float[] values) {
        return NONE.and(values, 0, values.length);
    }
}
