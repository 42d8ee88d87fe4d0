/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/**
 * Writes a checkpoint with one large variable of random values: a table of LevelDB's format with a
 * header and one entry, and the values beside it. Never holds more than a part of them.
 */
final class CheckpointWriter {

    private static final int PART = 1 << 20;

    private CheckpointWriter() {}

    /** Writes {@code variables.index} and {@code variables.data-00000-of-00001}. */
    static void write(Path variables, String name, double deviation, long... shape)
            throws IOException {
        Files.createDirectories(variables);
        long count = 1;
        TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
        for (long extent : shape) {
            count *= extent;
            extents.addDimBuilder().setSize(extent);
        }
        CRC32C sum = new CRC32C();
        Random random = new Random(4);
        try (OutputStream out =
                Files.newOutputStream(variables.resolve("variables.data-00000-of-00001"))) {
            for (long done = 0; done < count; done += PART) {
                int n = (int) Math.min(PART, count - done);
                ByteBuffer part =
                        ByteBuffer.allocate(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < n; i++) {
                    part.putFloat((float) (deviation * (2 * random.nextFloat() - 1)));
                }
                sum.update(part.array());
                out.write(part.array());
            }
        }
        byte[] header =
                BundleHeaderProto.newBuilder()
                        .setNumShards(1)
                        .setVersion(VersionDef.newBuilder().setProducer(1))
                        .build()
                        .toByteArray();
        byte[] entry =
                BundleEntryProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setShape(extents)
                        .setSize(count * Float.BYTES)
                        .setCrc32C(masked(sum))
                        .build()
                        .toByteArray();
        ByteBuffer file = ByteBuffer.allocate(PART).order(ByteOrder.LITTLE_ENDIAN);
        byte[] data = block(file, new byte[0], header, name.getBytes(), entry);
        byte[] meta = block(file);
        byte[] index = block(file, name.getBytes(), data);
        int footer = file.position();
        file.put(meta).put(index);
        file.position(footer + 40);
        file.putLong(0xdb4775248b80fb57L);
        Files.write(
                variables.resolve("variables.index"),
                java.util.Arrays.copyOf(file.array(), file.position()));
    }

    /** Appends a block of keys and values; returns its handle. */
    private static byte[] block(ByteBuffer file, byte[]... pairs) {
        int start = file.position();
        for (int i = 0; i < pairs.length; i += 2) {
            file.put((byte) 0);
            varint(file, pairs[i].length);
            varint(file, pairs[i + 1].length);
            file.put(pairs[i]).put(pairs[i + 1]);
            // Keys share no beginnings here, so one restart at the front is enough.
        }
        file.putInt(0).putInt(1);
        int size = file.position() - start;
        file.put((byte) 0);
        CRC32C sum = new CRC32C();
        sum.update(file.array(), start, size + 1);
        file.putInt(masked(sum));
        ByteBuffer handle = ByteBuffer.allocate(20);
        varint(handle, start);
        varint(handle, size);
        return java.util.Arrays.copyOf(handle.array(), handle.position());
    }

    /** LevelDB stores checksums turned and shifted. */
    private static int masked(CRC32C sum) {
        int crc = (int) sum.getValue();
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static void varint(ByteBuffer to, long value) {
        long rest = value;
        while (rest > 0x7f) {
            to.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }
}
