/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import ij.ImagePlus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import sc.fiji.attribution.core.text.Printable;

/**
 * How a map was made, between header and voxels of a NIfTI file: an extension of the kind for
 * comments ({@code ecode} 6 of {@code nifti1.h}) with the image's {@code attribution.…} properties
 * as a JSON object of texts, which other software hands on or passes over. nibabel gives it as
 * {@code image.header.extensions[0].get_content()}.
 *
 * @param properties by key, all of them {@code attribution.…} or {@link #INFO}
 */
record NiftiRecord(Map<String, String> properties) {

    /** No longer record is read, whatever a file says. */
    static final int LONGEST = 1 << 20;

    /** What ImageJ shows above the properties. */
    private static final String INFO = "Info";

    private static final String OURS = "attribution.";

    /** Texts by key; what is nested is none of ours. */
    private static final TypeToken<Map<String, String>> TEXTS = new TypeToken<>() {};

    private static final int COMMENT = 6;

    /** Extensions are as long as a multiple of that. */
    private static final int BLOCK = 16;

    private static final int SIZE_AND_CODE = 8;

    /** That of an image; empty where it has none. */
    static NiftiRecord of(ImagePlus image) {
        Map<String, String> found = new TreeMap<>();
        image.getImageProperties()
                .forEach(
                        (key, value) -> {
                            if (key.toString().startsWith(OURS)) {
                                found.put(key.toString(), value.toString());
                            }
                        });
        Map<String, String> all = new LinkedHashMap<>();
        if (!found.isEmpty() && image.getProperty(INFO) instanceof String info) {
            all.put(INFO, info);
        }
        all.putAll(found);
        return new NiftiRecord(all);
    }

    boolean isEmpty() {
        return properties.isEmpty();
    }

    /**
     * The four bytes after a header, which say whether an extension follows, and the extension: up
     * to the first voxel.
     */
    byte[] bytes(ByteOrder order) {
        if (isEmpty()) {
            return new byte[4];
        }
        byte[] text = new Gson().toJson(properties).getBytes(StandardCharsets.UTF_8);
        int size = (SIZE_AND_CODE + text.length + BLOCK - 1) / BLOCK * BLOCK;
        ByteBuffer out = ByteBuffer.allocate(4 + size).order(order);
        out.put(0, (byte) 1);
        out.position(4);
        out.putInt(size).putInt(COMMENT).put(text);
        return out.array();
    }

    /**
     * Reads it back; what is no such extension, or is damaged, is passed over, as by any other
     * software.
     *
     * @param bytes from the end of the header to the first voxel, or the first {@link #LONGEST}
     */
    static NiftiRecord read(byte[] bytes, ByteOrder order) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
        boolean extended = bytes.length > 4 && in.get(0) != 0;
        for (int at = 4; extended && at + SIZE_AND_CODE <= bytes.length; ) {
            int size = in.getInt(at);
            if (size < BLOCK || size > bytes.length - at) {
                break;
            }
            if (in.getInt(at + 4) == COMMENT) {
                byte[] text = new byte[size - SIZE_AND_CODE];
                in.get(at + SIZE_AND_CODE, text);
                Map<String, String> found = parse(new String(text, StandardCharsets.UTF_8));
                if (!found.isEmpty()) {
                    return new NiftiRecord(found);
                }
            }
            at += size;
        }
        return new NiftiRecord(Map.of());
    }

    private static Map<String, String> parse(String text) {
        Map<String, String> all;
        try {
            all = new Gson().fromJson(text.replace("\0", ""), TEXTS);
        } catch (JsonParseException e) {
            // Somebody else's comment.
            return Map.of();
        }
        Map<String, String> found = new LinkedHashMap<>();
        if (all != null) {
            all.forEach(
                    (key, value) -> {
                        boolean known = key.equals(INFO) || key.startsWith(OURS);
                        if (known && value != null) {
                            found.put(key, value);
                        }
                    });
        }
        return found;
    }

    /** Hands it to an image. */
    void attach(ImagePlus image) {
        properties.forEach(
                (key, value) -> {
                    if (key.equals(INFO)) {
                        image.setProperty(INFO, Printable.lines(value) + "\n");
                    } else {
                        image.setProp(Printable.line(key), Printable.line(value));
                    }
                });
    }
}
