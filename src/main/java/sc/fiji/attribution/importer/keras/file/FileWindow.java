/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A stretch of a file as a file of its own, to be read only, and not for ever: what leads its
 * reader round in circles comes to an end. Never mapped into memory, since a mapped file cannot be
 * deleted or replaced on Windows.
 */
public final class FileWindow extends FileChannel {

    /** Reads that an honest file of any size needs to be found its way in. */
    private static final long FEW = 200_000;

    private final FileChannel file;
    private final long start;
    private final long size;
    private long reads;
    private long position;

    private FileWindow(FileChannel file, long start, long size) {
        this.file = file;
        this.start = start;
        this.size = size;
    }

    /** Of a whole file. */
    public static FileWindow open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        return new FileWindow(file, 0, file.size());
    }

    /** Of {@code size} bytes from {@code start}. */
    public static FileWindow open(Path path, long start, long size) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        if (start < 0 || size < 0 || size > file.size() - start) {
            file.close();
            throw new IOException("truncated");
        }
        return new FileWindow(file, start, size);
    }

    @Override
    public int read(ByteBuffer target, long from) throws IOException {
        if (++reads > FEW + size / 64) {
            throw new IOException("its parts lead in circles");
        }
        if (from < 0) {
            throw new IOException("it points before its own beginning");
        }
        if (from >= size) {
            return -1;
        }
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + (size - from)));
        try {
            return file.read(target, start + from);
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = read(target, position);
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += Math.max(read(targets[i]), 0);
        }
        return total;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    /** Not mapped: whoever asks reads instead. */
    @Override
    public MappedByteBuffer map(MapMode mode, long from, long length) throws IOException {
        if (length < 0 || from < 0 || length > size - from) {
            throw new IOException("truncated");
        }
        throw new IOException("not mapped");
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(start + from, Math.min(count, size - from), target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long to, long count) {
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer source, long to) {
        throw new NonWritableChannelException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new NonWritableChannelException();
    }

    @Override
    public FileChannel truncate(long newSize) {
        throw new NonWritableChannelException();
    }

    @Override
    public void force(boolean metaData) {
        // Nothing is ever written.
    }

    @Override
    public FileLock lock(long from, long length, boolean shared) throws IOException {
        return file.lock(start + from, length, shared);
    }

    @Override
    public FileLock tryLock(long from, long length, boolean shared) throws IOException {
        return file.tryLock(start + from, length, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
