/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a call is given up, by looks that are made up: no clock, no load. */
class PatienceTest {

    private static final int NEVER = 100_000;

    /** Looks until the call is given up. */
    private static int looks(Patience.Look each, String why) {
        Patience patience = new Patience(600);
        for (int i = 1; i < NEVER; i++) {
            Optional<String> reason = patience.after(each);
            if (reason.isPresent()) {
                assertTrue(reason.get().contains(why), reason.get());
                return i;
            }
        }
        return NEVER;
    }

    /** A look each second: what it costs of the processor counts, but no more than the clock. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 601",
        "1, 16, 1, 601",
        "1, 0.5, 0.5, 1201",
        "1, 0.05, 0.05, 12001",
        "60, 0.3, 0.005, 2001"
    })
    void computes(double elapsed, double used, double share, int looks) {
        assertEquals(
                looks,
                looks(new Patience.Look(elapsed, used, share), "computed for 600 s"),
                looks * 1e-3);
    }

    /** What the process does beside it (a cursor blinks) is no work of the call. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 61",
        "1, 0.01, 1, 61",
        "1, 0, 0.25, 241",
        "1, 0.001, 0.25, 241",
        "1, 0, 0.0001, 1201"
    })
    void waits(double elapsed, double used, double share, int looks) {
        assertEquals(looks, looks(new Patience.Look(elapsed, used, share), "computed nothing"), 2);
    }

    /** Others have the processors: little is computed, but all that could be. */
    @ParameterizedTest
    @CsvSource({"1, 0.002, 0.002", "60, 0.06, 0.001", "30, 0.005, 0.0002"})
    void starves(double elapsed, double used, double share) {
        Patience patience = new Patience(600);
        for (int i = 0; i < 1000; i++) {
            assertEquals(Optional.empty(), patience.after(new Patience.Look(elapsed, used, share)));
        }
    }

    /** A machine sleeps over night, or stands still for a minute, amid a call that computes. */
    @Test
    void theMachineStandsStill() {
        Patience patience = new Patience(600);
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.empty(), patience.after(new Patience.Look(1, 0.9, 1)));
            assertEquals(Optional.empty(), patience.after(new Patience.Look(30_000, 0, 0)));
        }
    }

    /** Reads from a slow disk, with a little work now and then. */
    @Test
    void worksNowAndThen() {
        Patience patience = new Patience(600);
        for (int i = 0; i < 1000; i++) {
            double used = i % 50 == 49 ? 1.5 : 0;
            assertEquals(Optional.empty(), patience.after(new Patience.Look(1, used, 1)));
        }
    }
}
