/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A NumPy array as other tools write their figures: numbers or text, read into C order.
 *
 * @param shape extents, slowest first
 * @param values the numbers; empty for text
 * @param text the strings; empty for numbers
 */
public record Npy(int[] shape, double[] values, String[] text) {

    private static final Pattern DESCR = Pattern.compile("'descr': '([<>|]?)([a-zA-Z])(\\d+)'");
    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

    /** Reads {@code .npy}. */
    public static Npy read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads all members of {@code .npz}, by name. */
    public static Map<String, Npy> readAll(Path file) {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            Map<String, Npy> members = new HashMap<>();
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                members.put(e.getName().replaceAll("\\.npy$", ""), read(zip));
            }
            return members;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Npy read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        byte[] magic = in.readNBytes(8);
        int length = in.readUnsignedByte() | in.readUnsignedByte() << 8;
        if (magic[6] > 1) {
            length |= in.readUnsignedByte() << 16 | in.readUnsignedByte() << 24;
        }
        String header = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
        Matcher descr = DESCR.matcher(header);
        Matcher dims = SHAPE.matcher(header);
        if (!descr.find() || !dims.find()) {
            throw new IOException("unexpected npy header " + header);
        }
        int count = 1;
        String[] extents = dims.group(1).isBlank() ? new String[0] : dims.group(1).split(",\\s*");
        int[] shape = new int[extents.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = Integer.parseInt(extents[i].strip());
            count *= shape[i];
        }
        char kind = descr.group(2).charAt(0);
        int size = Integer.parseInt(descr.group(3)) * (kind == 'U' ? 4 : 1);
        ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(count * size));
        bytes.order(descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[kind == 'U' ? 0 : count];
        String[] text = new String[kind == 'U' ? count : 0];
        for (int i = 0; i < count; i++) {
            if (kind == 'U') {
                StringBuilder s = new StringBuilder();
                for (int j = 0; j < size / 4; j++) {
                    int c = bytes.getInt();
                    if (c != 0) {
                        s.appendCodePoint(c);
                    }
                }
                text[i] = s.toString();
            } else {
                values[i] = number(bytes, kind, size);
            }
        }
        boolean fortran = header.contains("'fortran_order': True");
        return new Npy(shape, fortran ? fromFortran(values, shape) : values, text);
    }

    /** From the order in which the first axis is the fastest. */
    private static double[] fromFortran(double[] values, int[] shape) {
        double[] sorted = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int rest = i;
            int target = 0;
            int[] index = new int[shape.length];
            for (int a = 0; a < shape.length; a++) {
                index[a] = rest % shape[a];
                rest /= shape[a];
            }
            for (int a = 0; a < shape.length; a++) {
                target = target * shape[a] + index[a];
            }
            sorted[target] = values[i];
        }
        return sorted;
    }

    private static double number(ByteBuffer bytes, char kind, int size) {
        return switch ("" + kind + size) {
            case "f2" -> half(bytes.getShort());
            case "f4" -> bytes.getFloat();
            case "f8" -> bytes.getDouble();
            case "i8", "u8" -> bytes.getLong();
            case "i4", "u4" -> bytes.getInt();
            case "u2" -> bytes.getShort() & 0xffff;
            case "i2" -> bytes.getShort();
            case "u1", "b1" -> bytes.get() & 0xff;
            case "i1" -> bytes.get();
            default -> throw new IllegalArgumentException("npy type " + kind + size);
        };
    }

    private static double half(short bits) {
        int exponent = bits >> 10 & 31;
        int mantissa = bits & 1023;
        double magnitude =
                exponent == 0
                        ? mantissa * 0x1p-24
                        : Math.scalb(1 + mantissa / 1024.0, exponent - 15);
        return bits < 0 ? -magnitude : magnitude;
    }

    public float[] floats() {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
