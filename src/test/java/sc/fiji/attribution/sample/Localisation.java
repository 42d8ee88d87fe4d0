/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

/**
 * How well a map finds the lesions.
 *
 * @param inside share of the map's positive mass that lies in the lesion mask dilated by one voxel
 * @param share that dilated mask's share of the brain's voxels: what chance would give
 */
record Localisation(double inside, double share) {

    static Localisation of(SampleVolume volume, float[] map) {
        boolean[] lesion = volume.dilatedLesion();
        double all = 0;
        double in = 0;
        int brain = 0;
        int masked = 0;
        for (int i = 0; i < map.length; i++) {
            double positive = Math.max(0, map[i]);
            all += positive;
            in += lesion[i] ? positive : 0;
            brain += volume.inBrain(i) ? 1 : 0;
            masked += lesion[i] ? 1 : 0;
        }
        return new Localisation(in / all, (double) masked / brain);
    }

    /** How many times more than by chance. */
    double ratio() {
        return inside / share;
    }
}
