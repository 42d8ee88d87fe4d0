/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.HalfFloat;

/**
 * An array of numbers from a {@code .npy} file of the formats 1.0, 2.0 and 3.0. Objects are not
 * read, since they would have to be unpickled.
 *
 * @param shape extents, slowest first; empty for a single number
 * @param values rounded to float32, in row-major order whatever the order in the file
 */
public record NumpyArray(int[] shape, float[] values) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** 1 GiB as float32. */
    private static final long MAX_VALUES = 1L << 28;

    private static final int MAX_HEADER = 1 << 16;

    private static final Pattern DESCR =
            Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z]\\d*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,L]*)\\)");

    /**
     * Reads a file.
     *
     * @throws ModelException where it is missing, cut short, too large, or no array of numbers
     */
    public static NumpyArray read(Path file) {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return read(file, in);
        } catch (EOFException e) {
            throw new ModelException(
                    "Array file '" + file + "' is cut short: copy or download it again.", e);
        } catch (IOException e) {
            throw new ModelException(
                    "Array file '" + file + "' cannot be read (" + e + "): check the path.", e);
        }
    }

    private static NumpyArray read(Path file, DataInputStream in) throws IOException {
        if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
            throw refuse(file, "does not begin as one");
        }
        int major = in.readUnsignedByte();
        in.readUnsignedByte();
        int low = in.readUnsignedByte() | in.readUnsignedByte() << 8;
        int high = major == 1 ? 0 : in.readUnsignedByte() | in.readUnsignedByte() << 8;
        if (major < 1 || major > 3 || high != 0 || low > MAX_HEADER) {
            throw refuse(file, "is of format " + major + ", with a header that is not understood");
        }
        byte[] bytes = new byte[low];
        in.readFully(bytes);
        String header = new String(bytes, StandardCharsets.UTF_8);
        Matcher descr = DESCR.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher extents = SHAPE.matcher(header);
        if (!descr.find() || !order.find() || !extents.find()) {
            throw refuse(file, "has the header " + header.replaceAll("[\\p{Cntrl}\\s]+", " "));
        }
        int[] shape = shape(file, extents.group(1));
        ByteOrder endian =
                descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        float[] values = values(file, in, descr.group(2), endian, count(file, shape));
        boolean columns = order.group(1).equals("True");
        return new NumpyArray(shape, columns ? rowMajor(shape, values) : values);
    }

    private static int[] shape(Path file, String text) {
        return Arrays.stream(text.replaceAll("[\\sL]", "").split(","))
                .filter(extent -> !extent.isEmpty())
                .mapToInt(
                        extent -> {
                            if (extent.length() > 9) {
                                throw refuse(file, "has an extent of " + extent);
                            }
                            return Integer.parseInt(extent);
                        })
                .toArray();
    }

    private static int count(Path file, int[] shape) {
        long count = 1;
        for (int extent : shape) {
            count *= extent;
            if (count > MAX_VALUES) {
                throw refuse(file, "is too large: " + Arrays.toString(shape));
            }
        }
        return (int) count;
    }

    private static float[] values(
            Path file, InputStream in, String type, ByteOrder endian, int count)
            throws IOException {
        int size =
                switch (type) {
                    case "f8", "i8", "u8" -> 8;
                    case "f4", "i4", "u4" -> 4;
                    case "f2", "i2", "u2" -> 2;
                    case "i1", "u1", "b1" -> 1;
                    default -> throw refuse(file, "holds values of type " + type);
                };
        // The header may claim more than the file holds.
        if (Files.size(file) < (long) count * size) {
            throw new EOFException();
        }
        float[] values = new float[count];
        ByteBuffer block = ByteBuffer.allocate(1 << 16).order(endian);
        for (int start = 0; start < count; ) {
            int n = Math.min(count - start, block.capacity() / size);
            if (in.readNBytes(block.array(), 0, n * size) < n * size) {
                throw new EOFException();
            }
            for (int i = 0; i < n; i++) {
                values[start + i] = number(block, type, i * size);
            }
            start += n;
        }
        return values;
    }

    private static float number(ByteBuffer bytes, String type, int at) {
        return switch (type) {
            case "f8" -> (float) bytes.getDouble(at);
            case "f4" -> bytes.getFloat(at);
            case "f2" -> HalfFloat.of(bytes.getShort(at));
            case "i8" -> bytes.getLong(at);
            case "u8" ->
                    bytes.getLong(at) >= 0
                            ? bytes.getLong(at)
                            : (float) ((bytes.getLong(at) >>> 1) * 2.0);
            case "i4" -> bytes.getInt(at);
            case "u4" -> bytes.getInt(at) & 0xffffffffL;
            case "i2" -> bytes.getShort(at);
            case "u2" -> bytes.getShort(at) & 0xffff;
            case "i1" -> bytes.get(at);
            default -> bytes.get(at) & 0xff;
        };
    }

    /** From column-major (Fortran) to row-major order. */
    private static float[] rowMajor(int[] shape, float[] columns) {
        float[] rows = new float[columns.length];
        for (int i = 0; i < rows.length; i++) {
            int rest = i;
            int[] position = new int[shape.length];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                position[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            int source = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                source = source * shape[axis] + position[axis];
            }
            rows[i] = columns[source];
        }
        return rows;
    }

    private static ModelException refuse(Path file, String problem) {
        return new ModelException(
                "'"
                        + file
                        + "' is no NumPy array of numbers: it "
                        + problem
                        + "; save it with np.save.");
    }
}
