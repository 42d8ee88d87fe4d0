/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.nifti.Nifti;
import sc.fiji.attribution.fiji.nifti.NiftiTest;

/** Each broken file gives one line that names it and says what is wrong. */
class NiftiDamageTest {

    @TempDir Path folder;

    private static byte[] good() {
        return NiftiTest.file(ByteOrder.LITTLE_ENDIAN, 4, 2, 1, 0);
    }

    private static ByteBuffer edit(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] zip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private void assertFails(String name, byte[] bytes, String says) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        ImageException failure = assertThrows(ImageException.class, () -> Nifti.read(file));
        assertTrue(failure.getMessage().startsWith(name + ": "), failure.getMessage());
        assertTrue(failure.getMessage().contains(says), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }

    @Test
    void cutShort() throws IOException {
        byte[] good = good();
        assertFails("empty.nii", new byte[0], "ends before");
        assertFails("empty.nii.gz", new byte[0], "ends before");
        assertFails("stump.nii", Arrays.copyOf(good, 100), "has 100 bytes");
        assertFails("header.nii", Arrays.copyOf(good, 352), "ends before");
        assertFails("data.nii", Arrays.copyOf(good, good.length - 1), "ends before");
        assertFails("data.nii.gz", zip(Arrays.copyOf(good, good.length - 1)), "ends before");
        byte[] packed = zip(good);
        assertFails("gz.nii.gz", Arrays.copyOf(packed, packed.length / 2), "ends before");
    }

    @Test
    void notNifti() throws IOException {
        byte[] bytes = good();
        bytes[344] = 'x';
        assertFails("magic.nii", bytes, "magic");
        bytes = good();
        edit(bytes).putInt(0, 540);
        assertFails("second.nii", bytes, "NIfTI-2");
        edit(bytes).putInt(0, 12345);
        assertFails("text.nii", bytes, "not a NIfTI-1 file");
        assertFails(
                "noise.nii.gz", new byte[] {0x1f, (byte) 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9}, "");
    }

    @Test
    void absurdHeaders() throws IOException {
        byte[] bytes = good();
        edit(bytes).putShort(40, (short) 99);
        assertFails("rank.nii", bytes, "99 dimensions");
        bytes = good();
        edit(bytes).putShort(44, (short) -3);
        assertFails("extent.nii", bytes, "-3 on axis 2");
        bytes = good();
        edit(bytes).putShort(70, (short) 32);
        assertFails("complex.nii", bytes, "datatype 32");
        bytes = good();
        edit(bytes).putFloat(108, Float.NaN);
        assertFails("offset.nii", bytes, "NaN");
        bytes = good();
        edit(bytes).putFloat(108, 1e9f);
        assertFails("far.nii", bytes, "ends before");
        bytes = good();
        for (int axis = 1; axis <= 4; axis++) {
            edit(bytes).putShort(40 + 2 * axis, (short) 32000);
        }
        assertFails("huge.nii", bytes, "ends before");
        assertFails("huge.nii.gz", zip(bytes), "ends before");
        // So many zeros that the file could hold the claimed voxels, and no memory could.
        bytes = Arrays.copyOf(good(), 40_000_000);
        edit(bytes).putShort(48, (short) 20000);
        for (int axis = 1; axis <= 3; axis++) {
            edit(bytes).putShort(40 + 2 * axis, (short) 80);
        }
        assertFails("memory.nii.gz", zip(bytes), "memory");
    }

    @Test
    void missingFilesAndHalfPairs() throws IOException {
        ImageException failure =
                assertThrows(ImageException.class, () -> Nifti.read(folder.resolve("nothing.nii")));
        assertTrue(failure.getMessage().contains("no file"), failure.getMessage());
        byte[] header = Arrays.copyOf(good(), 348);
        header[345] = 'i';
        assertFails("alone.hdr", header, "no file");
    }

    @Test
    void aFailedWriteLeavesWhatWasThere() throws IOException {
        Path target = folder.resolve("keep.nii");
        Files.writeString(target, "before");
        assertThrows(
                ImageException.class,
                () -> Nifti.write(IJ.createImage("colour", "RGB", 4, 4, 2), target));
        assertEquals("before", Files.readString(target));
        assertThrows(
                ImageException.class,
                () ->
                        Nifti.write(
                                IJ.createImage("grey", "8-bit", 4, 4, 2),
                                folder.resolve("missing").resolve("a.nii")));
        try (Stream<Path> files = Files.list(folder)) {
            assertArrayEquals(new Object[] {target}, files.toArray());
        }
    }
}
