/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

import java.util.List;
import sc.fiji.attribution.core.Tensor;

/**
 * A partition of an input into named regions, which region methods remove or keep as a whole.
 *
 * @param labels on the model's grid, batch 1; 0 where a value belongs to no region and always
 *     stays, k where it belongs to region k. Without a channel axis a region spans all channels
 * @param names of region 1 and so on, in that order; every region has at least one value
 */
public record Regions(Tensor labels, List<String> names) {

    public Regions {
        names = List.copyOf(names);
        boolean[] seen = new boolean[names.size() + 1];
        for (float label : labels.data()) {
            if (label < 0 || label > names.size() || label != (int) label) {
                throw new IllegalArgumentException(
                        "label " + label + " of " + names.size() + " regions");
            }
            seen[(int) label] = true;
        }
        for (int i = 0; i < names.size(); i++) {
            if (!seen[i + 1]) {
                throw new IllegalArgumentException("region " + names.get(i) + " is empty");
            }
        }
    }

    public int count() {
        return names.size();
    }
}
