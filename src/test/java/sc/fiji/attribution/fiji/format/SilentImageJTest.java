/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.IJ;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SilentImageJTest {

    @AfterEach
    void loud() {
        IJ.redirectErrorMessages(false);
    }

    /** A reading that ends in the middle of another leaves that one silent. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readingsBesideEachOther(boolean before) throws Exception {
        IJ.redirectErrorMessages(before);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        CompletableFuture<Boolean> longer =
                CompletableFuture.supplyAsync(
                        () ->
                                SilentImageJ.read(
                                        () -> {
                                            begun.countDown();
                                            await(ended);
                                            return IJ.redirectingErrorMessages();
                                        }));
        begun.await();
        assertThrows(
                IllegalStateException.class,
                () ->
                        SilentImageJ.read(
                                () -> {
                                    throw new IllegalStateException();
                                }));
        ended.countDown();
        assertEquals(true, longer.get());
        assertEquals(before, IJ.redirectingErrorMessages());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
