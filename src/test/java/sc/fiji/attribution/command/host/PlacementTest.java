/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Rectangle;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {

    private static final Rectangle SCREEN = new Rectangle(0, 25, 1400, 975);

    @Test
    void aWindowLiesWhollyOnTheScreen() {
        Rectangle low = new Rectangle(700, 480, 600, 705);
        assertEquals(new Rectangle(700, 295, 600, 705), Placement.best(low, List.of(), SCREEN));
        // However much it hides there.
        List<Rectangle> full = List.of(new Rectangle(0, 0, 1400, 1000));
        Rectangle best = Placement.best(low, full, SCREEN);
        assertEquals(best, best.intersection(SCREEN));
        // What is larger begins at the corner, where its title can be grasped.
        Rectangle large = new Rectangle(300, 400, 1500, 1200);
        assertEquals(new Rectangle(0, 25, 1500, 1200), Placement.best(large, List.of(), SCREEN));
    }

    @Test
    void itHidesAsLittleAsPossible() {
        Rectangle window = new Rectangle(100, 100, 300, 300);
        assertEquals(window, Placement.best(window, List.of(), SCREEN));
        Rectangle other = new Rectangle(0, 25, 600, 975);
        Rectangle best = Placement.best(window, List.of(other), SCREEN);
        assertEquals(true, best.intersection(other).isEmpty());
    }
}
