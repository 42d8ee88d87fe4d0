/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/**
 * The change of the map where the image is turned by three degrees to either side in its slices.
 */
@MetaInfServices(Metric.class)
public final class TurnSensitivity extends MovementMetric {

    private static final double DEGREES = 3;

    public TurnSensitivity() {
        super(
                "Turn Sensitivity",
                "The mean change of the map where the image is turned by 3 degrees and the map"
                        + " back.",
                "Bansal et al. 2020, CVPR, of rotations");
    }

    @Override
    List<Movement> movements(int axes) {
        return axes < 2 ? List.of() : List.of(Movement.turn(DEGREES), Movement.turn(-DEGREES));
    }
}
