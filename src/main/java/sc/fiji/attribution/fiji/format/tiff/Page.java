/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.io.FileInfo;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * A page of a TIFF file that was checked: its pieces lie in the file and hold what they must, and
 * its pixels are of a kind that is read.
 *
 * @param bits of a sample
 * @param kind of number
 */
record Page(
        Directory fields, int width, int height, int samples, int bits, Kind kind, Pieces pieces) {

    enum Kind {
        UNSIGNED,
        SIGNED,
        REAL
    }

    static final int WHITE_IS_ZERO = 0;
    static final int COLOUR = 2;
    static final int PALETTE = 3;

    /** Zero is white or black, colours, a palette, a mask. */
    private static final Set<Integer> PHOTOMETRICS = Set.of(WHITE_IS_ZERO, 1, COLOUR, PALETTE, 4);

    private static final int MOST_SAMPLES = 1000;

    private static final Set<Integer> REAL_BITS = Set.of(16, 32, 64);
    private static final Set<Integer> SIGNED_BITS = Set.of(8, 16, 32, 64);

    static Page of(Path file, Directory fields) {
        long width = fields.get(Directory.WIDTH, 0);
        long height = fields.get(Directory.HEIGHT, 0);
        if (width < 1 || height < 1 || width * height > Integer.MAX_VALUE - 8) {
            throw Directory.damaged(file, "a page is of " + width + "x" + height + " pixels");
        }
        int samples = (int) fields.get(Directory.SAMPLES, 1);
        int bits = (int) fields.get(Directory.BITS, 1);
        Kind kind = kind(file, fields, samples, bits);
        int compression = (int) fields.get(Directory.COMPRESSION, 1);
        if (Packing.of(compression, file) == null) {
            throw unread(
                    file,
                    compression == 7 ? "compressed as JPEG" : "of compression " + compression);
        }
        requirePredictor(file, fields, bits, kind);
        int photometric = (int) fields.get(Directory.PHOTOMETRIC, 1);
        if (!PHOTOMETRICS.contains(photometric)) {
            throw unread(
                    file,
                    switch (photometric) {
                        case 5 -> "in CMYK";
                        case 6 -> "in YCbCr";
                        case 8, 9, 10 -> "in CIE Lab";
                        default -> "of photometric interpretation " + photometric;
                    });
        }
        boolean planar = fields.get(Directory.PLANAR, 1) == 2 && samples > 1;
        Pieces pieces =
                Pieces.of(file, fields, planar ? samples : 1, (long) bits * (planar ? 1 : samples));
        return new Page(fields, (int) width, (int) height, samples, bits, kind, pieces);
    }

    private static Kind kind(Path file, Directory fields, int samples, int bits) {
        int format = (int) fields.get(Directory.SAMPLE_FORMAT, 1);
        boolean read =
                switch (format) {
                    case 1, 4 -> bits >= 1 && bits <= 32 || bits == 64;
                    case 2 -> SIGNED_BITS.contains(bits);
                    case 3 -> REAL_BITS.contains(bits);
                    default -> false;
                };
        if (!read || samples < 1 || samples > MOST_SAMPLES) {
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
        for (long other : fields.all(Directory.SAMPLE_FORMAT)) {
            if (other != format) {
                throw unread(file, "with samples of different kinds of number");
            }
        }
        return format == 2 ? Kind.SIGNED : format == 3 ? Kind.REAL : Kind.UNSIGNED;
    }

    private static void requirePredictor(Path file, Directory fields, int bits, Kind kind) {
        int predictor = predictor(fields);
        boolean whole = bits % Byte.SIZE == 0 && bits != 24;
        if (predictor > 3 || predictor == 2 && !whole || predictor == 3 && kind != Kind.REAL) {
            throw unread(file, "with predictor " + predictor + " of " + bits + " bits");
        }
    }

    /** 1 for none; it is for LZW and deflate alone. */
    private static int predictor(Directory fields) {
        int compression = (int) fields.get(Directory.COMPRESSION, 1);
        return compression == 1 || compression == 32773
                ? 1
                : (int) fields.get(Directory.PREDICTOR, 1);
    }

    private static UnreadKindException unread(Path file, String kind) {
        return new UnreadKindException(file, "TIFF " + kind);
    }

    int predictor() {
        return predictor(fields);
    }

    int photometric() {
        return (int) fields.get(Directory.PHOTOMETRIC, 1);
    }

    ByteOrder order() {
        return fields.order();
    }

    /** Whether each sample has a plane of its own. */
    boolean isPlanar() {
        return fields.get(Directory.PLANAR, 1) == 2 && samples > 1;
    }

    /** Whether it is a smaller copy of another. */
    boolean isThumbnail() {
        return (fields.get(Directory.SUBFILE, 0) & 1) != 0;
    }

    /** Red, green and blue of 8 bits, which ImageJ keeps in one. */
    boolean isRgb() {
        return photometric() == COLOUR && bits == 8 && samples > 2 && kind == Kind.UNSIGNED;
    }

    /** Samples that are shown: without what ImageJ has no place for. */
    int channels() {
        if (isRgb()) {
            return 3;
        }
        long[] all = fields.all(Directory.EXTRA_SAMPLES);
        long extra = all.length == 0 ? 0 : all[all.length - 1];
        return samples - (samples > 1 && (extra == 1 || extra == 2) ? 1 : 0);
    }

    /** What a user should know of its values, a line each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (channels() < samples) {
            notes.add("Its transparency (sample " + samples + " of each pixel) was left out.");
        }
        if (fields.get(Directory.ORIENTATION, 1) > 1) {
            notes.add(
                    "It says that it is to be turned or mirrored (orientation "
                            + fields.get(Directory.ORIENTATION, 1)
                            + "); its pixels were left as they are stored.");
        }
        if (photometric() == PALETTE && bits > Byte.SIZE) {
            notes.add("Its colour table was left out; its values are indexes of it.");
        }
        if (photometric() == WHITE_IS_ZERO) {
            notes.add("It says that 0 is white; its values are as stored, shown inverted.");
        }
        return notes;
    }

    /** Whether both can be planes of one image. */
    boolean isLike(Page other) {
        return width == other.width
                && height == other.height
                && samples == other.samples
                && channels() == other.channels()
                && bits == other.bits
                && kind == other.kind
                && photometric() == other.photometric()
                && (photometric() != PALETTE
                        || Arrays.equals(
                                fields.all(Directory.PALETTE),
                                other.fields.all(Directory.PALETTE)));
    }

    /**
     * Whether ImageJ alone reads it rightly: one piece, not packed, of numbers that it has itself.
     */
    boolean isInARow() {
        boolean numbers =
                switch (kind) {
                    case UNSIGNED -> bits == 8 || bits == 16;
                    case SIGNED -> bits == 16 || bits == 32;
                    case REAL -> bits == 32;
                };
        return numbers
                && (samples == 1 || isRgb() && samples == 3 && !isPlanar())
                && !pieces.isTiled()
                && pieces.isOne()
                && LongStream.of(pieces.lengths()).sum() == stored()
                && fields.get(Directory.COMPRESSION, 1) == 1
                && fields.get(Directory.FILL_ORDER, 1) == 1;
    }

    /** What ImageJ calls this kind of plane, once it is unpacked. */
    int type() {
        if (isRgb()) {
            return FileInfo.RGB;
        }
        return switch (bytesPerSample()) {
            case 1 -> FileInfo.GRAY8;
            case 2 -> kind == Kind.SIGNED ? FileInfo.GRAY16_SIGNED : FileInfo.GRAY16_UNSIGNED;
            default -> FileInfo.GRAY32_FLOAT;
        };
    }

    /** In ImageJ's memory: of what it has no whole numbers for, those of a float. */
    int bytesPerSample() {
        if (kind == Kind.REAL || bits > Short.SIZE || bits <= Byte.SIZE && kind == Kind.SIGNED) {
            return Float.BYTES;
        }
        return bits <= Byte.SIZE ? 1 : Short.BYTES;
    }

    /** An array for the values of a sample. */
    Object plane() {
        int pixels = width * height;
        return switch (bytesPerSample()) {
            case 1 -> new byte[pixels];
            case 2 -> new short[pixels];
            default -> new float[pixels];
        };
    }

    /** Bytes in the file, of what is not packed. */
    double stored() {
        return (double) width * height * samples * bits / Byte.SIZE;
    }

    /** Bytes in memory. */
    double bytes() {
        return (double) width * height * (isRgb() ? 4 : samples * bytesPerSample());
    }
}
