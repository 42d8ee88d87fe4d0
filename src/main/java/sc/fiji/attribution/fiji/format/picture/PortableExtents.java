/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Locale;
import sc.fiji.attribution.fiji.format.FileHead;

/**
 * The extents that a portable bitmap, graymap or pixmap claims. Of more than the file has the
 * reader would leave the rest at zero.
 */
final class PortableExtents implements SoundPicture.Check {

    private static final int MOST_DIGITS = 18;

    @Override
    public boolean recognises(FileHead head) {
        return head.bytes().length > 2
                && head.bytes()[0] == 'P'
                && head.bytes()[1] >= '1'
                && head.bytes()[1] <= '6'
                && Character.isWhitespace(head.bytes()[2]);
    }

    @Override
    public void require(FileHead head) throws IOException, SoundPicture.Damage {
        int kind = head.bytes()[1] - '0';
        boolean bits = kind == 1 || kind == 4;
        double width;
        double height;
        boolean wide;
        long start;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(head.path()))) {
            in.skipNBytes(2);
            Words words = new Words(in);
            width = words.number();
            height = words.number();
            wide = !bits && words.number() > 255;
            start = 2 + words.read;
        }
        double row = kind == 4 ? Math.ceil(width / 8) : kind == 3 || kind == 6 ? 3 * width : width;
        double needed = row * height * (wide && kind > 3 ? 2 : 1);
        double there = kind > 3 ? Files.size(head.path()) - start : values(head, start, kind == 1);
        if (needed > there) {
            throw SoundPicture.tooFew(
                    String.format(Locale.ROOT, "%.0fx%.0f", width, height),
                    Files.size(head.path()));
        }
    }

    /** The words of a head behind its first, comments left out. */
    static final class Words {

        private final InputStream in;

        /** Bytes so far, with the one that ended the last word. */
        private long read;

        Words(InputStream in) {
            this.in = in;
        }

        private int next() throws IOException {
            read++;
            return in.read();
        }

        /** The next number of one digit. */
        int digit() throws IOException, SoundPicture.Damage {
            int c = start();
            if (c < '0' || c > '1') {
                throw new SoundPicture.Damage("a pixel is neither 0 nor 1");
            }
            return c - '0';
        }

        private int start() throws IOException {
            int c = next();
            for (boolean comment = false; c >= 0 && (comment || c <= ' ' || c == '#'); c = next()) {
                comment = c == '#' || comment && c != '\n' && c != '\r';
            }
            return c;
        }

        double number() throws IOException, SoundPicture.Damage {
            int c = start();
            StringBuilder digits = new StringBuilder();
            for (; c >= '0' && c <= '9' && digits.length() <= MOST_DIGITS; c = next()) {
                digits.append((char) c);
            }
            if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
                throw new SoundPicture.Damage("its first lines say no extents");
            }
            return Double.parseDouble(digits.toString());
        }
    }

    /** How many numbers stand behind the head, or digits where each is a pixel. */
    private static long values(FileHead head, long start, boolean digits) throws IOException {
        long count = 0;
        boolean inside = false;
        boolean comment = false;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(head.path()))) {
            in.skipNBytes(start);
            for (int c = in.read(); c >= 0; c = in.read()) {
                comment = c == '#' || comment && c != '\n' && c != '\r';
                boolean digit = !comment && c >= '0' && c <= '9';
                count += digit && (digits || !inside) ? 1 : 0;
                inside = digit;
            }
        }
        return count;
    }
}
