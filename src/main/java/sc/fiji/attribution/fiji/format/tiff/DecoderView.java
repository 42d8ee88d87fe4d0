/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.io.FileInfo;
import ij.io.TiffDecoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A page's directory as ImageJ's decoder would find it, were the pixels of its own kind and not
 * packed: so what else the page says is understood by ImageJ alone, whatever its pixels are.
 */
record DecoderView(Page page) {

    private static final int METADATA_LENGTHS = 50838;
    private static final int METADATA = 50839;

    /** Description, program, date, artist, computer, and ImageJ's own: handed on as they are. */
    static final Set<Integer> CARRIED =
            Set.of(Directory.DESCRIPTION, 305, 306, 315, 316, METADATA_LENGTHS, METADATA);

    private static final int COLOURS = 1 << Byte.SIZE;

    private static final int TEXT = 2;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int RATIONAL = 5;

    private record Field(int type, int count, byte[] bytes) {}

    /** All but where the pixels are. */
    FileInfo info() throws IOException {
        FileInfo info =
                new TiffDecoder(new ByteArrayInputStream(file()), "page.tif").getTiffInfo()[0];
        info.inputStream = null;
        info.url = null;
        return info;
    }

    /** Whether ImageJ's own parts, if there are any, end where the file says that they do. */
    static boolean isWhole(Directory directory) {
        byte[] parts = directory.raw().getOrDefault(METADATA, new byte[0]);
        byte[] bytes = directory.raw().getOrDefault(METADATA_LENGTHS, new byte[0]);
        ByteBuffer lengths = ByteBuffer.wrap(bytes).order(directory.order());
        long sum = 0;
        while (lengths.remaining() >= Integer.BYTES) {
            sum += lengths.getInt() & 0xffffffffL;
        }
        return parts.length == 0 || sum <= parts.length;
    }

    private byte[] file() throws IOException {
        TreeMap<Integer, Field> fields = fields();
        ByteOrder order = page.order();
        int behind = Long.BYTES + Short.BYTES + 12 * fields.size() + Integer.BYTES;
        ByteBuffer head = ByteBuffer.allocate(behind).order(order);
        head.put(
                (order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM")
                        .getBytes(StandardCharsets.US_ASCII));
        head.putShort((short) 42).putInt(Long.BYTES).putShort((short) fields.size());
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        for (Map.Entry<Integer, Field> each : fields.entrySet()) {
            Field field = each.getValue();
            head.putShort(each.getKey().shortValue()).putShort((short) field.type);
            head.putInt(field.count);
            if (field.type == LONG && field.count == 1 && each.getKey() != METADATA_LENGTHS) {
                head.put(field.bytes);
            } else {
                head.putInt(Math.addExact(behind, values.size()));
                values.write(field.bytes);
            }
        }
        head.putInt(0);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(head.array());
        values.writeTo(file);
        return file.toByteArray();
    }

    private TreeMap<Integer, Field> fields() {
        TreeMap<Integer, Field> fields = new TreeMap<>();
        Directory directory = page.fields();
        directory
                .raw()
                .forEach(
                        (tag, bytes) -> {
                            boolean lengths = tag == METADATA_LENGTHS;
                            int count = lengths ? bytes.length / Integer.BYTES : bytes.length;
                            fields.put(tag, new Field(lengths ? LONG : TEXT, count, bytes));
                        });
        fields.put(Directory.WIDTH, numbers(LONG, page.width()));
        fields.put(Directory.HEIGHT, numbers(LONG, page.height()));
        int bits = page.type() == FileInfo.RGB ? Byte.SIZE : 8 * page.bytesPerSample();
        fields.put(Directory.BITS, numbers(LONG, bits));
        fields.put(Directory.PHOTOMETRIC, numbers(LONG, page.photometric()));
        fields.put(Directory.SAMPLES, numbers(LONG, 1));
        for (int tag : new int[] {Directory.X_RESOLUTION, Directory.Y_RESOLUTION}) {
            if (directory.all(tag).length == 2) {
                fields.put(tag, numbers(RATIONAL, directory.all(tag)));
            }
        }
        if (directory.all(Directory.RESOLUTION_UNIT).length == 1) {
            fields.put(
                    Directory.RESOLUTION_UNIT,
                    numbers(LONG, directory.all(Directory.RESOLUTION_UNIT)));
        }
        long[] palette = directory.all(Directory.PALETTE);
        if (palette.length > 0 && palette.length <= 3 * COLOURS) {
            fields.put(Directory.PALETTE, palette(palette));
        }
        return fields;
    }

    /** Red, green and blue one after the other, as many as a byte has values. */
    private Field palette(long[] colours) {
        int count = colours.length / 3;
        long[] all = new long[3 * COLOURS];
        for (int i = 0; i < 3 * count; i++) {
            all[i / count * COLOURS + i % count] = colours[i];
        }
        return numbers(SHORT, all);
    }

    private Field numbers(int type, long... numbers) {
        int size = type == SHORT ? Short.BYTES : Integer.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * size).order(page.order());
        for (long each : numbers) {
            if (type == SHORT) {
                bytes.putShort((short) each);
            } else {
                bytes.putInt((int) each);
            }
        }
        int count = type == RATIONAL ? numbers.length / 2 : numbers.length;
        return new Field(type, count, bytes.array());
    }
}
