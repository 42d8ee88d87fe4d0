/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import ij.io.FileInfo;
import ij.io.TiffEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes the TIFF file that ImageJ writes, byte for byte. ImageJ makes all of it but the values of
 * 32-bit images, which it would turn into bytes one after the other: of these it is handed planes
 * of one pixel, and what it says of where things lie is moved to where they will.
 */
public final class TiffWriter {

    private static final int ENTRY = 12;
    private static final int LONG = 4;

    private TiffWriter() {}

    /**
     * @param image with its pixels; not to be used afterwards
     */
    public static void write(FileInfo image, OutputStream out) throws IOException {
        long bytes = (long) Float.BYTES * image.width * image.height;
        boolean plain = image.fileType == FileInfo.GRAY32_FLOAT && image.virtualStack == null;
        // Beyond that size ImageJ leaves out what has no place in the file.
        if (!plain || bytes * image.nImages > Integer.MAX_VALUE / 2) {
            new TiffEncoder(image).write(out);
            return;
        }
        boolean stack = image.nImages > 1;
        Object[] planes = stack ? (Object[]) image.pixels : new Object[] {image.pixels};
        int width = image.width;
        int height = image.height;
        float[] pixel = new float[1];
        Object[] pixels = new Object[image.nImages];
        Arrays.fill(pixels, pixel);
        image.width = 1;
        image.height = 1;
        image.pixels = stack ? pixels : pixel;
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        new TiffEncoder(image).write(small);
        ByteBuffer file = ByteBuffer.wrap(small.toByteArray());
        file.order(file.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int begin = widened(file, width, height, pixels.length);
        out.write(file.array(), 0, begin);
        byte[] buffer = new byte[1 << 16];
        for (int i = 0; i < pixels.length; i++) {
            write((float[]) planes[i], file.order(), buffer, out);
        }
        int behind = begin + Float.BYTES * pixels.length;
        out.write(file.array(), behind, file.capacity() - behind);
    }

    private static void write(float[] plane, ByteOrder order, byte[] buffer, OutputStream out)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(buffer).order(order);
        int most = buffer.length / Float.BYTES;
        for (int at = 0; at < plane.length; at += most) {
            int count = Math.min(most, plane.length - at);
            bytes.asFloatBuffer().put(plane, at, count);
            out.write(buffer, 0, count * Float.BYTES);
        }
    }

    /**
     * Makes directories of planes of one pixel those of wider ones.
     *
     * @return where the first plane begins
     */
    private static int widened(ByteBuffer file, int width, int height, int planes) {
        int bytes = Float.BYTES * width * height;
        int more = planes * (bytes - Float.BYTES);
        int begin = 0;
        int plane = 0;
        for (int at = file.getInt(4); at != 0; plane++) {
            int count = file.getShort(at) & 0xffff;
            for (int i = 0; i < count; i++) {
                int entry = at + Short.BYTES + i * ENTRY;
                int value = file.getInt(entry + 8);
                switch (file.getShort(entry) & 0xffff) {
                    case Directory.WIDTH -> put(file, entry, width);
                    case Directory.HEIGHT, Directory.ROWS_PER_STRIP -> put(file, entry, height);
                    case Directory.STRIP_BYTES -> put(file, entry, bytes);
                    case Directory.STRIPS -> {
                        begin = plane == 0 ? value : begin;
                        put(file, entry, begin + plane * bytes);
                    }
                    // What they name lies behind the pixels, or of a single plane before.
                    case DecoderView.METADATA_LENGTHS, DecoderView.METADATA ->
                            file.putInt(entry + 8, value < begin ? value : value + more);
                    default -> {}
                }
            }
            int link = at + Short.BYTES + count * ENTRY;
            at = file.getInt(link);
            if (at > begin) {
                file.putInt(link, at + more);
            }
        }
        return begin;
    }

    private static void put(ByteBuffer file, int entry, int value) {
        if (file.getShort(entry + 2) == LONG) {
            file.putInt(entry + 8, value);
        } else {
            file.putShort(entry + 8, (short) value);
        }
    }
}
