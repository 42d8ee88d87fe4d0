/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Source;

/** PNG of every colour type (PNG 1.2, section 4.1.1): the values that are stored. */
class PngTest {

    private static final int WIDTH = 9;
    private static final int HEIGHT = 6;

    @TempDir Path folder;

    private static int stored(int pixel, int sample, int bits) {
        return (pixel * pixel * 31 + sample * 77 + 36) * (bits == 16 ? 257 : 1) % (1 << bits);
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(12 + data.length);
        out.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 sum = new CRC32();
        sum.update(out.array(), 4, 4 + data.length);
        return out.putInt((int) sum.getValue()).array();
    }

    private static byte[] file(int type, int samples, int bits) throws IOException {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            if (i % WIDTH == 0) {
                rows.write(0);
            }
            for (int s = 0; s < samples; s++) {
                if (bits == 16) {
                    rows.write(stored(i, s, bits) >> 8);
                }
                rows.write(stored(i, s, bits));
            }
        }
        return file(type, bits, null, rows.toByteArray());
    }

    private static byte[] file(int type, int bits, byte[] palette, byte[] rows) throws IOException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(pixels)) {
            out.write(rows);
        }
        ByteBuffer head = ByteBuffer.allocate(13).putInt(WIDTH).putInt(HEIGHT);
        head.put((byte) bits).put((byte) type);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        file.writeBytes(chunk("IHDR", head.array()));
        if (palette != null) {
            file.writeBytes(chunk("PLTE", palette));
        }
        file.writeBytes(chunk("IDAT", pixels.toByteArray()));
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    /** Transparency is left out, and that is said. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 8", "0, 1, 1, 16", "4, 2, 1, 8", "4, 2, 1, 16",
        "2, 3, 3, 8", "2, 3, 3, 16", "6, 4, 3, 8", "6, 4, 3, 16",
    })
    void samplesAreRead(int type, int samples, int channels, int bits) throws IOException {
        Path file = Files.write(folder.resolve("a.png"), file(type, samples, bits));
        ImagePlus image = ImageFile.open(file.toString());
        boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
        assertEquals(channels == 3 && bits == 8, rgb);
        assertEquals(rgb ? 1 : channels, image.getStackSize());
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            for (int s = 0; s < channels; s++) {
                int plane =
                        image.getStack().getProcessor(rgb ? 1 : s + 1).get(i % WIDTH, i / WIDTH);
                int read = rgb ? plane >> 16 - 8 * s & 0xff : plane;
                assertEquals(stored(i, s, bits), read, "pixel " + i + ", " + s);
            }
        }
        String notes = Source.of(image).orElseThrow().notes().toString();
        assertEquals(samples > channels, notes.contains("transparency"), notes);
    }

    /** One, two and four bits, grey and of a palette. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "0, 4", "3, 1", "3, 2", "3, 4"})
    void fewBits(int type, int bits) throws IOException {
        int row = (WIDTH * bits + 7) / 8;
        byte[] packed = new byte[HEIGHT * (1 + row)];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int bit = i % WIDTH * bits;
            int at = i / WIDTH * (1 + row) + 1 + bit / 8;
            packed[at] |= (byte) (stored(i, 0, bits) << 8 - bits - bit % 8);
        }
        byte[] colours = new byte[3 << bits];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = (byte) (i * 91);
        }
        byte[] palette = type == 3 ? colours : null;
        Path file = Files.write(folder.resolve("a.png"), file(type, bits, palette, packed));
        ImagePlus image = ImageFile.open(file.toString());
        assertEquals(type == 3 ? ImagePlus.COLOR_256 : 0, image.getType());
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            assertEquals(stored(i, 0, bits), image.getProcessor().get(i), "pixel " + i);
        }
        assertEquals(type == 3 ? 255 : (1 << bits) - 1, image.getDisplayRangeMax());
        if (type == 3) {
            assertEquals(91 * 4 & 0xff, image.getProcessor().getLut().getGreen(1));
        }
    }
}
