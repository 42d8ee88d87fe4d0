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
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * Packed strips are unpacked once before ImageJ does, which fills what a damaged one lacks with
 * zeros or with what the strip before left, without a word. Only the lengths are kept: that of a
 * strip must be that of its rows (TIFF 6.0, sections 9 and 13; deflate has a checksum besides).
 */
final class PackedStrips {

    private static final Packing PACK_BITS = PackedStrips::packBits;

    private static final int LARGEST = Integer.MAX_VALUE;

    private PackedStrips() {}

    /** A way to pack bytes. */
    interface Packing {

        /**
         * How many bytes come out.
         *
         * @param full what the rows need; a few bytes that writers fill up with behind are left out
         * @param most beyond which it may stop
         * @throws DataFormatException where the packed bytes are no such, or end too early
         */
        long unpackedLength(byte[] packed, long full, long most) throws DataFormatException;
    }

    /**
     * Unpacks the strips of a page and forgets what is in them.
     *
     * @throws sc.fiji.attribution.core.ImageException where one is damaged, or unpacks to fewer or
     *     more bytes than its rows have
     */
    static void requireSound(Path file, Directory fields, Page page) throws IOException {
        Packing packing = packing(file, (int) fields.get(Directory.COMPRESSION, 1));
        if (packing == null) {
            return;
        }
        long[] offsets = fields.all(Directory.STRIPS);
        long[] lengths = fields.all(Directory.STRIP_BYTES);
        boolean planar = fields.get(Directory.PLANAR, 1) == 2;
        long said = fields.get(Directory.ROWS_PER_STRIP, page.height());
        long rows = Math.min(said, page.height());
        long inPlane = (page.height() + rows - 1) / rows;
        double row =
                Math.ceil((double) page.width() * (planar ? 1 : page.samples()) * page.bits() / 8);
        if (packing == PACK_BITS && row * Math.max(8, page.bits()) / page.bits() * said > LARGEST) {
            // ImageJ's number for the length of a strip turns negative, and it reads zeros.
            throw new UnreadKindException(
                    "'" + file + "' is TIFF packed by PackBits in strips of " + said + " rows");
        }
        try (FileChannel in = FileChannel.open(file)) {
            for (int i = 0; i < offsets.length; i++) {
                long full = (long) (row * Math.min(rows, page.height() - i % inPlane * rows));
                // The last strip may be as long as the others, or as it would be if full.
                long whole = (long) (row * rows);
                double filled = row * said;
                long padded = filled > LARGEST ? whole : (long) filled;
                long unpacked =
                        packing.unpackedLength(bytes(in, offsets[i], lengths[i]), full, padded);
                if (unpacked < full || unpacked > whole && unpacked != padded) {
                    throw Directory.damaged(
                            file,
                            "strip "
                                    + (i + 1)
                                    + " of its pixels unpacks to "
                                    + (unpacked > whole ? "more than " + whole : unpacked)
                                    + " bytes, its rows need "
                                    + full);
                }
            }
        } catch (DataFormatException | EOFException e) {
            throw Directory.damaged(file, "a packed strip of its pixels does not unpack");
        }
    }

    private static Packing packing(Path file, int compression) {
        return switch (compression) {
            case 5 -> new LzwLength(file);
            case 8, 32946 -> PackedStrips::inflated;
            case 32773 -> PACK_BITS;
            default -> null;
        };
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

    private static long inflated(byte[] packed, long full, long most) throws DataFormatException {
        java.util.zip.Inflater inflater = new java.util.zip.Inflater();
        try {
            inflater.setInput(packed);
            byte[] out = new byte[1 << 16];
            while (!inflater.finished() && inflater.getBytesWritten() <= most) {
                if (inflater.inflate(out) == 0 && !inflater.finished()) {
                    throw new DataFormatException();
                }
            }
            return inflater.getBytesWritten();
        } finally {
            inflater.end();
        }
    }

    private static long packBits(byte[] packed, long full, long most) throws DataFormatException {
        int end = packed.length;
        while (end > 0 && packed[end - 1] == 0) {
            end--;
        }
        long length = 0;
        int at = 0;
        while (at < packed.length && length <= most && (length != full || at < end)) {
            int head = packed[at++];
            if (head >= 0) {
                at += head + 1;
                length += head + 1;
            } else if (head != -128) {
                at++;
                length += 1 - head;
            }
            if (at > packed.length) {
                throw new DataFormatException();
            }
        }
        return length;
    }
}
