/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

class NumpyArrayTest {

    @TempDir Path folder;

    /** Writes a 2×3 array of 1 to 6 by hand. */
    private Path write(int major, String descr, boolean columns, String shape, int padding)
            throws IOException {
        boolean big = descr.startsWith(">");
        String type = descr.substring(1);
        ByteBuffer bytes =
                ByteBuffer.allocate(4096)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0x93)
                        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                        .put((byte) major)
                        .put((byte) 0);
        String header =
                "{'descr': '"
                        + descr
                        + "', 'fortran_order': "
                        + (columns ? "True" : "False")
                        + ", 'shape': "
                        + shape
                        + ", }"
                        + " ".repeat(padding)
                        + "\n";
        if (major == 1) {
            bytes.putShort((short) header.length());
        } else {
            bytes.putInt(header.length());
        }
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        bytes.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int[] order = columns ? new int[] {1, 4, 2, 5, 3, 6} : new int[] {1, 2, 3, 4, 5, 6};
        for (int value : order) {
            switch (type) {
                case "f8" -> bytes.putDouble(value);
                case "f4" -> bytes.putFloat(value);
                case "f2" ->
                        bytes.putShort(
                                new short[] {0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600}
                                        [value]);
                case "i8", "u8" -> bytes.putLong(value);
                case "i4", "u4" -> bytes.putInt(value);
                case "i2", "u2" -> bytes.putShort((short) value);
                default -> bytes.put((byte) value);
            }
        }
        Path file = folder.resolve("a.npy");
        Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "1,<f4", "1,>f4", "2,<f8", "3,>f8", "1,<f2", "1,>f2", "1,|u1", "1,|i1", "1,<i2", "2,>i2",
        "1,<u2", "1,<i4", "3,>i4", "1,<u4", "1,<i8", "1,>u8"
    })
    void everyTypeInBothOrders(int major, String descr) throws IOException {
        for (boolean columns : new boolean[] {false, true}) {
            NumpyArray array = NumpyArray.read(write(major, descr, columns, "(2, 3)", 40));
            assertArrayEquals(new int[] {2, 3}, array.shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, array.values(), descr + columns);
        }
        assertArrayEquals(
                new int[] {6}, NumpyArray.read(write(major, descr, false, "(6,)", 3)).shape());
    }

    @Test
    void brokenFilesAreRefused() throws IOException {
        refuse(write(1, "<f4", false, "(2, 4)", 0), "cut short");
        refuse(write(1, "<f4", false, "(99999, 99999)", 0), "too large");
        refuse(write(1, "<f4", false, "(20000, 10000)", 0), "cut short");
        refuse(write(1, "<f4", false, "(99999999999,)", 0), "99999999999");
        refuse(write(1, "<c8", false, "(2, 3)", 0), "c8");
        refuse(write(1, "|O", false, "(2, 3)", 0), "O");
        refuse(write(9, "<f4", false, "(2, 3)", 0), "format 9");
        Path file = folder.resolve("no.npy");
        refuse(file, "check the path");
        Files.writeString(file, "not an array");
        refuse(file, "no NumPy array");
        Files.write(file, new byte[0]);
        refuse(file, "no NumPy array");
    }

    private static void refuse(Path file, String word) {
        ModelException e = assertThrows(ModelException.class, () -> NumpyArray.read(file));
        assertTrue(e.getMessage().contains(word), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** The reader of the tests' own golden figures is another program for the same format. */
    @Test
    void realFiles() {
        Path real = Resources.shared("models/bioimageio").resolve("upsample_test_model");
        for (String name : new String[] {"test_input.npy", "test_output.npy"}) {
            NumpyArray array = NumpyArray.read(real.resolve(name));
            Npy oracle = Npy.read(real.resolve(name));
            assertArrayEquals(oracle.shape(), array.shape());
            assertArrayEquals(oracle.floats(), array.values());
        }
    }
}
