/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.nio.file.Path;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/** A way to pack the bytes of a strip or tile (TIFF 6.0, sections 9 and 13). */
interface Packing {

    /**
     * Unpacks bytes.
     *
     * @param out takes the first that come out; what comes behind it is counted only
     * @param most beyond which it may stop
     * @return how many come out; a few that writers fill up with behind {@code out} are left out
     * @throws DataFormatException where the packed bytes are no such, or end too early
     */
    long unpack(byte[] packed, byte[] out, long most) throws DataFormatException;

    /** Null where it is none that is read. */
    static Packing of(int compression, Path file) {
        return switch (compression) {
            case 1 -> Packing::copied;
            case 5 -> new Lzw(file);
            case 8, 32946 -> Packing::inflated;
            case 32773 -> Packing::ofBits;
            default -> null;
        };
    }

    private static long copied(byte[] packed, byte[] out, long most) {
        System.arraycopy(packed, 0, out, 0, Math.min(packed.length, out.length));
        // A strip's length may be too large, and is believed in nothing.
        return Math.min(packed.length, out.length);
    }

    private static long inflated(byte[] packed, byte[] out, long most) throws DataFormatException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            byte[] behind = null;
            while (!inflater.finished() && inflater.getBytesWritten() <= most) {
                int at = (int) Math.min(inflater.getBytesWritten(), out.length);
                if (at == out.length && behind == null) {
                    behind = new byte[1 << 12];
                }
                int count =
                        at < out.length
                                ? inflater.inflate(out, at, out.length - at)
                                : inflater.inflate(behind);
                if (count == 0 && !inflater.finished()) {
                    throw new DataFormatException();
                }
            }
            return inflater.getBytesWritten();
        } finally {
            inflater.end();
        }
    }

    /** PackBits: runs and literals of at most 128 bytes. */
    private static long ofBits(byte[] packed, byte[] out, long most) throws DataFormatException {
        int end = packed.length;
        while (end > 0 && packed[end - 1] == 0) {
            end--;
        }
        long length = 0;
        int at = 0;
        while (at < packed.length && length <= most && (length != out.length || at < end)) {
            int head = packed[at++];
            if (head == -128) {
                continue;
            }
            int count = 1 + Math.abs(head);
            if (at + (head < 0 ? 1 : count) > packed.length) {
                throw new DataFormatException();
            }
            int first = (int) Math.min(length, out.length);
            int kept = Math.min(count, out.length - first);
            if (head < 0) {
                java.util.Arrays.fill(out, first, first + kept, packed[at++]);
            } else {
                System.arraycopy(packed, at, out, first, kept);
                at += count;
            }
            length += count;
        }
        return length;
    }

    /**
     * LZW of TIFF 6.0 (section 13): codes of 9 to 12 bits, the highest first, which grow one code
     * early. The string of a code is what came out before it and the byte behind, so that it stands
     * in the output already.
     */
    record Lzw(Path file) implements Packing {

        private static final int CLEAR = 256;
        private static final int END = 257;

        /** Codes are of 12 bits at most; the last ones are never entered. */
        private static final int MOST_CODES = 4096;

        /** Bytes that fill up a full strip whose end has no code. */
        private static final int MOST_FILL = 2;

        @Override
        public long unpack(byte[] packed, byte[] out, long most) throws DataFormatException {
            if (packed.length > 1 && packed[0] == 0 && (packed[1] & 1) == 1) {
                throw new UnreadKindException(file, "TIFF with LZW as it was before revision 6");
            }
            int[] lengths = new int[MOST_CODES];
            long[] starts = new long[MOST_CODES];
            long length = 0;
            long bit = 0;
            int width = 9;
            int next = END + 1;
            int last = 0; // length of what came out last
            while (length <= most) {
                if (length == out.length && packed.length - (bit + 7 >> 3) <= MOST_FILL) {
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
                    starts[next] = length - last;
                    lengths[next++] = last + 1;
                    width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
                }
                last = code < CLEAR ? 1 : lengths[code];
                if (code < CLEAR) {
                    put(out, length, (byte) code);
                } else {
                    for (int i = 0; i < last && length + i < out.length; i++) {
                        out[(int) length + i] = out[(int) starts[code] + i];
                    }
                }
                length += last;
            }
            return length;
        }

        private static void put(byte[] out, long at, byte value) {
            if (at < out.length) {
                out[(int) at] = value;
            }
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
}
