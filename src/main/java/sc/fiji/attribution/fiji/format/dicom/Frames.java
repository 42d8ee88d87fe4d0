/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * The pixels of a file, frame by frame, as the numbers that they mean: bits beyond those stored are
 * masked, signs extended, rescaling applied.
 */
final class Frames {

    private final DataSet set;
    private final int rows;
    private final int columns;
    private final int samples;
    private final int allocated;
    private final int stored;
    private final int highest;
    private final boolean signed;
    private final String syntax;
    private final DataSet.Extent extent;
    private final int real;

    Frames(DataSet set) {
        this.set = set;
        syntax = set.text(Tag.TRANSFER_SYNTAX).orElse("");
        if (syntax.equals(Syntax.DEFLATED)) {
            throw compressed();
        }
        int kind = 0;
        for (int tag : new int[] {Tag.PIXELS, Tag.FLOAT_PIXELS, Tag.DOUBLE_PIXELS}) {
            kind = kind == 0 && set.pixels().containsKey(tag) ? tag : kind;
        }
        if (kind == 0) {
            throw new ImageException(
                    "DICOM file '"
                            + set.file()
                            + "' holds no image (a directory, a plan, a report or a bare header):"
                            + " name a file with pixels.");
        }
        extent = set.pixels().get(kind);
        real = kind == Tag.FLOAT_PIXELS ? 4 : kind == Tag.DOUBLE_PIXELS ? 8 : 0;
        rows = set.required(Tag.ROWS, "rows");
        columns = set.required(Tag.COLUMNS, "columns");
        samples = set.whole(Tag.SAMPLES_PER_PIXEL).orElse(1);
        allocated = real > 0 ? 8 * real : set.required(Tag.BITS_ALLOCATED, "bits allocated");
        stored = real > 0 ? allocated : set.whole(Tag.BITS_STORED).orElse(allocated);
        highest = real > 0 ? allocated - 1 : set.whole(Tag.HIGH_BIT).orElse(stored - 1);
        signed = set.whole(Tag.SIGNED).orElse(0) == 1;
        check();
    }

    private void check() {
        if (rows < 1 || columns < 1) {
            throw set.damaged("has " + columns + "x" + rows + " pixels");
        }
        if (!Syntax.isPlain(syntax) && !syntax.equals(Syntax.RUN_LENGTH)) {
            throw compressed();
        }
        String photometric = set.text(Tag.PHOTOMETRIC).orElse("MONOCHROME2");
        boolean grey = samples == 1 && photometric.startsWith("MONOCHROME");
        if (!grey && !isColour()) {
            throw unread("of " + samples + " samples per pixel, " + DataSet.clean(photometric));
        }
        if (real == 0 && allocated != 8 && allocated != 16 && allocated != 32) {
            throw unread("with " + allocated + " bits per pixel");
        }
        if (stored < 1 || stored > allocated || highest < stored - 1 || highest >= allocated) {
            throw set.damaged(
                    "stores " + stored + " bits up to bit " + highest + " in " + allocated);
        }
        if (!set.items(Tag.MODALITY_LUT).isEmpty()) {
            throw unread("whose values stand in a table (modality LUT)");
        }
        if (syntax.equals(Syntax.RUN_LENGTH) != extent.length() < 0 || real > 0 && !grey) {
            throw set.damaged("has pixels that are packed otherwise than it says");
        }
        double needed = (double) frameBytes() * count();
        try {
            long size = java.nio.file.Files.size(set.file());
            double there =
                    extent.length() < 0 ? size : Math.min(size - extent.offset(), extent.length());
            if (extent.length() >= 0 && there < needed) {
                throw new ImageException(
                        "DICOM file '"
                                + set.file()
                                + "' is cut short: its pixels need "
                                + (long) needed
                                + " bytes, it has "
                                + (long) Math.max(0, there)
                                + "; copy or download it again.");
            }
            // Run lengths make 64 bytes of one at best.
            if (extent.length() < 0 && needed > 64.0 * size) {
                throw set.damaged("is too short for " + count() + " frames");
            }
        } catch (IOException e) {
            throw new ImageException("'" + set.file() + "' cannot be read: " + e, e);
        }
    }

    private UnreadKindException compressed() {
        return new UnreadKindException(set.file(), "DICOM compressed as " + Syntax.name(syntax));
    }

    private UnreadKindException unread(String kind) {
        return new UnreadKindException(set.file(), "DICOM " + kind);
    }

    /** How many frames the file has. */
    int count() {
        String text = set.text(Tag.FRAMES).orElse("1");
        if (!text.matches("\\d{1,7}") || Integer.parseInt(text) < 1) {
            throw set.damaged(
                    "says '" + DataSet.clean(text) + "' for its number of frames (0028,0008)");
        }
        return Integer.parseInt(text);
    }

    int width() {
        return columns;
    }

    int height() {
        return rows;
    }

    boolean isColour() {
        return samples == 3
                && allocated == 8
                && Syntax.isPlain(syntax)
                && set.text(Tag.PHOTOMETRIC).filter("RGB"::equals).isPresent();
    }

    /** Bits of an image that keeps every value: 8 or 16 unsigned, 24 for colours, else 32. */
    int bits(Scale scale) {
        if (isColour()) {
            return 24;
        }
        boolean plain = scale.isNone() && !signed && real == 0;
        return plain && stored <= 8 ? 8 : plain && stored <= 16 ? 16 : 32;
    }

    private long frameBytes() {
        return (long) rows * columns * samples * allocated / 8;
    }

    /**
     * Reads a frame.
     *
     * @param bits of the result, not fewer than {@link #bits}
     * @return pixels as ImageJ holds them
     */
    Object read(int frame, Scale scale, int bits) throws IOException {
        try (FileChannel channel = FileChannel.open(set.file())) {
            byte[] bytes =
                    extent.length() < 0
                            ? runLengths(channel, fragment(channel, frame))
                            : bytes(channel, extent.offset() + frame * frameBytes(), frameBytes());
            ByteOrder order = extent.length() < 0 ? ByteOrder.BIG_ENDIAN : set.order();
            return pixels(ByteBuffer.wrap(bytes).order(order), scale, bits);
        } catch (EOFException e) {
            throw set.damaged("ends before its frame " + (frame + 1) + " does");
        }
    }

    private Object pixels(ByteBuffer in, Scale scale, int bits) {
        int count = rows * columns;
        switch (bits) {
            case 8 -> {
                byte[] pixels = new byte[count];
                for (int i = 0; i < count; i++) {
                    pixels[i] = (byte) number(in, i);
                }
                return pixels;
            }
            case 16 -> {
                short[] pixels = new short[count];
                for (int i = 0; i < count; i++) {
                    pixels[i] = (short) number(in, i);
                }
                return pixels;
            }
            case 24 -> {
                int[] pixels = new int[count];
                boolean planar = set.whole(Tag.PLANAR).orElse(0) == 1;
                for (int i = 0; i < count; i++) {
                    for (int c = 0; c < 3; c++) {
                        int at = planar ? c * count + i : 3 * i + c;
                        pixels[i] = pixels[i] << 8 | in.get(at) & 0xff;
                    }
                }
                return pixels;
            }
            default -> {
                float[] pixels = new float[count];
                for (int i = 0; i < count; i++) {
                    pixels[i] = (float) scale.apply(number(in, i));
                }
                return pixels;
            }
        }
    }

    private double number(ByteBuffer in, int i) {
        if (real > 0) {
            return real == 4 ? in.getFloat(4 * i) : in.getDouble(8 * i);
        }
        int bits =
                switch (allocated) {
                    case 8 -> in.get(i);
                    case 16 -> in.getShort(2 * i);
                    default -> in.getInt(4 * i);
                };
        // Shifted up to the sign, and down again with it or without.
        int up = bits << 31 - highest;
        return signed ? up >> 32 - stored : Integer.toUnsignedLong(up >>> 32 - stored);
    }

    private static byte[] bytes(FileChannel channel, long at, long length) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
        while (out.hasRemaining()) {
            if (channel.read(out, at + out.position()) < 0) {
                throw new EOFException();
            }
        }
        return out.array();
    }

    /** Offsets and lengths of the fragments, one for each frame, behind the table of offsets. */
    private byte[] fragment(FileChannel channel, int frame) throws IOException {
        List<Long> seen = new ArrayList<>();
        long at = extent.offset();
        for (int i = 0; i <= frame + 1; i++) {
            ByteBuffer item = ByteBuffer.wrap(bytes(channel, at, 8)).order(ByteOrder.LITTLE_ENDIAN);
            int tag = (item.getShort() & 0xffff) << 16 | item.getShort() & 0xffff;
            long length = item.getInt() & 0xffffffffL;
            if (tag != Tag.ITEM || at + 8 + length > channel.size()) {
                throw set.damaged("has " + seen.size() + " packed frames, of " + count());
            }
            seen.add(at);
            if (i == frame + 1) {
                return bytes(channel, at + 8, length);
            }
            at += 8 + length;
        }
        throw new EOFException();
    }

    /** PS3.5, annex G: a segment for each byte of a pixel, the most significant first. */
    private byte[] runLengths(FileChannel channel, byte[] packed) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        int width = allocated / 8;
        if (packed.length < 64 || header.getInt(0) != width) {
            throw set.damaged("has packed frames of another number of bytes per pixel");
        }
        int count = rows * columns;
        byte[] pixels = new byte[Math.multiplyExact(count, width)];
        for (int segment = 0; segment < width; segment++) {
            int at = header.getInt(4 + 4 * segment);
            int end = segment + 1 < width ? header.getInt(8 + 4 * segment) : packed.length;
            if (at < 64 || end < at || end > packed.length) {
                throw set.damaged("has packed frames whose parts lie outside");
            }
            int filled = unpack(packed, at, end, pixels, segment, width);
            if (filled < count) {
                throw set.damaged("has a packed frame of " + filled + " pixels, not " + count);
            }
        }
        return pixels;
    }

    private static int unpack(byte[] in, int at, int end, byte[] out, int first, int step) {
        int count = out.length / step;
        int filled = 0;
        while (at < end && filled < count) {
            int code = in[at++];
            boolean run = code < 0;
            for (int i = code == -128 ? 0 : Math.abs(code) + 1; i > 0 && filled < count; i--) {
                if (at >= end) {
                    return filled;
                }
                out[first + step * filled++] = in[at];
                at += run ? 0 : 1;
            }
            at += run && code != -128 ? 1 : 0;
        }
        return filled;
    }
}
