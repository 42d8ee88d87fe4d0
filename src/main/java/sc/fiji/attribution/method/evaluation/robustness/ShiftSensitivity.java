/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.ArrayList;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/** The change of the map where the image is shifted by a voxel, forth and back along each axis. */
@MetaInfServices(Metric.class)
public final class ShiftSensitivity extends MovementMetric {

    public ShiftSensitivity() {
        super(
                "Shift Sensitivity",
                "The mean change of the map where the image is shifted by a voxel and the map"
                        + " back.",
                "Bansal et al. 2020, CVPR, of shifts");
    }

    @Override
    List<Movement> movements(int axes) {
        List<Movement> movements = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            movements.add(Movement.shift(axis, 1));
            movements.add(Movement.shift(axis, -1));
        }
        return movements;
    }
}
