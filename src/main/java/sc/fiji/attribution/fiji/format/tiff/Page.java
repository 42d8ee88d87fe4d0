/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * A page of a TIFF file that was checked: its strips lie in the file and hold what they must, and
 * its pixels are of a kind that ImageJ decodes.
 *
 * @param bits of a sample
 * @param kind of number
 */
record Page(int width, int height, int samples, int bits, Kind kind, boolean thumbnail) {

    enum Kind {
        UNSIGNED,
        SIGNED,
        REAL
    }

    private static final int[] COMPRESSIONS = {1, 5, 8, 32773, 32946};

    static Page of(Path file, Directory fields) throws IOException {
        long width = fields.get(Directory.WIDTH, 0);
        long height = fields.get(Directory.HEIGHT, 0);
        if (width < 1 || height < 1 || width * height > Integer.MAX_VALUE - 8) {
            throw Directory.damaged(file, "a page is of " + width + "x" + height + " pixels");
        }
        int samples = (int) fields.get(Directory.SAMPLES, 1);
        int bits = (int) fields.get(Directory.BITS, 1);
        Kind kind = kind(file, fields, samples, bits);
        int compression = (int) fields.get(Directory.COMPRESSION, 1);
        if (java.util.Arrays.stream(COMPRESSIONS).noneMatch(c -> c == compression)) {
            throw unread(
                    file,
                    compression == 7 ? "compressed as JPEG" : "of compression " + compression);
        }
        int predictor = (int) fields.get(Directory.PREDICTOR, 1);
        if (compression != 1 && (predictor > 2 || predictor == 2 && bits > 16)) {
            throw unread(file, "with predictor " + predictor + " of " + bits + " bits");
        }
        checkStrips(file, fields, width, height, samples, bits, compression);
        boolean thumbnail = (fields.get(Directory.SUBFILE, 0) & 1) != 0;
        return new Page((int) width, (int) height, samples, bits, kind, thumbnail);
    }

    private static Kind kind(Path file, Directory fields, int samples, int bits) {
        int format = (int) fields.get(Directory.SAMPLE_FORMAT, 1);
        boolean one = samples == 1;
        boolean read =
                switch (format) {
                    case 1, 4 ->
                            bits == 8
                                    || bits == 16
                                    || one
                                            && (bits == 1
                                                    || bits == 10
                                                    || bits == 12
                                                    || bits == 24
                                                    || bits == 32);
                    case 2 -> one && (bits == 8 || bits == 16 || bits == 32);
                    case 3 -> one && (bits == 32 || bits == 64);
                    default -> false;
                };
        if (!read || samples == 2 || samples < 1 || samples > 4) {
            throw unread(
                    file,
                    "of "
                            + samples
                            + (samples == 1 ? " sample of " : " samples of ")
                            + bits
                            + " bits, "
                            + switch (format) {
                                case 2 -> "signed";
                                case 3 -> "floating point";
                                case 5, 6 -> "complex";
                                default -> "unsigned";
                            });
        }
        for (long other : fields.all(Directory.BITS)) {
            if (other != bits) {
                throw unread(file, "with samples of different bits");
            }
        }
        return format == 2 ? Kind.SIGNED : format == 3 ? Kind.REAL : Kind.UNSIGNED;
    }

    private static void checkStrips(
            Path file,
            Directory fields,
            long width,
            long height,
            int samples,
            int bits,
            int compression)
            throws IOException {
        if (fields.get(Directory.TILE_WIDTH, 0) > 0) {
            throw unread(file, "in tiles");
        }
        long rows = Math.min(fields.get(Directory.ROWS_PER_STRIP, height), height);
        boolean planar = fields.get(Directory.PLANAR, 1) == 2;
        long[] offsets = fields.all(Directory.STRIPS);
        long[] lengths = fields.all(Directory.STRIP_BYTES);
        long strips = rows < 1 ? 0 : (height + rows - 1) / rows * (planar ? samples : 1);
        if (strips != offsets.length) {
            throw Directory.damaged(
                    file, offsets.length + " strips of " + rows + " rows for " + height + " rows");
        }
        long size = Files.size(file);
        double needed =
                ((width * bits * (planar ? 1 : samples) + 7) / 8)
                        * (double) height
                        * (planar ? samples : 1);
        if (strips == 1 && compression == 1) {
            // Some writers leave the length of the only strip at 0, or too large.
            requireInside(file, offsets[0], needed, size);
            return;
        }
        if (lengths.length != offsets.length) {
            throw Directory.damaged(file, "it says not how long its strips are");
        }
        double there = 0;
        for (int i = 0; i < offsets.length; i++) {
            requireInside(file, offsets[i], lengths[i], size);
            there += lengths[i];
        }
        // Codes of 12 bits stand for at most 4096 bytes.
        if (needed > (compression == 1 ? there : 2800 * there)) {
            throw Directory.damaged(
                    file,
                    "its strips are of " + (long) there + " bytes, its pixels of " + (long) needed);
        }
    }

    private static void requireInside(Path file, long offset, double length, long size) {
        if (offset + length > size) {
            throw new sc.fiji.attribution.core.ImageException(
                    "File '"
                            + file
                            + "' is cut short: its pixels need "
                            + (long) (offset + length)
                            + " bytes, it has "
                            + size
                            + "; copy or download it again.");
        }
    }

    private static UnreadKindException unread(Path file, String kind) {
        return new UnreadKindException("'" + file + "' is TIFF " + kind);
    }

    /** Whether both can be planes of one image. */
    boolean isLike(Page other) {
        return width == other.width
                && height == other.height
                && samples == other.samples
                && bits == other.bits
                && kind == other.kind;
    }

    /** Whether ImageJ alone would take its numbers for others. */
    boolean isMistaken() {
        return samples == 1
                && (bits == 8 && kind == Kind.SIGNED || bits == 32 && kind == Kind.UNSIGNED);
    }

    /** Bytes in memory. */
    double bytes() {
        int perPixel = bits <= 8 && kind == Kind.UNSIGNED ? 1 : bits <= 16 && bits > 8 ? 2 : 4;
        return (double) width * height * samples * perPixel;
    }
}
