/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds symbolic links in a zip. The JDK writes them as plain files that hold the target's path,
 * which is harmless, but not what the archive means; whether an entry is one stands in the upper
 * half of its external attributes (Unix mode), which the JDK does not show.
 */
final class ZipLinks {

    private static final int END = 0x06054b50;
    private static final int ENTRY = 0x02014b50;
    private static final int LINK = 0xa000;
    private static final int TYPE = 0xf000;

    private ZipLinks() {}

    /**
     * Name of the first link; empty where there is none, or where the directory is of a kind
     * (zip64) that is not looked at.
     */
    static Optional<String> first(Path archive) throws IOException {
        try (FileChannel channel = FileChannel.open(archive)) {
            ByteBuffer tail = read(channel, Math.max(0, channel.size() - 65_557), 65_557);
            for (int at = tail.limit() - 22; at >= 0; at--) {
                if (tail.getInt(at) == END) {
                    long size = tail.getInt(at + 12) & 0xffffffffL;
                    long start = tail.getInt(at + 16) & 0xffffffffL;
                    return size > 64 << 20 || start + size > channel.size()
                            ? Optional.empty()
                            : first(read(channel, start, (int) size));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> first(ByteBuffer directory) {
        int at = 0;
        while (at + 46 <= directory.limit() && directory.getInt(at) == ENTRY) {
            int name = directory.getShort(at + 28) & 0xffff;
            int rest =
                    (directory.getShort(at + 30) & 0xffff) + (directory.getShort(at + 32) & 0xffff);
            int mode = directory.getInt(at + 38) >>> 16;
            if ((mode & TYPE) == LINK) {
                byte[] bytes = new byte[Math.min(name, directory.limit() - at - 46)];
                directory.get(at + 46, bytes);
                return Optional.of(new String(bytes, StandardCharsets.UTF_8));
            }
            at += 46 + name + rest;
        }
        return Optional.empty();
    }

    private static ByteBuffer read(FileChannel channel, long start, int size) throws IOException {
        int length = (int) Math.min(size, channel.size() - start);
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, start + buffer.position()) >= 0) {}
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
}
