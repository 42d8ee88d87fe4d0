/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

/** How well a tissue map agrees with the truth. */
final class Dice {

    private Dice() {}

    /**
     * Twice the voxels that both give to the tissue over the sum of those that each does, at a
     * half.
     *
     * @param image only where it is above 0
     */
    static double of(float[] map, float[] truth, float[] image) {
        int both = 0;
        int sum = 0;
        for (int i = 0; i < map.length; i++) {
            if (image[i] > 0) {
                both += map[i] > 0.5 && truth[i] > 0.5 ? 1 : 0;
                sum += (map[i] > 0.5 ? 1 : 0) + (truth[i] > 0.5 ? 1 : 0);
            }
        }
        return 2.0 * both / sum;
    }
}
