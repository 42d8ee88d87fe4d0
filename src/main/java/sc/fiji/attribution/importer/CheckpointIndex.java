/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.VersionDef;

/**
 * The index of a checkpoint: a table of LevelDB's format, keys in the order of their bytes, in
 * blocks that each end with a type and a masked CRC-32C; the last block lists the others.
 */
final class CheckpointIndex {

    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;
    private static final int BLOCK = 1 << 16;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    private CheckpointIndex() {}

    /** As the format stores them: a checksum of bytes that hold checksums is a weak one. */
    static int masked(CRC32C crc) {
        int value = (int) crc.getValue();
        return (value >>> 15 | value << 17) + 0xa282ead8;
    }

    /** Writes the index of one data file. */
    static void write(Path path, Map<String, BundleEntryProto> entries) throws IOException {
        Map<byte[], byte[]> rows =
                new TreeMap<>((Comparator<byte[]>) java.util.Arrays::compareUnsigned);
        BundleHeaderProto header =
                BundleHeaderProto.newBuilder()
                        .setNumShards(1)
                        .setVersion(VersionDef.newBuilder().setProducer(1))
                        .build();
        rows.put(new byte[0], header.toByteArray());
        entries.forEach(
                (key, entry) ->
                        rows.put(key.getBytes(StandardCharsets.UTF_8), entry.toByteArray()));
        Files.write(path, new CheckpointIndex().table(rows));
    }

    private byte[] table(Map<byte[], byte[]> rows) {
        Block index = new Block();
        Block block = new Block();
        for (Map.Entry<byte[], byte[]> row : rows.entrySet()) {
            block.add(row.getKey(), row.getValue());
            if (block.size() > BLOCK) {
                index.add(row.getKey(), append(block));
                block = new Block();
            }
        }
        if (block.size() > 0) {
            // Not below any key of the block, which is all that is asked of it.
            index.add(block.last, append(block));
        }
        byte[] meta = append(new Block());
        byte[] handle = append(index);
        ByteBuffer footer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(meta).put(handle).putLong(FOOTER - Long.BYTES, MAGIC);
        file.writeBytes(footer.array());
        return file.toByteArray();
    }

    /** Appends a block; where it is. */
    private byte[] append(Block block) {
        int offset = file.size();
        byte[] bytes = block.finish();
        file.writeBytes(bytes);
        byte[] type = {0};
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        crc.update(type);
        ByteBuffer trailer = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
        file.writeBytes(trailer.put(type).putInt(masked(crc)).array());
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        varint(handle, offset);
        varint(handle, bytes.length);
        return handle.toByteArray();
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        int rest = value;
        while (rest > 0x7f) {
            to.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        to.write(rest);
    }

    /** Rows whose keys share no prefixes, so that one starting point serves. */
    private static final class Block {

        private final ByteArrayOutputStream rows = new ByteArrayOutputStream();
        private final ByteArrayOutputStream restarts = new ByteArrayOutputStream();
        private int count;
        private byte[] last = {};

        int size() {
            return rows.size();
        }

        void add(byte[] key, byte[] value) {
            restarts.writeBytes(little(rows.size()));
            count++;
            varint(rows, 0);
            varint(rows, key.length);
            varint(rows, value.length);
            rows.writeBytes(key);
            rows.writeBytes(value);
            last = key;
        }

        byte[] finish() {
            if (count == 0) {
                restarts.writeBytes(little(0));
                count = 1;
            }
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes(rows.toByteArray());
            block.writeBytes(restarts.toByteArray());
            block.writeBytes(little(count));
            return block.toByteArray();
        }

        private static byte[] little(int value) {
            return ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array();
        }
    }
}
