/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.importer.torchscript.archive.StoredTensor;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Operators;
import sc.fiji.attribution.testing.Soon;

/** What a file shares is looked at once. */
class StoredValuesTest {

    private static final int DEEP = 60;

    /** Of the processor's time. */
    private static final double SOON = 5;

    /** Nothing is loaded or computed here. */
    private static final Operators NONE =
            new Operators() {
                @Override
                public Object call(
                        String name, List<Object> all, Map<String, Object> named, String scope) {
                    throw new AssertionError(name);
                }

                @Override
                public Object load(StoredTensor tensor, String name) {
                    throw new AssertionError(name);
                }

                @Override
                public Boolean truth(Object value) {
                    throw new AssertionError(value);
                }

                @Override
                public long known(Object value) {
                    throw new AssertionError(value);
                }

                @Override
                public boolean isTensor(Object value) {
                    throw new AssertionError(value);
                }
            };

    /** Each holds the one within twice: 2^60 of the innermost. */
    @Test
    void tuplesThatHoldTheSameTwice() {
        Object stored = Tuple.of(1L);
        for (int i = 0; i < DEEP; i++) {
            stored = Tuple.of(stored, stored);
        }
        Object outermost = stored;
        StoredValues values = new StoredValues(null, NONE);
        assertSame(outermost, Soon.within(SOON, () -> values.value(outermost, "constants.0")));
    }

    @Test
    void listsThatHoldTheSameTwice() {
        Object stored = new ArrayList<>(List.of(1L));
        for (int i = 0; i < DEEP; i++) {
            stored = new ArrayList<>(List.of(stored, Tuple.of(stored)));
        }
        Object outermost = stored;
        StoredValues values = new StoredValues(null, NONE);
        assertSame(outermost, Soon.within(SOON, () -> values.value(outermost, "constants.0")));
        assertEquals(2, ((List<?>) outermost).size());
    }
}
