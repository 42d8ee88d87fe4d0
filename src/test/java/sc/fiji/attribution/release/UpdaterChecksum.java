/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.release;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The checksums by which ImageJ's updater knows files: SHA-1 of path and content or, of a jar, of
 * names and contents of its entries in order. What differs between builds of the same sources does
 * not count there: comments in properties, and the whole manifest.
 */
final class UpdaterChecksum {

    private UpdaterChecksum() {}

    static String of(String path, byte[] content) throws IOException {
        MessageDigest digest = sha1();
        if (!path.endsWith(".jar")) {
            digest.update(path.getBytes(StandardCharsets.US_ASCII));
            digest.update(content);
            return HexFormat.of().formatHex(digest.digest());
        }
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream jar = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                entries.put(entry.getName(), jar.readAllBytes());
            }
        }
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            digest.update(entry.getKey().getBytes(StandardCharsets.US_ASCII));
            if (entry.getKey().endsWith(".properties")) {
                digest.update(new Properties(entry.getValue()).withoutComments());
            } else if (!entry.getKey().equals("META-INF/MANIFEST.MF")) {
                digest.update(entry.getValue());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A file of properties as the updater reads it: of a line that begins with # the end is left.
     * After an empty line it takes no line for a comment.
     */
    private static final class Properties {

        private final InputStream in;
        private boolean atStart = true;

        Properties(byte[] content) {
            this.in = new BufferedInputStream(new ByteArrayInputStream(content));
        }

        byte[] withoutComments() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int c = next(); c >= 0; c = next()) {
                out.write(c);
            }
            return out.toByteArray();
        }

        private int next() throws IOException {
            int c = in.read();
            if (!atStart) {
                atStart = c == '\n';
            } else if (c == '#') {
                do {
                    c = next();
                } while (c != '\n' && c >= 0);
            } else {
                atStart = false;
            }
            return c;
        }
    }
}
