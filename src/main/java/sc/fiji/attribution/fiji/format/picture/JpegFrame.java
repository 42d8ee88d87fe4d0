/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.IntStream;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * The kind of a JPEG by the header of its frame (ITU-T T.81, B.2.2), behind whatever EXIF and
 * profiles come before. Java decodes Huffman codes of 8 bits, in one pass or several.
 */
final class JpegFrame implements SoundPicture.Check {

    static final String MAGIC = "\u00ff\u00d8\u00ff";

    private static final int BASELINE = 0xc0;
    private static final int PROGRESSIVE = 0xc2;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;

    @Override
    public boolean recognises(FileHead head) {
        return head.has(0, MAGIC);
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(head.path())))) {
            in.skipNBytes(2);
            int marker = marker(in);
            while (!isFrame(marker)) {
                if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
                    throw new SoundPicture.Damage("nothing in it says its extents");
                }
                if (!isAlone(marker)) {
                    in.skipNBytes(length(in));
                }
                marker = marker(in);
            }
            requireDecoded(head, marker, in);
        } catch (EOFException e) {
            throw new SoundPicture.Damage("it ends before its data do");
        }
    }

    /** Also behind bytes that belong to no segment. */
    private static int marker(DataInputStream in) throws IOException {
        int before = 0;
        int marker = in.readUnsignedByte();
        while (before != 0xff || marker == 0xff || marker == 0) {
            before = marker;
            marker = in.readUnsignedByte();
        }
        return marker;
    }

    /** Tables of Huffman codes and of arithmetic coding, and an extension, stand among them. */
    private static boolean isFrame(int marker) {
        return marker >= BASELINE
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc;
    }

    /** Whether no segment follows. */
    private static boolean isAlone(int marker) {
        return marker == 0x01 || marker >= 0xd0 && marker <= 0xd8;
    }

    /** Of a segment, without the length itself. */
    private static int length(DataInputStream in) throws IOException, SoundPicture.Damage {
        int length = in.readUnsignedShort() - Short.BYTES;
        if (length < 0) {
            throw new SoundPicture.Damage("a segment of it has no length");
        }
        return length;
    }

    private static void requireDecoded(FileHead head, int marker, DataInputStream in)
            throws IOException, SoundPicture.Damage {
        int length = length(in);
        int bits = in.readUnsignedByte();
        in.skipNBytes(2 * Short.BYTES);
        int components = in.readUnsignedByte();
        if (length != 6 + 3 * components) {
            throw new SoundPicture.Damage("its frame is not as long as its components need");
        }
        if (marker > PROGRESSIVE) {
            throw unread(head, "of process SOF" + (marker - BASELINE));
        }
        if (bits != 8) {
            throw unread(head, "of " + bits + " bits");
        }
        if (components == 4) {
            throw unread(head, "in CMYK");
        }
        int[] across = new int[components];
        int[] down = new int[components];
        for (int i = 0; i < components; i++) {
            in.skipNBytes(1);
            int sampling = in.readUnsignedByte();
            across[i] = sampling >> 4;
            down[i] = sampling & 0xf;
            in.skipNBytes(1);
        }
        if (isFractional(across) || isFractional(down)) {
            throw unread(head, "with components that are sampled 3:2");
        }
    }

    /** Whether a component has no whole number of the largest one's samples for each of its own. */
    private static boolean isFractional(int[] sampling) {
        int most = Arrays.stream(sampling).max().orElse(0);
        return IntStream.of(sampling).anyMatch(each -> each > 0 && most % each > 0);
    }

    private static UnreadKindException unread(FileHead head, String kind) {
        return new UnreadKindException(head.path(), "JPEG " + kind);
    }
}
