/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import sc.fiji.attribution.core.Tensor;

/**
 * A slice of a map, and all that is asked of its values: they are looked at once.
 *
 * @param values x fastest, the sum of the channels
 * @param largest absolute value among them, zero where none is finite
 * @param strength sum of the absolute values of the channels
 */
record MapPlane(float[] values, float largest, double strength) {

    /**
     * @param first of the channels that are added up
     * @param count of them
     */
    static MapPlane of(Tensor map, int z, int first, int count) {
        int width = map.size('x');
        int height = map.size('y');
        int columns = map.stride('x');
        int step = map.stride('c');
        int from = z * map.stride('z') + first * step;
        float[] data = map.data();
        float[] values = new float[width * height];
        float largest = 0;
        double strength = 0;
        for (int i = 0, y = 0; y < height; y++) {
            int at = from + y * map.stride('y');
            for (int x = 0; x < width; x++, i++, at += columns) {
                double sum = data[at] + 0.0; // no negative zero
                strength += Math.abs(data[at]);
                for (int c = 1; c < count; c++) {
                    sum += data[at + c * step];
                    strength += Math.abs(data[at + c * step]);
                }
                float value = (float) sum;
                values[i] = value;
                float amount = Math.abs(value);
                largest = amount > largest && amount <= Float.MAX_VALUE ? amount : largest;
            }
        }
        return new MapPlane(values, largest, strength);
    }

    /** Whether each channel's values are. */
    boolean isFinite() {
        return Double.isFinite(strength);
    }
}
