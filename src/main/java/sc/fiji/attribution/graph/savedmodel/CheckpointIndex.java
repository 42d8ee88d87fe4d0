/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table in a checkpoint's {@code variables.index}, of LevelDB's format: blocks of keys that
 * share prefixes; a footer points to the block that lists the blocks.
 */
final class CheckpointIndex {

    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;

    /** Of a key; names of variables are shorter, and a damaged one could grow with each entry. */
    private static final int LONGEST = 4096;

    private CheckpointIndex() {}

    /**
     * All entries by key.
     *
     * @throws IOException where it is no table, or damaged
     */
    static Map<String, byte[]> parse(byte[] index) throws IOException {
        try {
            return table(ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN));
        } catch (RuntimeException e) {
            throw new IOException("variables.index is damaged", e);
        }
    }

    private static Map<String, byte[]> table(ByteBuffer file) throws IOException {
        int footer = file.limit() - FOOTER;
        if (footer < 0 || file.getLong(file.limit() - Long.BYTES) != MAGIC) {
            throw new IOException("variables.index is not a checkpoint's index");
        }
        file.position(footer);
        varint(file);
        varint(file);
        Map<String, byte[]> blocks = block(file, varint(file), varint(file));
        Map<String, byte[]> entries = new TreeMap<>();
        for (byte[] handle : blocks.values()) {
            ByteBuffer at = ByteBuffer.wrap(handle);
            entries.putAll(block(file, varint(at), varint(at)));
        }
        return entries;
    }

    private static Map<String, byte[]> block(ByteBuffer file, long offset, long size)
            throws IOException {
        if (offset < 0
                || size < Integer.BYTES
                || offset >= file.limit()
                || size >= file.limit() - offset) {
            throw new IOException("variables.index is truncated");
        }
        if (file.get((int) (offset + size)) != 0) {
            throw new IOException("variables.index is compressed");
        }
        ByteBuffer block = file.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
        int restarts = block.getInt(block.limit() - Integer.BYTES);
        block.limit(block.limit() - Integer.BYTES * Math.addExact(restarts, 1));
        Map<String, byte[]> entries = new TreeMap<>();
        String key = "";
        while (block.hasRemaining()) {
            int shared = (int) varint(block);
            int restLength = length(block);
            int valueLength = length(block);
            byte[] rest = bytes(block, restLength);
            byte[] value = bytes(block, valueLength);
            key = key.substring(0, shared) + new String(rest, StandardCharsets.ISO_8859_1);
            if (key.length() > LONGEST) {
                throw new IOException("variables.index is damaged");
            }
            entries.put(
                    new String(key.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                    value);
        }
        return entries;
    }

    /** A length that the file itself bounds: a broken one must not take memory. */
    static int length(ByteBuffer from) throws IOException {
        long length = varint(from);
        if (length < 0 || length > from.remaining()) {
            throw new IOException("variables.index is damaged");
        }
        return (int) length;
    }

    static byte[] bytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
