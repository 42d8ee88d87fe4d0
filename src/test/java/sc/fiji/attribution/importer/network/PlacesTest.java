/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.WeightStore;

/** How many of the largest elements can be taken: said while the network is read. */
class PlacesTest {

    @TempDir Path folder;

    private int[] shape(int count, int extent) throws IOException {
        try (WeightStore store = new WeightStore(Files.createTempDirectory(folder, "weights"))) {
            NetworkBuilder builder = new NetworkBuilder(store);
            Value x = builder.input("x", DataType.DT_FLOAT, -1, extent, 4);
            return Places.extremes(builder.layer("top"), x, count, 1, true).get(0).shape();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 6})
    void refusesMoreThanThereAreAndFewerThanOne(int count) {
        ModelException refusal = assertThrows(ModelException.class, () -> shape(count, 5));
        assertTrue(
                refusal.getMessage().contains("it takes " + count + " of 5"), refusal.getMessage());
    }

    @Test
    void takesAsManyAsThereAreAndAnyOfAnOpenExtent() throws IOException {
        assertArrayEquals(new int[] {-1, 5, 4}, shape(5, 5));
        assertArrayEquals(new int[] {-1, 6, 4}, shape(6, -1));
    }
}
