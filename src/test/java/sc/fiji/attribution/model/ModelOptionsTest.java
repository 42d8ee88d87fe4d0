/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.OptionException;

/** How constants are written in commands. */
class ModelOptionsTest {

    @Test
    void constants() {
        Map<String, float[]> read =
                ModelOptions.constants("age=0.4, lab_value=1.2;-3 4e1,training=false");
        assertEquals(Set.of("age", "lab_value", "training"), read.keySet());
        assertArrayEquals(new float[] {0.4f}, read.get("age"));
        assertArrayEquals(new float[] {1.2f, -3, 40}, read.get("lab_value"));
        assertArrayEquals(new float[] {0}, read.get("training"));
        assertEquals(Set.of(), ModelOptions.constants("").keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"age", "=7", "age=", "age=old", "age=1,,sex"})
    void mistakes(String text) {
        assertThrows(OptionException.class, () -> ModelOptions.constants(text));
    }

    @Test
    void whatAnEngineDoesNotReadIsRefused() {
        ModelOptions said =
                ModelOptions.NONE
                        .withAxes("byxc")
                        .withLabels(List.of("a", "b"))
                        .withSignature("serve");
        said.requireReadBy("Test", Set.of("signature"));
        OptionException e =
                assertThrows(
                        OptionException.class, () -> said.requireReadBy("Test", Set.of("feed")));
        assertEquals("signature", e.key());
        assertEquals(
                "signature=serve: Test does not read signature; it reads axes, feed, grey, labels.",
                e.getMessage());
        ModelOptions trusting = ModelOptions.NONE.withTrust(true);
        assertThrows(OptionException.class, () -> trusting.requireReadBy("Test", Set.of()));
    }
}
