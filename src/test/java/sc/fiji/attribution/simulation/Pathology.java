/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

/**
 * What is ill in the template, before it is deformed with it.
 *
 * @param tissue of each template voxel: the ordinal of a {@link Tissue}, 0 where nothing is ill
 * @param share of a voxel's white and grey matter that it takes, 0 to 255
 */
record Pathology(byte[] tissue, byte[] share) {

    static Pathology none(Template template) {
        int voxels = template.white().data().length;
        return new Pathology(new byte[voxels], new byte[voxels]);
    }

    void put(int voxel, Tissue what, double part) {
        tissue[voxel] = (byte) what.ordinal();
        share[voxel] = (byte) Math.round(255 * part);
    }

    /** Volume in mm³: template voxels of which at least half is ill. */
    int volume() {
        int volume = 0;
        for (byte part : share) {
            volume += (part & 0xff) > 127 ? 1 : 0;
        }
        return volume;
    }
}
