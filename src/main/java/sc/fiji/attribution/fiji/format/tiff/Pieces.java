/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.nio.file.Path;
import java.util.stream.LongStream;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * How the pixels of a page are cut into pieces, which lie in the file: strips of rows, or tiles
 * (TIFF 6.0, sections 3 and 15).
 *
 * @param width of a piece, in pixels
 * @param height of a piece; the last strip has the rows that are left
 * @param said height as the file says it, which a strip may be filled up to
 * @param offsets of the pieces, row by row, plane by plane
 */
record Pieces(int width, int height, long said, long[] offsets, long[] lengths) {

    /** Largest extent of a tile. */
    private static final int MOST = 1 << 16;

    /** Codes of 12 bits stand for at most 4096 bytes. */
    private static final int MOST_PER_BYTE = 2800;

    /**
     * @param planes 1 where the samples of a pixel stand together
     * @param bits of a pixel within a plane
     * @throws ImageException where pieces are missing, or lie outside of the file
     */
    static Pieces of(Path file, Directory fields, int planes, long bits) {
        int width = (int) fields.get(Directory.WIDTH, 0);
        int height = (int) fields.get(Directory.HEIGHT, 0);
        Pieces pieces = pieces(file, fields, width, height);
        long count = pieces.count(width, height) * planes;
        if (count != pieces.offsets.length) {
            throw Directory.damaged(
                    file,
                    pieces.offsets.length
                            + " pieces of "
                            + pieces.width
                            + "x"
                            + pieces.height
                            + " pixels for "
                            + width
                            + "x"
                            + height);
        }
        if (LongStream.of(pieces.offsets).anyMatch(at -> at == 0)
                || count > 1 && LongStream.of(pieces.lengths).anyMatch(length -> length == 0)) {
            throw new UnreadKindException(file, "TIFF with pieces that are left out (sparse)");
        }
        int compression = (int) fields.get(Directory.COMPRESSION, 1);
        double row = Math.ceil((double) pieces.width * bits / Byte.SIZE);
        double rows = pieces.isTiled() ? (double) count * pieces.height : (double) height * planes;
        double needed = row * rows;
        long size = fields.length();
        if (row * pieces.height > Integer.MAX_VALUE - 8) {
            throw new UnreadKindException(file, "TIFF in pieces of more than 2 GB");
        }
        if (count == 1 && compression == 1) {
            // Some writers leave the length of the only strip at 0, or too large.
            requireInside(file, pieces.offsets[0], needed, size);
            return new Pieces(
                    pieces.width,
                    pieces.height,
                    pieces.said,
                    pieces.offsets,
                    new long[] {(long) needed});
        }
        if (pieces.lengths.length != count) {
            throw Directory.damaged(file, "it says not how long its strips are");
        }
        double there = 0;
        for (int i = 0; i < count; i++) {
            requireInside(file, pieces.offsets[i], pieces.lengths[i], size);
            there += pieces.lengths[i];
        }
        if (needed > (compression == 1 ? there : MOST_PER_BYTE * there)) {
            throw Directory.damaged(
                    file,
                    "its strips are of " + (long) there + " bytes, its pixels of " + (long) needed);
        }
        return pieces;
    }

    private static Pieces pieces(Path file, Directory fields, int width, int height) {
        long across = fields.get(Directory.TILE_WIDTH, 0);
        if (across == 0) {
            long said = fields.get(Directory.ROWS_PER_STRIP, height);
            if (said < 1) {
                throw Directory.damaged(file, "its strips have no rows");
            }
            return new Pieces(
                    width,
                    (int) Math.min(said, height),
                    said,
                    fields.all(Directory.STRIPS),
                    fields.all(Directory.STRIP_BYTES));
        }
        long down = fields.get(Directory.TILE_HEIGHT, 0);
        if (down < 1 || across > MOST || down > MOST) {
            throw Directory.damaged(file, "its tiles are of " + across + "x" + down + " pixels");
        }
        boolean own = fields.all(Directory.TILES).length > 0;
        return new Pieces(
                (int) across,
                (int) down,
                0,
                fields.all(own ? Directory.TILES : Directory.STRIPS),
                fields.all(own ? Directory.TILE_BYTES : Directory.STRIP_BYTES));
    }

    /** Whether it is one strip, or strips that follow each other. */
    boolean isOne() {
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] != offsets[i - 1] + lengths[i - 1]) {
                return false;
            }
        }
        return !isTiled();
    }

    boolean isTiled() {
        return said == 0;
    }

    /** In a row. */
    int across(int pixels) {
        return (pixels + width - 1) / width;
    }

    /** In a plane. */
    long count(int pixels, int rows) {
        return (long) across(pixels) * ((rows + height - 1) / height);
    }

    private static void requireInside(Path file, long offset, double length, long size) {
        if (offset + length > size) {
            throw new ImageException(
                    "File '"
                            + file
                            + "' is cut short: its pixels need "
                            + (long) (offset + length)
                            + " bytes, it has "
                            + size
                            + "; copy or download it again.");
        }
    }
}
