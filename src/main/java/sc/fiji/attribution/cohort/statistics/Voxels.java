/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;

/**
 * The voxels of a volume that are looked at, and which of them touch by a face.
 *
 * @param size extents along x, y and z
 * @param places of the voxels in the volume, x fastest, ascending
 */
public record Voxels(int[] size, int[] places) {

    /** Those of a volume where a mask holds. */
    public static Voxels of(int[] size, boolean[] mask) {
        int[] places = new int[mask.length];
        int count = 0;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i]) {
                places[count++] = i;
            }
        }
        return new Voxels(size.clone(), Arrays.copyOf(places, count));
    }

    public int count() {
        return places.length;
    }

    /** Six numbers for each voxel: its neighbours among the voxels, -1 where there is none. */
    int[] neighbours() {
        int[] index = new int[size[0] * size[1] * size[2]];
        Arrays.fill(index, -1);
        for (int v = 0; v < places.length; v++) {
            index[places[v]] = v;
        }
        int[] neighbours = new int[6 * places.length];
        int plane = size[0] * size[1];
        for (int v = 0; v < places.length; v++) {
            int place = places[v];
            int[] at = {place % size[0], place / size[0] % size[1], place / plane};
            int[] step = {1, size[0], plane};
            for (int axis = 0; axis < 3; axis++) {
                neighbours[6 * v + 2 * axis] = at[axis] > 0 ? index[place - step[axis]] : -1;
                neighbours[6 * v + 2 * axis + 1] =
                        at[axis] + 1 < size[axis] ? index[place + step[axis]] : -1;
            }
        }
        return neighbours;
    }
}
