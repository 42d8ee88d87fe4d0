/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Strips packed by deflate: where they are damaged, ImageJ leaves them at zero without a word. */
final class PackedStrips {

    private static final int PIECE = 1 << 16;

    private PackedStrips() {}

    /**
     * Unpacks the strips of a page and forgets what is in them.
     *
     * @throws sc.fiji.attribution.core.ImageException where one is damaged, by its checksum, or all
     *     together are too short
     */
    static void requireSound(Path file, Directory fields, double needed) throws IOException {
        long compression = fields.get(Directory.COMPRESSION, 1);
        if (compression != 8 && compression != 32946) {
            return;
        }
        long[] offsets = fields.all(Directory.STRIPS);
        long[] lengths = fields.all(Directory.STRIP_BYTES);
        double unpacked = 0;
        try (FileChannel in = FileChannel.open(file)) {
            for (int i = 0; i < offsets.length; i++) {
                unpacked += unpack(in, offsets[i], lengths[i]);
            }
        } catch (DataFormatException | EOFException e) {
            throw Directory.damaged(file, "a packed strip of its pixels does not unpack");
        }
        if (unpacked < needed) {
            throw Directory.damaged(
                    file,
                    "its strips unpack to "
                            + (long) unpacked
                            + " bytes, its pixels need "
                            + (long) needed);
        }
    }

    private static long unpack(FileChannel in, long offset, long length)
            throws IOException, DataFormatException {
        Inflater inflater = new Inflater();
        try {
            byte[] out = new byte[PIECE];
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            long position = offset;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    long left = offset + length - position;
                    piece.clear().limit((int) Math.min(PIECE, Math.max(left, 0)));
                    if (left <= 0 || in.read(piece, position) < 1) {
                        throw new EOFException();
                    }
                    position += piece.position();
                    inflater.setInput(piece.array(), 0, piece.position());
                }
                if (inflater.inflate(out) == 0 && inflater.needsDictionary()) {
                    throw new DataFormatException();
                }
            }
            return inflater.getBytesWritten();
        } finally {
            inflater.end();
        }
    }
}
