/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/** DICOM files laid out here from PS3.5 and PS3.10, not by the code under test. */
final class DicomWriter {

    private final TreeMap<Integer, byte[]> elements = new TreeMap<>();
    private final TreeMap<Integer, String> kinds = new TreeMap<>();
    private String syntax = "1.2.840.10008.1.2.1";
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    DicomWriter syntax(String uid) {
        syntax = uid;
        order = uid.endsWith(".1.2.2") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return this;
    }

    DicomWriter text(int tag, String kind, String value) {
        return bytes(
                tag,
                kind,
                (value + (value.length() % 2 == 0 ? "" : " "))
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    DicomWriter number(int tag, int value) {
        return bytes(
                tag, "US", ByteBuffer.allocate(2).order(order).putShort((short) value).array());
    }

    DicomWriter bytes(int tag, String kind, byte[] value) {
        elements.put(tag, value);
        kinds.put(tag, kind);
        return this;
    }

    /** A 16-bit image in a series: value = 100 * number + x + 10 y. */
    static DicomWriter slice(int number, double z) {
        ByteBuffer pixels = ByteBuffer.allocate(2 * 12).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 12; i++) {
            pixels.putShort((short) (100 * number + i % 4 + 10 * (i / 4)));
        }
        return new DicomWriter()
                .text(Tag.SERIES_INSTANCE, "UI", "1.2.3.4")
                .text(Tag.SERIES_DESCRIPTION, "LO", "T1 sagittal")
                .text(Tag.INSTANCE_NUMBER, "IS", Integer.toString(number))
                .text(Tag.POSITION, "DS", "1\\2\\" + z)
                .text(Tag.ORIENTATION, "DS", "1\\0\\0\\0\\1\\0")
                .text(Tag.PIXEL_SPACING, "DS", "0.5\\0.25")
                .text(Tag.SLICE_THICKNESS, "DS", "3")
                .grey(4, 3, 16, 16, 0)
                .bytes(Tag.PIXELS, "OW", pixels.array());
    }

    DicomWriter grey(int columns, int rows, int allocated, int stored, int signed) {
        return number(Tag.SAMPLES_PER_PIXEL, 1)
                .text(Tag.PHOTOMETRIC, "CS", "MONOCHROME2")
                .number(Tag.COLUMNS, columns)
                .number(Tag.ROWS, rows)
                .number(Tag.BITS_ALLOCATED, allocated)
                .number(Tag.BITS_STORED, stored)
                .number(Tag.HIGH_BIT, stored - 1)
                .number(Tag.SIGNED, signed);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[128]);
        out.writeBytes("DICM".getBytes(StandardCharsets.ISO_8859_1));
        byte[] uid =
                (syntax + (syntax.length() % 2 == 0 ? "" : "\0"))
                        .getBytes(StandardCharsets.ISO_8859_1);
        out.writeBytes(
                element(Tag.TRANSFER_SYNTAX, "UI", uid, uid.length, true, ByteOrder.LITTLE_ENDIAN));
        boolean explicit = !syntax.equals("1.2.840.10008.1.2");
        elements.forEach(
                (tag, value) -> {
                    boolean fragments = tag == Tag.PIXELS && syntax.endsWith(".5");
                    int length = fragments ? -1 : value.length;
                    out.writeBytes(element(tag, kinds.get(tag), value, length, explicit, order));
                });
        return out.toByteArray();
    }

    static byte[] element(
            int tag, String kind, byte[] value, int length, boolean explicit, ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(12 + value.length).order(order);
        out.putShort((short) (tag >>> 16)).putShort((short) tag);
        if (explicit) {
            out.put(kind.getBytes(StandardCharsets.ISO_8859_1));
            if (kind.matches("O[BW]|SQ|UN|UT")) {
                out.putShort((short) 0).putInt(length);
            } else {
                out.putShort((short) length);
            }
        } else {
            out.putInt(length);
        }
        out.put(value);
        byte[] bytes = new byte[out.position()];
        out.rewind().get(bytes);
        return bytes;
    }

    Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
