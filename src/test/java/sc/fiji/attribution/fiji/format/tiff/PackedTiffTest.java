/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Packed TIFF files as the JDK writes them, whole, cut short and with wrong bytes. */
class PackedTiffTest {

    private static final int WIDTH = 83;
    private static final int HEIGHT = 61;

    @TempDir Path folder;

    private byte[] pixels;

    /** Runs, ramps and noise, so that codes of all widths occur. */
    @BeforeEach
    void draw() {
        Random random = new Random(3);
        pixels = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < pixels.length; i++) {
            int y = i / WIDTH;
            pixels[i] = (byte) (y < 20 ? y / 7 : y < 40 ? i % 11 : random.nextInt(256));
        }
    }

    private byte[] packed(String compression) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        System.arraycopy(pixels, 0, data, 0, data.length);
        File file = folder.resolve("written.tif").toFile();
        Files.deleteIfExists(file.toPath());
        ImageWriter writer = ImageIO.getImageWritersByFormatName("TIFF").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file)) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType(compression);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return Files.readAllBytes(file.toPath());
    }

    private byte[] read(byte[] file) throws IOException {
        Path path = Files.write(folder.resolve("read.tif"), file);
        return (byte[]) ImageFile.open(path.toString()).getProcessor().getPixels();
    }

    /** Offset and length of each strip. */
    private int[][] strips(byte[] file) throws IOException {
        Directory fields = Directory.first(Files.write(folder.resolve("fields.tif"), file));
        long[] offsets = fields.all(Directory.STRIPS);
        long[] lengths = fields.all(Directory.STRIP_BYTES);
        int[][] strips = new int[offsets.length][];
        for (int i = 0; i < strips.length; i++) {
            strips[i] = new int[] {(int) offsets[i], (int) lengths[i]};
        }
        return strips;
    }

    @ParameterizedTest
    @ValueSource(strings = {"LZW", "PackBits", "ZLib", "Deflate"})
    void whole(String compression) throws IOException {
        assertArrayEquals(pixels, read(packed(compression)));
    }

    /** With one wrong bit: what is opened is what a plain decoder reads, all else is refused. */
    @ParameterizedTest
    @ValueSource(strings = {"LZW", "PackBits"})
    void rightOrRefused(String compression) throws IOException {
        byte[] file = packed(compression);
        int[][] strips = strips(file);
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = file.clone();
            int[] strip = strips[random.nextInt(strips.length)];
            damaged[strip[0] + random.nextInt(strip[1])] ^= (byte) (1 << random.nextInt(8));
            byte[] plain = plain(compression, damaged, strips);
            try {
                assertArrayEquals(plain, read(damaged), compression + " " + i);
            } catch (ImageException e) {
                assertTrue(e.getMessage().contains("read.tif' is damaged"), e.getMessage());
                assertEquals(null, plain, compression + " " + i);
                refused++;
            }
        }
        assertTrue(refused > 5, refused + " refused");
    }

    /** Null where a strip is of another length than its rows. */
    private static byte[] plain(String compression, byte[] file, int[][] strips) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int rows = (HEIGHT + strips.length - 1) / strips.length;
        for (int i = 0; i < strips.length; i++) {
            byte[] strip = Arrays.copyOfRange(file, strips[i][0], strips[i][0] + strips[i][1]);
            byte[] out = compression.equals("LZW") ? plainLzw(strip) : plainBits(strip);
            if (out == null || out.length != WIDTH * Math.min(rows, HEIGHT - i * rows)) {
                return null;
            }
            all.writeBytes(out);
        }
        return all.toByteArray();
    }

    private static byte[] plainBits(byte[] packed) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < packed.length; ) {
            int n = packed[at++];
            if (n == -128) {
                continue;
            }
            for (int i = 0; i <= Math.abs(n); i++) {
                if (at >= packed.length) {
                    return null;
                }
                out.append((char) (packed[n < 0 ? at : at++] & 0xff));
            }
            at += n < 0 ? 1 : 0;
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] plainLzw(byte[] packed) {
        StringBuilder bits = new StringBuilder();
        for (byte each : packed) {
            bits.append(Integer.toBinaryString(256 | each & 0xff).substring(1));
        }
        List<String> table = new ArrayList<>();
        StringBuilder out = new StringBuilder();
        String last = "";
        int width = 9;
        for (int at = 0; at + width <= bits.length(); ) {
            int code = Integer.parseInt(bits.substring(at, at + width), 2);
            at += width;
            if (code == 257) {
                break;
            }
            if (code == 256) {
                table = new ArrayList<>();
                last = "";
                width = 9;
                continue;
            }
            String next;
            if (code < 256) {
                next = Character.toString((char) code);
            } else if (code - 258 < table.size()) {
                next = table.get(code - 258);
            } else if (code - 258 == table.size() && !last.isEmpty()) {
                next = last + last.charAt(0);
            } else {
                return null;
            }
            if (!last.isEmpty()) {
                table.add(last + next.charAt(0));
                int codes = table.size() + 258 + 1;
                width = codes >= 2048 ? 12 : codes >= 1024 ? 11 : codes >= 512 ? 10 : 9;
            }
            out.append(next);
            last = next;
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A strip that ends early: its length in the directory is less than what was written. */
    @ParameterizedTest
    @ValueSource(strings = {"LZW", "PackBits", "ZLib"})
    void stripsThatEndEarly(String compression) throws IOException {
        byte[] file = packed(compression);
        Directory fields = Directory.first(Files.write(folder.resolve("fields.tif"), file));
        long length = fields.all(Directory.STRIP_BYTES)[0];
        ByteOrder order = file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer bytes = ByteBuffer.wrap(file).order(order);
        int changed = 0;
        for (int at = 8; at + 4 <= file.length; at++) {
            if (bytes.getInt(at) == length && changed == 0) {
                bytes.putInt(at, (int) length / 2);
                changed++;
            }
        }
        String message = assertThrows(ImageException.class, () -> read(file)).getMessage();
        assertTrue(message.contains("read.tif' is damaged"), message);
    }

    /**
     * One strip of eight rows of ten values, as ImageJ reads it.
     *
     * @param rows that the strip is said to have
     */
    private byte[] one(int compression, long rows, byte[] strip) throws IOException {
        int[][] entries = {
            {256, 10},
            {257, 8},
            {258, 8},
            {259, compression},
            {262, 1},
            {273, 8 + 2 + 8 * 12 + 4},
            {278, (int) rows},
            {279, strip.length}
        };
        ByteBuffer out = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
        out.putShort((short) entries.length);
        for (int[] entry : entries) {
            out.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
        }
        out.putInt(0).put(strip);
        return read(Arrays.copyOf(out.array(), out.position()));
    }

    private static byte[] values(int rows) {
        byte[] values = new byte[10 * rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i * i + 1);
        }
        return values;
    }

    /** A literal run of at most 128 bytes each. */
    private static byte[] literal(byte[] values, int... behind) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < values.length; at += 128) {
            int count = Math.min(128, values.length - at);
            out.write(count - 1);
            out.write(values, at, count);
        }
        for (int each : behind) {
            out.write(each);
        }
        return out.toByteArray();
    }

    private static byte[] deflated(byte[] values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(values);
        }
        return bytes.toByteArray();
    }

    /** What writers put behind the last row of a strip. */
    @Test
    void filledUp() throws IOException {
        byte[] expected = values(8);
        assertArrayEquals(expected, one(32773, 8, literal(values(8))));
        assertArrayEquals(expected, one(32773, 8, literal(values(8), 0)));
        assertArrayEquals(expected, one(32773, 8, literal(values(8), 0, 0, 0)));
        for (long rows : new long[] {8, 16, 0xffffffffL}) {
            assertArrayEquals(expected, one(8, rows, deflated(values(8))));
        }
        assertArrayEquals(expected, one(32773, 16, literal(values(8))));
        assertArrayEquals(expected, one(32773, 0xffffffffL, literal(values(8))));
        int[] literals = new int[1 + expected.length];
        literals[0] = 256;
        for (int i = 0; i < expected.length; i++) {
            literals[1 + i] = expected[i] & 0xff;
        }
        byte[] lzw = codes(literals);
        for (int fill : new int[] {0, 0x55, 0xff}) {
            byte[] filled = Arrays.copyOf(lzw, lzw.length + 2);
            Arrays.fill(filled, lzw.length, filled.length, (byte) fill);
            assertArrayEquals(expected, one(5, 8, filled), "filled with " + fill);
        }
        assertArrayEquals(expected, one(8, 16, deflated(values(16))));
        assertArrayEquals(expected, one(32773, 16, literal(values(16))));
        for (int rows : new int[] {7, 9, 17}) {
            assertThrows(ImageException.class, () -> one(8, 16, deflated(values(rows))));
            assertThrows(ImageException.class, () -> one(32773, 16, literal(values(rows))));
        }
        assertThrows(ImageException.class, () -> one(32773, 8, literal(values(8), 0, 1)));
        assertThrows(ImageException.class, () -> one(8, 0xffffffffL, deflated(values(9))));
    }

    private static byte[] unpacked(byte[] packed, int full, int most) throws Exception {
        byte[] out = new byte[full];
        long length = Packing.of(5, Path.of("x.tif")).unpack(packed, out, most);
        return Arrays.copyOf(out, (int) length);
    }

    /** Codes for what they themselves end, fillings, and a code that none stands for. */
    @Test
    void codesOfLzw() throws Exception {
        // Clear, 0, 258 (two zeros), 259 (three) … end, nine bits each.
        byte[] zeros = unpacked(codes(256, 0, 258, 259, 260, 257), 99, 99);
        assertArrayEquals(new byte[1 + 2 + 3 + 4], zeros);
        assertArrayEquals(new byte[] {7, 8}, unpacked(codes(256, 7, 8), 99, 99));
        byte[] twice = unpacked(codes(256, 7, 8, 258, 259, 257), 99, 99);
        assertArrayEquals(new byte[] {7, 8, 7, 8, 8, 7}, twice);
        // Without an end, filled up: what does not fit is left only where all is there.
        byte[] filled = Arrays.copyOf(codes(256, 7, 8), 4 + 2);
        assertEquals(2, unpacked(filled, 2, 99).length);
        assertEquals(3, unpacked(filled, 3, 99).length);
        assertEquals(3, unpacked(Arrays.copyOf(filled, 4 + 3), 2, 2).length);
        assertThrows(DataFormatException.class, () -> unpacked(codes(256, 7, 260, 257), 99, 99));
        assertThrows(DataFormatException.class, () -> unpacked(codes(256, 258, 257), 99, 99));
    }

    private static byte[] codes(int... codes) {
        byte[] out = new byte[(codes.length * 9 + 7) / 8];
        for (int i = 0; i < codes.length * 9; i++) {
            if ((codes[i / 9] >> 8 - i % 9 & 1) == 1) {
                out[i / 8] |= (byte) (128 >> i % 8);
            }
        }
        return out;
    }
}
