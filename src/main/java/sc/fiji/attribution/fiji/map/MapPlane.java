/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import sc.fiji.attribution.fiji.input.SlicedMap;

/**
 * A slice of a map, and all that is asked of its values: they are looked at once.
 *
 * @param values x fastest, the sum of the channels
 * @param largest absolute value among them, zero where none is finite
 * @param strength about the sum of the absolute values of the channels
 */
record MapPlane(float[] values, float largest, double strength) {

    /** Sums that are made beside each other, since the processor adds up several at once. */
    private static final int LANES = 256;

    /**
     * @param first of the channels that are added up
     * @param count of them
     */
    static MapPlane of(SlicedMap map, int z, int first, int count) {
        float[] values = map.slice(first, z);
        double strength = strength(values);
        if (count > 1) {
            double[] sums = new double[values.length];
            add(values, sums);
            for (int c = first + 1; c < first + count; c++) {
                float[] channel = map.slice(c, z);
                strength += strength(channel);
                add(channel, sums);
            }
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) sums[i];
            }
        }
        unsign(values);
        return new MapPlane(values, largest(values), strength);
    }

    private static void add(float[] values, double[] sums) {
        for (int i = 0; i < values.length; i++) {
            sums[i] += values[i];
        }
    }

    private static double strength(float[] values) {
        float[] lanes = new float[Math.min(LANES, values.length)];
        int at = 0;
        for (; at + lanes.length <= values.length; at += lanes.length) {
            add(values, at, lanes);
        }
        double sum = 0;
        for (; at < values.length; at++) {
            sum += Math.abs(values[at]);
        }
        for (float lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    private static void add(float[] values, int at, float[] lanes) {
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] += Math.abs(values[at + i]);
        }
    }

    /** Negative zeros become zeros. */
    private static void unsign(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += 0f;
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            float amount = Math.abs(value);
            if (amount > largest && amount <= Float.MAX_VALUE) {
                largest = amount;
            }
        }
        return largest;
    }

    /** Whether each channel's values are; where not, they may only be very large. */
    boolean isFinite() {
        return Double.isFinite(strength);
    }
}
