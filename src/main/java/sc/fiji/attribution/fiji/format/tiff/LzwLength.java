/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.nio.file.Path;
import java.util.zip.DataFormatException;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/**
 * The length of what LZW unpacks to, as TIFF 6.0 (section 13) has it: codes of 9 to 12 bits, the
 * highest first, which grow one code early.
 */
record LzwLength(Path file) implements PackedStrips.Packing {

    private static final int CLEAR = 256;
    private static final int END = 257;

    /** Codes are of 12 bits at most; the last ones are never entered. */
    private static final int MOST_CODES = 4096;

    /** Bytes that fill up a full strip whose end has no code. */
    private static final int MOST_FILL = 2;

    @Override
    public long unpackedLength(byte[] packed, long full, long most) throws DataFormatException {
        if (packed.length > 1 && packed[0] == 0 && (packed[1] & 1) == 1) {
            throw new UnreadKindException(
                    "'" + file + "' is TIFF with LZW as it was before revision 6");
        }
        int[] lengths = new int[MOST_CODES];
        java.util.Arrays.fill(lengths, 0, CLEAR, 1);
        long length = 0;
        long bit = 0;
        int width = 9;
        int next = END + 1;
        int last = 0;
        while (length <= most) {
            if (length == full && packed.length - (bit + 7 >> 3) <= MOST_FILL) {
                return length;
            }
            int code = code(packed, bit, width);
            bit += width;
            if (code == END) {
                return length;
            }
            if (code == CLEAR) {
                width = 9;
                next = END + 1;
                last = 0;
                continue;
            }
            if (last == 0 ? code >= CLEAR : code > next || code == next && next >= MOST_CODES) {
                throw new DataFormatException();
            }
            if (last > 0 && next < MOST_CODES) {
                lengths[next++] = last + 1;
                width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
            }
            last = lengths[code];
            length += last;
        }
        return length;
    }

    /** Behind the last byte is the end: writers leave its code out when the strip is full. */
    private static int code(byte[] packed, long bit, int width) {
        int first = (int) (bit >> 3);
        if (bit + width > 8L * packed.length) {
            return END;
        }
        int bits = 0;
        for (int i = first; i < first + 3; i++) {
            bits = bits << 8 | (i < packed.length ? packed[i] & 0xff : 0);
        }
        return bits >> 24 - (int) (bit & 7) - width & (1 << width) - 1;
    }
}
