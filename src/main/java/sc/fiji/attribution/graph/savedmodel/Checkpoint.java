/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import sc.fiji.attribution.core.ModelException;

/**
 * The checkpoint beside a model: {@code variables/variables.index} says under which key a tensor is
 * stored and where in the data files it lies. It is read when it is first asked for; weights are
 * never read here, but that they are there is checked.
 */
public final class Checkpoint {

    private static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
    private static final String HEADER = "";
    private static final long LARGEST_INDEX = 1L << 28;
    private static final int MOST_SHARDS = 100_000;

    private final Path folder;
    private final Path variables;
    private Map<String, byte[]> entries;
    private final List<Path> files = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();

    /**
     * @param variables holds {@code variables.index} and the data files, and lies in the model's
     *     folder
     */
    public Checkpoint(Path variables) {
        this.variables = variables.toAbsolutePath();
        this.folder = this.variables.getParent();
    }

    /** Index and data files; empty as long as nothing asked for a value. */
    public List<Path> files() {
        return List.copyOf(files);
    }

    /** Whether a tensor is stored under the key. */
    boolean has(String key) {
        return !key.isEmpty() && read().containsKey(key);
    }

    /**
     * What is stored under a key.
     *
     * @throws ModelException where the data files do not hold it
     */
    BundleEntryProto entry(String key) {
        try {
            BundleEntryProto entry = BundleEntryProto.parseFrom(read().get(key));
            long elements = 1;
            for (TensorShapeProto.Dim dim : entry.getShape().getDimList()) {
                elements = Math.multiplyExact(elements, dim.getSize());
            }
            long bytes = SoundValues.bytes(entry.getDtype(), elements);
            if (elements < 0 || bytes < 0 || entry.getShape().getUnknownRank()) {
                throw new IOException("variables.index is damaged: '" + key + "' is no array");
            }
            if (entry.getSlicesCount() == 0) {
                requireData(entry, key);
                if (entry.getSize() != bytes) {
                    throw new IOException(
                            "variables.index is damaged: '"
                                    + key
                                    + "' has "
                                    + entry.getSize()
                                    + " bytes instead of "
                                    + bytes);
                }
            }
            return entry;
        } catch (IOException | ArithmeticException e) {
            throw unreadable(e);
        }
    }

    private void requireData(BundleEntryProto entry, String key) throws IOException {
        int shard = entry.getShardId();
        if (shard < 0
                || shard >= sizes.size()
                || entry.getOffset() < 0
                || entry.getSize() < 0
                || entry.getSize() > sizes.get(shard) - entry.getOffset()) {
            throw new IOException("variables.data-… is truncated before the end of '" + key + "'");
        }
    }

    /**
     * Checkpoint key of each variable by its full name, as the saver recorded it; without names
     * that several variables bear. Empty where the checkpoint has no such record.
     */
    public Map<String, String> keys() {
        Map<String, String> keys = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        for (TrackableObjectGraph.TrackableObject object : objects().getNodesList()) {
            for (var tensor : object.getAttributesList()) {
                String before = keys.put(tensor.getFullName(), tensor.getCheckpointKey());
                if (before != null && !before.equals(tensor.getCheckpointKey())) {
                    ambiguous.add(tensor.getFullName());
                }
            }
        }
        keys.keySet().removeAll(ambiguous);
        keys.values().removeIf(key -> !has(key));
        return keys;
    }

    /** Checkpoint key of each object that is one variable, by its number in the saver's record. */
    Map<Integer, String> objectKeys() {
        Map<Integer, String> keys = new HashMap<>();
        List<TrackableObjectGraph.TrackableObject> objects = objects().getNodesList();
        for (int i = 0; i < objects.size(); i++) {
            if (objects.get(i).getAttributesCount() == 1) {
                keys.put(i, objects.get(i).getAttributes(0).getCheckpointKey());
            }
        }
        keys.values().removeIf(key -> !has(key));
        return keys;
    }

    private TrackableObjectGraph objects() {
        if (!read().containsKey(OBJECT_GRAPH)) {
            return TrackableObjectGraph.getDefaultInstance();
        }
        try {
            return TrackableObjectGraph.parseFrom(
                    text(BundleEntryProto.parseFrom(read().get(OBJECT_GRAPH))));
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private Map<String, byte[]> read() {
        if (entries == null) {
            Path index = variables.resolve("variables.index");
            if (Files.notExists(index)) {
                throw new ModelException(
                        "'"
                                + folder
                                + "' lacks its weights: variables/variables.index is missing; copy"
                                + " the whole model folder.");
            }
            try {
                entries = new TreeMap<>(index(LocalFile.require(folder, index)));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
        return entries;
    }

    private Map<String, byte[]> index(Path index) throws IOException {
        if (isGitLfsPointer(index)) {
            throw pointer(index);
        }
        if (Files.size(index) > LARGEST_INDEX) {
            throw new IOException("variables.index is larger than any index");
        }
        files.add(index);
        Map<String, byte[]> parsed = null;
        IOException problem = null;
        int shards = 1;
        try {
            parsed = CheckpointIndex.parse(Files.readAllBytes(index));
            BundleHeaderProto header =
                    BundleHeaderProto.parseFrom(parsed.getOrDefault(HEADER, new byte[0]));
            shards = header.getNumShards();
            if (shards < 1
                    || shards > MOST_SHARDS
                    || header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
                throw new IOException("variables.index is damaged, or of another kind of machine");
            }
        } catch (IOException e) {
            // What lacks altogether is said first.
            problem = e;
            shards = 1;
        }
        for (int shard = 0; shard < shards; shard++) {
            addShard(
                    variables.resolve(
                            String.format(
                                    Locale.ROOT, "variables.data-%05d-of-%05d", shard, shards)));
        }
        if (problem != null) {
            throw problem;
        }
        return parsed;
    }

    private void addShard(Path shard) throws IOException {
        if (Files.notExists(shard)) {
            throw new ModelException(
                    "'"
                            + variables
                            + "' lacks the weights: "
                            + shard.getFileName()
                            + " is missing; copy the whole model folder.");
        }
        LocalFile.require(folder, shard);
        if (isGitLfsPointer(shard)) {
            throw pointer(shard);
        }
        files.add(shard);
        sizes.add(Files.size(shard));
    }

    /** A scalar of bytes: its length, a checksum of the length, and the bytes. */
    private byte[] text(BundleEntryProto entry) throws IOException {
        requireData(entry, OBJECT_GRAPH);
        ByteBuffer stored = ByteBuffer.allocate(Math.toIntExact(entry.getSize()));
        try (FileChannel file = FileChannel.open(files.get(1 + entry.getShardId()))) {
            while (stored.hasRemaining()) {
                if (file.read(stored, entry.getOffset() + stored.position()) < 0) {
                    throw new IOException("variables.data-… is truncated");
                }
            }
        }
        stored.flip();
        int length = CheckpointIndex.length(stored);
        stored.getInt();
        return CheckpointIndex.bytes(stored, length);
    }

    private static boolean isGitLfsPointer(Path file) throws IOException {
        byte[] mark = "version https://git-lfs".getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(mark.length), mark);
        }
    }

    private static ModelException pointer(Path file) {
        return new ModelException(
                "'"
                        + file
                        + "' is a Git LFS pointer, not the weights: run 'git lfs pull' where the"
                        + " model came from.");
    }

    private ModelException unreadable(Exception e) {
        return new ModelException(
                "'"
                        + variables
                        + "' cannot be read: "
                        + e.getMessage()
                        + "; copy the whole model folder, or export it again.",
                e);
    }
}
