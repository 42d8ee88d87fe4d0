/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Java's readers and libjpeg mean by what they warn of. Most of it stands beside the pixels:
 * colour profiles, palettes, thumbnails, versions.
 */
final class ReaderMessages {

    /** All that these readers warn of where pixels are missing or wrong. */
    private static final Pattern DAMAGE =
            Pattern.compile(
                    "Truncated File|(?i)premature end|bad Huffman code|bad arithmetic code"
                            + "|found marker .* instead of|Inconsistent progression"
                            + "|Out-of-sequence code");

    private static final Pattern EXTRANEOUS =
            Pattern.compile("(\\d{1,9}) extraneous bytes before marker 0x(\\p{XDigit}{2})");

    private ReaderMessages() {}

    /** Whether a warning is of the pixels. */
    static boolean isOfDamage(String warning, Path file) throws IOException {
        Matcher extraneous = EXTRANEOUS.matcher(warning);
        return extraneous.find()
                ? !isPadded(
                        Files.readAllBytes(file),
                        Integer.parseInt(extraneous.group(1)),
                        (byte) Integer.parseInt(extraneous.group(2), 16))
                : DAMAGE.matcher(warning).find();
    }

    /**
     * Whether so many equal bytes stand before a marker of JPEG: cameras fill up scans so. Other
     * bytes that no pixel took are data, which were decoded wrongly.
     */
    private static boolean isPadded(byte[] bytes, int count, byte marker) {
        int equal = 0;
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == marker && equal >= count) {
                return true;
            }
            equal = i > 0 && bytes[i] == bytes[i - 1] ? equal + 1 : 1;
        }
        return false;
    }
}
