/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.testing.Soon;

/** Comparisons as Python has them. */
class PythonComparisonsTest {

    /** Of the processor's time. */
    private static final double SOON = 10;

    private final PythonComparisons comparisons = new PythonComparisons(null);

    @Test
    void tuplesInLists() {
        List<Object> pairs = List.of(Tuple.of(1L, 2L), Tuple.of(3L, 4.5));
        assertEquals(true, comparisons.contains(pairs, Tuple.of(1L, 2.0)));
        assertEquals(false, comparisons.contains(pairs, Tuple.of(2L, 1L)));
        assertEquals(true, comparisons.equal(pairs, List.of(Tuple.of(1L, 2L), Tuple.of(3L, 4.5))));
        assertEquals(false, comparisons.equal(pairs, List.of(Tuple.of(1L, 2L), Tuple.of(3L, 4L))));
        assertEquals(false, comparisons.equal(pairs, List.of(Tuple.of(1L, 2L), 3L)));
        assertEquals(true, comparisons.contains(List.of(pairs), List.copyOf(pairs)));
    }

    /** Each holds the one within twice: 2^60 comparisons. */
    @Test
    void whatHoldsTheSameTwice() {
        Tuple a = Tuple.of(1L);
        Tuple b = Tuple.of(1L);
        for (int i = 0; i < 60; i++) {
            a = Tuple.of(a, a);
            b = Tuple.of(b, b);
        }
        Tuple x = a;
        Tuple y = b;
        assertThrows(ModelException.class, () -> Soon.within(SOON, () -> comparisons.equal(x, y)));
        assertEquals(true, comparisons.equal(x, x));
    }

    @Test
    void whatIsDeep() {
        Tuple a = Tuple.of(1L);
        Tuple b = Tuple.of(1L);
        for (int i = 0; i < 100_000; i++) {
            a = Tuple.of(a);
            b = Tuple.of(b);
        }
        Tuple x = a;
        Tuple y = b;
        assertThrows(ModelException.class, () -> comparisons.equal(x, y));
    }
}
