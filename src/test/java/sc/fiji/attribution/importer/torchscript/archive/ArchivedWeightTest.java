/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights as PyTorch stores them, as another zip program packs them, and as a liar says. */
class ArchivedWeightTest {

    private static final int COUNT = 6;

    @TempDir Path folder;

    private byte[] zip(int method) throws IOException {
        return zip(method, COUNT);
    }

    private byte[] zip(int method, int count) throws IOException {
        ByteBuffer values = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putFloat(i + 0.5f);
        }
        CRC32 sum = new CRC32();
        sum.update(values.array());
        ZipEntry entry = new ZipEntry("m/data/0");
        entry.setMethod(method);
        entry.setSize(values.capacity());
        entry.setCrc(sum.getValue());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(entry);
            out.write(values.array());
            out.closeEntry();
        }
        return bytes.toByteArray();
    }

    private TorchArchive open(byte[] zip) throws IOException {
        return TorchArchive.open(Files.write(folder.resolve("m.pt"), zip));
    }

    private static ByteBuffer read(TorchArchive archive, long count) throws IOException {
        StoredTensor tensor =
                new StoredTensor("data/0", StoredType.FLOAT, count, 0, List.of(count), List.of(1L));
        return new ArchivedWeight(archive, tensor).read();
    }

    @ParameterizedTest
    @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
    void storedAndPacked(int method) throws IOException {
        try (TorchArchive archive = open(zip(method))) {
            assertEquals(method == ZipEntry.STORED, archive.isStored("data/0"));
            ByteBuffer read = read(archive, COUNT);
            assertEquals(4 * COUNT, read.remaining());
            for (int i = 0; i < COUNT; i++) {
                assertEquals(i + 0.5f, read.getFloat(4 * i));
            }
            assertThrows(IOException.class, () -> read(archive, COUNT + 1));
        }
    }

    /** As a convolution with many groups does: what comes out of the file is counted once. */
    @Test
    void readAgainAndAgain() throws IOException {
        int count = 10_000;
        try (TorchArchive archive = open(zip(ZipEntry.STORED, count))) {
            for (int i = 0; i < 1000; i++) {
                assertEquals(count - 0.5f, read(archive, count).getFloat(4 * count - 4));
            }
        }
    }

    /** Two gigabytes in a file of some hundred bytes: nothing of that size is made room for. */
    @Test
    void claimsMoreThanTheFile() throws IOException {
        byte[] zip = zip(ZipEntry.STORED);
        ByteBuffer fields = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int directory = fields.getInt(zip.length - 6);
        long count = 500_000_000;
        fields.putInt(directory + 24, (int) (4 * count));
        for (int packed : new int[] {4 * COUNT, (int) (4 * count)}) {
            fields.putInt(directory + 20, packed);
            try (TorchArchive archive = open(zip)) {
                assertEquals(4 * count, archive.size("data/0"));
                assertFalse(archive.isStored("data/0"));
                String message =
                        assertThrows(IOException.class, () -> read(archive, count)).getMessage();
                assertTrue(message.contains("ends early"), message);
            }
        }
    }
}
