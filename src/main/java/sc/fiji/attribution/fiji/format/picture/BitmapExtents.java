/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageMemory;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * The extents that a bitmap of Windows or OS/2 claims. ImageJ decodes what is not packed itself,
 * any header as if it were the one of version 3, and leaves packed ones to Java.
 */
final class BitmapExtents implements SoundPicture.Check {

    private static final int FILE_HEADER = 14;

    /** Length of the header of version 3, and where its palette begins. */
    private static final int VERSION_3 = 40;

    /** Lengths of the headers that Java knows. */
    private static final List<Integer> OF_JAVA = List.of(12, VERSION_3, 108, 124);

    /** Run lengths, masks, and a JPEG or PNG inside. */
    private static final int LAST_OF_JAVA = 5;

    private static final List<Integer> BITS = List.of(1, 4, 8, 24, 32);

    private static final DecodedPicture PACKED = new DecodedPicture("bmp", "BM", 256);

    @Override
    public boolean recognises(FileHead head) {
        return PACKED.recognises(head);
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        ByteBuffer bytes = ByteBuffer.wrap(head.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() < FILE_HEADER + VERSION_3) {
            throw new SoundPicture.Damage("it ends before its pixels do");
        }
        int length = bytes.getInt(14);
        int compression = bytes.getInt(30);
        if (compression == 0) {
            requirePlain(head, bytes, length);
            return;
        }
        if (!OF_JAVA.contains(length)) {
            throw unread(head, "packed, with a header of " + length + " bytes");
        }
        // The shortest header has no such field: colours stand there, and Java reads it.
        if (length >= VERSION_3 && (compression < 0 || compression > LAST_OF_JAVA)) {
            throw unread(head, "of compression " + compression);
        }
        PACKED.require(head);
    }

    private static void requirePlain(FileHead head, ByteBuffer bytes, int length)
            throws IOException, SoundPicture.Damage {
        long start = bytes.getInt(10) & 0xffffffffL;
        long width = bytes.getInt(18);
        long height = Math.abs((long) bytes.getInt(22));
        int bits = bytes.getShort(28);
        if (length < VERSION_3) {
            throw unread(head, "with a header of " + length + " bytes");
        }
        if (FILE_HEADER + (long) length > start) {
            throw new SoundPicture.Damage("its header does not end before its pixels");
        }
        if (!BITS.contains(bits)) {
            throw unread(head, "of " + bits + " bits");
        }
        if (bits <= Byte.SIZE) {
            if (length != VERSION_3) {
                throw unread(head, "with a palette behind a header of " + length + " bytes");
            }
            long said = bytes.getInt(46) & 0xffffffffL;
            long colours = said == 0 ? 1L << bits : said;
            if (FILE_HEADER + length + Integer.BYTES * colours > start) {
                throw new SoundPicture.Damage("its palette does not end before its pixels");
            }
        }
        double row = Math.ceil(width * (double) bits / Integer.SIZE) * Integer.BYTES;
        if (width < 1 || height < 1 || start + row * height > Files.size(head.path())) {
            throw SoundPicture.tooFew(width + "x" + height, Files.size(head.path()));
        }
        ImageMemory.require(
                "'" + head.path() + "'", (double) width * height * DecodedPicture.BYTES);
    }

    private static UnreadKindException unread(FileHead head, String kind) {
        return new UnreadKindException(head.path(), "BMP " + kind);
    }
}
