/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** By hand. */
class RelevanceMassTest {

    private static final boolean[] INSIDE = {true, true, false, false, false};

    @Test
    void sharesAndRank() {
        RelevanceMass found = RelevanceMass.of(new float[] {3, -1, 2, -4, 1}, INSIDE);
        assertEquals(3.0 / 6, found.positive());
        assertEquals(4.0 / 11, found.absolute());
        assertEquals(1.0 / 2, found.rank());
    }

    /** The second of the two largest is one of three equal ones, of which one lies inside. */
    @Test
    void equalValuesCountByChance() {
        RelevanceMass found = RelevanceMass.of(new float[] {9, 2, 2, 2, 1}, INSIDE);
        assertEquals((1 + 1.0 / 3) / 2, found.rank(), 1e-12);
    }
}
