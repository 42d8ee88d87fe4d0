/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import sc.fiji.attribution.fiji.format.FileHead;

/** The checksums of PNG's chunks (PNG 1.2, section 3), which Java's reader skips. */
final class PngChunks implements SoundPicture.Check {

    static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, SIGNATURE);
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        CRC32 sum = new CRC32();
        try (DataInputStream in =
                new DataInputStream(
                        new CheckedInputStream(
                                new BufferedInputStream(Files.newInputStream(head.path())), sum))) {
            in.skipNBytes(8);
            String type;
            do {
                long length = in.readInt() & 0xffffffffL;
                sum.reset();
                byte[] name = new byte[4];
                in.readFully(name);
                type = new String(name, StandardCharsets.ISO_8859_1);
                skip(in, length);
                int computed = (int) sum.getValue();
                if (in.readInt() != computed) {
                    throw new SoundPicture.Damage("a checksum in it is wrong");
                }
            } while (!type.equals("IEND"));
        } catch (EOFException e) {
            throw new SoundPicture.Damage("it ends before its data do");
        }
    }

    /** By reading: what is skipped over is not summed. */
    private static void skip(DataInputStream in, long length) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        for (long left = length; left > 0; left -= Math.min(left, piece.capacity())) {
            in.readFully(piece.array(), 0, (int) Math.min(left, piece.capacity()));
        }
    }
}
