/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.machine.HalfFloat;
import sc.fiji.attribution.importer.Weight;

/**
 * A tensor of the archive as the graph takes it; read when it is written to the checkpoint. Equal
 * where it is the same view of the same storage.
 */
public record ArchivedWeight(TorchArchive archive, StoredTensor tensor) implements Weight {

    private static final int PART = 1 << 16;

    @Override
    public DataType type() {
        return tensor.type().graph();
    }

    @Override
    public long[] shape() {
        return tensor.sizes().stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public ByteBuffer read() throws IOException {
        ByteBuffer stored = storage();
        int width = type() == DataType.DT_FLOAT ? Float.BYTES : tensor.type().bytes();
        long bytes = tensor.count() * width;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IOException("a single tensor is larger than 2 GB");
        }
        if (tensor.isContiguous() && tensor.type().bytes() == width && !isWidened()) {
            int start = Math.toIntExact(tensor.offset() * width);
            return stored.slice(start, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        ByteBuffer to = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        copy(stored, tensor.offset(), 0, to);
        return to.flip();
    }

    private boolean isWidened() {
        return switch (tensor.type()) {
            case HALF, BFLOAT16, DOUBLE -> true;
            default -> false;
        };
    }

    private ByteBuffer storage() throws IOException {
        long length = tensor.length() * tensor.type().bytes();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException("a storage is larger than 2 GB");
        }
        if (archive.size(tensor.entry()) != length) {
            throw new IOException(
                    "'"
                            + tensor.entry()
                            + "' has "
                            + archive.size(tensor.entry())
                            + " bytes instead of "
                            + length);
        }
        Optional<ByteBuffer> kept = archive.kept(tensor.entry());
        if (kept.isPresent()) {
            return kept.get();
        }
        try (InputStream in = archive.stream(tensor.entry())) {
            byte[] bytes;
            int read;
            if (archive.isStored(tensor.entry())) {
                bytes = new byte[(int) length];
                read = read(in, bytes);
            } else {
                // Grows as it comes: what is packed can claim any length.
                bytes = in.readNBytes((int) length);
                read = bytes.length;
            }
            if (read < length) {
                throw new IOException("'" + tensor.entry() + "' ends early");
            }
            ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            archive.keep(tensor.entry(), numbers);
            return numbers;
        }
    }

    /** Little at a time: the system's library takes as much memory again as it is asked for. */
    private static int read(InputStream in, byte[] bytes) throws IOException {
        int all = 0;
        while (all < bytes.length) {
            int count = in.read(bytes, all, Math.min(PART, bytes.length - all));
            if (count < 0) {
                break;
            }
            all += count;
        }
        return all;
    }

    private void copy(ByteBuffer from, long at, int axis, ByteBuffer to) {
        if (axis == tensor.sizes().size()) {
            element(from, (int) at, to);
            return;
        }
        long stride = tensor.strides().get(axis);
        for (long i = 0; i < tensor.sizes().get(axis); i++) {
            copy(from, at + i * stride, axis + 1, to);
        }
    }

    private void element(ByteBuffer from, int at, ByteBuffer to) {
        switch (tensor.type()) {
            case HALF -> to.putFloat(HalfFloat.of(from.getShort(2 * at)));
            case BFLOAT16 -> to.putFloat(Float.intBitsToFloat(from.getShort(2 * at) << 16));
            case DOUBLE -> to.putFloat((float) from.getDouble(8 * at));
            case FLOAT, INT -> to.putInt(from.getInt(4 * at));
            case LONG -> to.putLong(from.getLong(8 * at));
            case SHORT -> to.putShort(from.getShort(2 * at));
            case BYTE, CHAR, BOOL -> to.put(from.get(at));
        }
    }

    /** The single number of a tensor without axes. */
    public Number scalar() {
        try {
            ByteBuffer bytes = read();
            return switch (type()) {
                case DT_FLOAT -> (Number) (double) bytes.getFloat();
                case DT_INT64 -> (Number) bytes.getLong();
                case DT_INT32 -> (Number) (long) bytes.getInt();
                case DT_INT16 -> (Number) (long) bytes.getShort();
                case DT_UINT8 -> (Number) (long) (bytes.get() & 0xff);
                default -> (Number) (long) bytes.get();
            };
        } catch (IOException e) {
            throw TorchArchive.damaged(tensor.entry(), e);
        }
    }
}
