/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.DataFormatException;

/**
 * Decodes the pieces of a page. ImageJ takes packed bits, planes of their own, tiles and some
 * predictors for others, and fills what a damaged strip lacks with zeros or with what the strip
 * before left, without a word; here what a strip unpacks to must be as long as its rows.
 */
final class Pixels {

    private final Path file;
    private final Page page;

    /** Samples that stand together. */
    private final int together;

    private final Object[] planes;

    private Pixels(Path file, Page page) {
        this.file = file;
        this.page = page;
        this.together = page.isPlanar() ? 1 : page.samples();
        this.planes = new Object[page.channels()];
        java.util.Arrays.setAll(planes, i -> page.plane());
    }

    /**
     * Values of each channel, as they are stored: bits of 8 or fewer as bytes, up to 16 as shorts,
     * others as floats.
     *
     * @throws sc.fiji.attribution.core.ImageException where a piece is damaged, or unpacks to fewer
     *     or more bytes than its rows have
     */
    static Object[] of(Path file, Page page) throws IOException {
        Pixels pixels = new Pixels(file, page);
        pixels.read();
        return pixels.planes;
    }

    private void read() throws IOException {
        Pieces pieces = page.pieces();
        int perPlane = (int) pieces.count(page.width(), page.height());
        int row = (int) Math.ceil((double) pieces.width() * together * page.bits() / Byte.SIZE);
        try (FileChannel in = FileChannel.open(file)) {
            for (int i = 0; i < pieces.offsets().length; i++) {
                int first = i / perPlane;
                if (first >= planes.length) {
                    return;
                }
                int x = i % perPlane % pieces.across(page.width()) * pieces.width();
                int y = i % perPlane / pieces.across(page.width()) * pieces.height();
                int rows = Math.min(pieces.height(), page.height() - y);
                byte[] bytes = unpacked(in, i, row, pieces.isTiled() ? pieces.height() : rows);
                int columns = Math.min(pieces.width(), page.width() - x);
                for (int r = 0; r < rows; r++) {
                    ByteOrder order = Predictor.undo(bytes, r * row, row, together, page);
                    Samples samples = new Samples(bytes, r * row, page.bits(), order);
                    int at = (y + r) * page.width() + x;
                    for (int s = 0; s < together && first + s < planes.length; s++) {
                        samples.copy(s, together, columns, page.kind(), planes[first + s], at);
                    }
                }
            }
        } catch (DataFormatException | EOFException e) {
            throw Directory.damaged(file, "a packed strip of its pixels does not unpack");
        }
    }

    private byte[] unpacked(FileChannel in, int piece, int row, int rows)
            throws IOException, DataFormatException {
        Pieces pieces = page.pieces();
        byte[] packed = bytes(in, pieces.offsets()[piece], pieces.lengths()[piece]);
        if (page.fields().get(Directory.FILL_ORDER, 1) == 2) {
            for (int i = 0; i < packed.length; i++) {
                packed[i] = (byte) (Integer.reverse(packed[i]) >>> 24);
            }
        }
        byte[] out = new byte[Math.multiplyExact(row, rows)];
        // The last strip may be as long as the others, or as it would be if full.
        long whole = (long) row * pieces.height();
        double filled = (double) row * pieces.said();
        long padded = pieces.isTiled() || filled > Integer.MAX_VALUE ? whole : (long) filled;
        int compression = (int) page.fields().get(Directory.COMPRESSION, 1);
        long count = Packing.of(compression, file).unpack(packed, out, padded);
        if (count < out.length || count > whole && count != padded) {
            throw Directory.damaged(
                    file,
                    "strip "
                            + (piece + 1)
                            + " of its pixels unpacks to "
                            + (count > whole ? "more than " + whole : count)
                            + " bytes, its rows need "
                            + out.length);
        }
        return out;
    }

    private static byte[] bytes(FileChannel in, long offset, long length) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
        while (out.hasRemaining()) {
            if (in.read(out, offset + out.position()) < 1) {
                throw new EOFException();
            }
        }
        return out.array();
    }
}
