/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * The extents that a bitmap of Windows or OS/2 claims whose header is of a version that Java does
 * not read. ImageJ does where it begins as that of version 3, and nothing is packed.
 */
final class BitmapExtents {

    private static final int VERSION_3 = 40;

    private BitmapExtents() {}

    static void require(FileHead head) throws IOException, SoundPicture.Damage {
        ByteBuffer bytes = ByteBuffer.wrap(head.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() < 14 + VERSION_3) {
            throw new SoundPicture.Damage("it ends before its pixels do");
        }
        int length = bytes.getInt(14);
        if (length < VERSION_3 || bytes.getInt(30) != 0) {
            throw new UnreadKindException(
                    "'" + head.path() + "' is BMP with a header of " + length + " bytes");
        }
        long width = bytes.getInt(18);
        long height = Math.abs((long) bytes.getInt(22));
        int bits = bytes.getShort(28);
        long start = bytes.getInt(10) & 0xffffffffL;
        if (14 + (long) length > start) {
            throw new SoundPicture.Damage("its header does not end before its pixels");
        }
        double row = Math.ceil(width * (double) bits / 32) * Integer.BYTES;
        if (width < 1 || bits < 1 || start + row * height > Files.size(head.path())) {
            throw SoundPicture.tooFew(width + "x" + height, Files.size(head.path()));
        }
    }
}
