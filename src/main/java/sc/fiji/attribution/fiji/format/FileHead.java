/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * The beginning of a file, by which formats know their own.
 *
 * @param path of the file
 * @param bytes at most {@value #LENGTH}; unpacked where the file is packed by gzip
 * @param packed whether it is
 */
public record FileHead(Path path, byte[] bytes, boolean packed) {

    /** Enough for the headers of NIfTI and for where DICOM has its signature. */
    public static final int LENGTH = 1024;

    /**
     * @throws IOException where the file cannot be read; what is no sound gzip counts as not packed
     */
    public static FileHead of(Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(LENGTH);
        }
        if (isGzip(bytes)) {
            try (InputStream in =
                    new GZIPInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
                return new FileHead(path, in.readNBytes(LENGTH), true);
            } catch (IOException e) {
                // Damaged: then the name alone has to tell the format, whose reader says more.
                return new FileHead(path, new byte[0], true);
            }
        }
        return new FileHead(path, bytes, false);
    }

    static boolean isGzip(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
    }

    /** Whether the name ends in one of these, in capitals or not. */
    public boolean endsIn(String... suffixes) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        for (String suffix : suffixes) {
            if (name.endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this text stands at that byte. */
    public boolean has(int position, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= position + wanted.length
                && Arrays.equals(
                        wanted, Arrays.copyOfRange(bytes, position, position + wanted.length));
    }

    /** The first bytes as text, a character each. */
    public String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
