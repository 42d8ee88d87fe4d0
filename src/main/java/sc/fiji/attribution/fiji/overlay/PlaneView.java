/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.fiji.geometry.BodyAxes;

/**
 * A way to look at a volume: which of its axes (0 to 2: x, y, z) run to the right and down on the
 * screen, which of them backwards, and which runs through the planes.
 *
 * @param right runs to the right, as it is or backwards
 * @param down runs down, as it is or backwards
 * @param through from plane to plane
 * @param marks letters at the left, right, upper and lower edge; empty where nobody knows
 */
record PlaneView(
        int right,
        boolean mirrored,
        int down,
        boolean upsideDown,
        int through,
        List<String> marks) {

    /** What lies left on the screen, as readers are used to. */
    public enum Convention {
        /** The patient's right, as when one stands at the feet. */
        RADIOLOGICAL,
        /** The patient's left. */
        NEUROLOGICAL
    }

    private static final String[][] ENDS = {{"L", "R"}, {"P", "A"}, {"I", "S"}};

    /**
     * Axial, coronal and sagittal; where it is not known how the volume lies, the planes of its
     * axes as ImageJ shows them, without marks.
     */
    static List<PlaneView> of(Optional<BodyAxes> body, Convention convention) {
        if (body.isEmpty()) {
            return List.of(stored(0, 1, 2), stored(0, 2, 1), stored(1, 2, 0));
        }
        int left = convention == Convention.RADIOLOGICAL ? -1 : 1;
        return List.of(
                seen(body.get(), 0, left, 1, 2),
                seen(body.get(), 0, left, 2, 1),
                // The face looks to the left.
                seen(body.get(), 1, -1, 2, 0));
    }

    private static PlaneView stored(int right, int down, int through) {
        return new PlaneView(right, false, down, false, through, List.of());
    }

    /** Body axes; the one that runs down the screen does so from front to back, or downwards. */
    private static PlaneView seen(BodyAxes body, int right, int direction, int down, int through) {
        String[] sides = ENDS[right];
        return new PlaneView(
                body.axis()[right],
                body.sign()[right] != direction,
                body.axis()[down],
                body.sign()[down] > 0,
                body.axis()[through],
                List.of(
                        direction > 0 ? sides[0] : sides[1],
                        direction > 0 ? sides[1] : sides[0],
                        ENDS[down][1],
                        ENDS[down][0]));
    }
}
