/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * The part of a checkpoint that says which variable is stored under which key. The index is a table
 * of LevelDB's format (blocks of keys that share prefixes; a footer points to the block that lists
 * the blocks); entries say where in the data files a tensor lies. Weights are never read here.
 *
 * @param variables the folder that holds {@code variables.index} and the data files
 */
public record Checkpoint(Path variables) {

    private static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;

    /**
     * Checkpoint key of each variable by its full name, as the saver recorded it; without names
     * that several variables bear. Empty where the checkpoint has no such record.
     */
    public Map<String, String> keys() throws IOException {
        byte[] index = Files.readAllBytes(variables.resolve("variables.index"));
        Map<String, byte[]> entries = table(ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN));
        byte[] entry = entries.get(OBJECT_GRAPH);
        if (entry == null) {
            return Map.of();
        }
        TrackableObjectGraph objects =
                TrackableObjectGraph.parseFrom(text(BundleEntryProto.parseFrom(entry)));
        Map<String, String> keys = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        for (TrackableObjectGraph.TrackableObject object : objects.getNodesList()) {
            for (var tensor : object.getAttributesList()) {
                String before = keys.put(tensor.getFullName(), tensor.getCheckpointKey());
                if (before != null && !before.equals(tensor.getCheckpointKey())) {
                    ambiguous.add(tensor.getFullName());
                }
            }
        }
        keys.keySet().removeAll(ambiguous);
        keys.values().removeIf(key -> !entries.containsKey(key));
        return keys;
    }

    /** All entries of the table. */
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
        block.limit(block.limit() - Integer.BYTES * (restarts + 1));
        Map<String, byte[]> entries = new TreeMap<>();
        String key = "";
        while (block.hasRemaining()) {
            int shared = (int) varint(block);
            int restLength = length(block);
            int valueLength = length(block);
            byte[] rest = bytes(block, restLength);
            byte[] value = bytes(block, valueLength);
            key = key.substring(0, shared) + new String(rest, StandardCharsets.ISO_8859_1);
            entries.put(
                    new String(key.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                    value);
        }
        return entries;
    }

    /** A scalar of bytes: its length, a checksum of the length, and the bytes. */
    private byte[] text(BundleEntryProto entry) throws IOException {
        ByteBuffer stored;
        try (FileChannel file = FileChannel.open(shard(entry.getShardId()))) {
            long at = entry.getOffset();
            if (at < 0 || entry.getSize() < 0 || entry.getSize() > file.size() - at) {
                throw new IOException("variables.data-… is truncated");
            }
            stored = ByteBuffer.allocate(Math.toIntExact(entry.getSize()));
            while (stored.hasRemaining()) {
                int read = file.read(stored, at + stored.position());
                if (read < 0) {
                    throw new IOException("variables.data-… is truncated");
                }
            }
        }
        stored.flip();
        int length = length(stored);
        stored.getInt();
        return bytes(stored, length);
    }

    /** A length that the file itself bounds: a broken one must not take memory. */
    private static int length(ByteBuffer from) throws IOException {
        long length = varint(from);
        if (length < 0 || length > from.remaining()) {
            throw new IOException("variables.index is damaged");
        }
        return (int) length;
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private Path shard(int number) throws IOException {
        String prefix = String.format("variables.data-%05d-of-", number);
        try (var files = Files.list(variables)) {
            Optional<Path> found =
                    files.filter(f -> f.getFileName().toString().startsWith(prefix)).findFirst();
            return found.orElseThrow(() -> new IOException(prefix + "… is missing"));
        }
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
