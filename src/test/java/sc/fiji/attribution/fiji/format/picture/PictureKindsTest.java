/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.UnreadKindException;

/** Sound pictures of kinds that are rare, or of which a decoder warns; and kinds left to others. */
class PictureKindsTest {

    private static final int SIZE = 40;

    @TempDir Path folder;

    /** Values up to {@code most}, of the colours of a palette where that has one. */
    private static BufferedImage picture(BufferedImage image, int most) {
        Random random = new Random(2);
        for (int i = 0; i < SIZE * SIZE; i++) {
            image.getRaster().setSample(i % SIZE, i / SIZE, 0, random.nextInt(most + 1));
        }
        return image;
    }

    private static BufferedImage grey() {
        return picture(new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY), 255);
    }

    private static BufferedImage palette(int bits) {
        byte[] ramp = new byte[1 << bits];
        byte[] fall = new byte[1 << bits];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i * 255 / (ramp.length - 1));
            fall[i] = (byte) ~ramp[i];
        }
        IndexColorModel colours = new IndexColorModel(bits, ramp.length, ramp, fall, ramp);
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        return picture(new BufferedImage(SIZE, SIZE, type, colours), ramp.length - 1);
    }

    private static byte[] written(IIOImage image, String format, boolean inPasses)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            if (inPasses) {
                how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.write(null, image, how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] written(BufferedImage image, String format, boolean inPasses)
            throws IOException {
        return written(new IIOImage(image, null, null), format, inPasses);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private int[][] read(String name, byte[] bytes) throws IOException {
        return ImageFile.open(write(name, bytes).toString()).getProcessor().getIntArray();
    }

    private static byte[] inserted(byte[] file, int at, byte... more) {
        ByteBuffer out = ByteBuffer.allocate(file.length + more.length);
        return out.put(file, 0, at).put(more).put(file, at, file.length - at).array();
    }

    private static int find(byte[] file, String text) {
        return new String(file, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"interlaced", "palette", "16 bits", "4 bits", "long tRNS"})
    void png(String kind) throws IOException {
        BufferedImage image =
                switch (kind) {
                    case "palette" -> palette(8);
                    case "4 bits", "long tRNS" -> palette(4);
                    case "16 bits" ->
                            picture(
                                    new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_USHORT_GRAY),
                                    65535);
                    default -> grey();
                };
        byte[] file = written(image, "png", kind.equals("interlaced"));
        if (kind.equals("long tRNS")) {
            byte[] opaque = new byte[20];
            Arrays.fill(opaque, (byte) 0xff);
            file = inserted(file, find(file, "IDAT") - 4, chunk("tRNS", opaque));
        }
        int[][] read = read("a.png", file);
        for (int i = 0; i < SIZE * SIZE; i++) {
            int expected = image.getRaster().getSample(i % SIZE, i / SIZE, 0);
            assertEquals(expected, read[i % SIZE][i / SIZE], "pixel " + i);
        }
    }

    /** Ramps too, which ImageJ takes for a way of showing grey values. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "tiff"})
    void palettesAreColours(String format) throws IOException {
        BufferedImage image = palette(8);
        Path file = write("a." + format, written(image, format, false));
        ImagePlus read = ImageFile.open(file.toString());
        assertEquals(ImagePlus.COLOR_256, read.getType());
        for (int i = 0; i < SIZE * SIZE; i++) {
            int rgb = read.getProcessor().convertToRGB().get(i % SIZE, i / SIZE);
            assertEquals(image.getRGB(i % SIZE, i / SIZE), rgb, "pixel " + i);
        }
    }

    /** Writers sort the greys that occur into a table: values are those greys, not its places. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "tiff"})
    void palettesOfGreysAreGrey(String format) throws IOException {
        byte[] greys = new byte[256];
        for (int i = 0; i < greys.length; i++) {
            greys[i] = (byte) (91 * i);
        }
        IndexColorModel table = new IndexColorModel(8, greys.length, greys, greys, greys);
        BufferedImage image =
                picture(new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_INDEXED, table), 255);
        Path file = write("a." + format, written(image, format, false));
        ImagePlus read = ImageFile.open(file.toString());
        assertEquals(ImagePlus.GRAY8, read.getType());
        for (int i = 0; i < SIZE * SIZE; i++) {
            int grey = image.getRGB(i % SIZE, i / SIZE) & 0xff;
            assertEquals(grey, read.getProcessor().get(i), "pixel " + i);
            assertEquals(grey, read.getProcessor().convertToRGB().get(i) & 0xff, "pixel " + i);
        }
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(12 + data.length);
        out.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 sum = new CRC32();
        sum.update(out.array(), 4, 4 + data.length);
        return out.putInt((int) sum.getValue()).array();
    }

    @Test
    void jpeg() throws IOException {
        byte[] plain = written(grey(), "jpeg", false);
        int[][] expected = read("plain.jpg", plain);
        assertArrayEquals(expected, read("a.jpg", written(grey(), "jpeg", true)));
        byte[] profile = new byte[4 + 14 + 200];
        ByteBuffer.wrap(profile)
                .putShort((short) 0xffe2)
                .putShort((short) (profile.length - 2))
                .put("ICC_PROFILE\0\001\001not a profile".getBytes(StandardCharsets.US_ASCII));
        // Behind the segment of JFIF.
        int second = 4 + ByteBuffer.wrap(plain).getShort(4);
        assertArrayEquals(expected, read("profile.jpg", inserted(plain, second, profile)));
        int end = plain.length - 2;
        assertArrayEquals(expected, read("zeros.jpg", inserted(plain, end, new byte[300])));
        byte[] ones = new byte[300];
        Arrays.fill(ones, (byte) 0xff);
        assertArrayEquals(expected, read("ones.jpg", inserted(plain, end, ones)));
    }

    /** What no pixel took was data; and a progressive file of which the last passes are missing. */
    @Test
    void jpegThatIsDamaged() throws IOException {
        byte[] plain = written(grey(), "jpeg", false);
        byte[] more = new byte[300];
        for (int i = 0; i < more.length; i++) {
            more[i] = (byte) (i % 251);
        }
        byte[] progressive = written(grey(), "jpeg", true);
        for (byte[] damaged :
                new byte[][] {
                    inserted(plain, plain.length - 2, more),
                    Arrays.copyOf(plain, plain.length / 2),
                    Arrays.copyOf(progressive, progressive.length * 3 / 4),
                    Arrays.copyOf(progressive, progressive.length - 2)
                }) {
            Path file = write("a.jpg", damaged);
            String message =
                    assertThrows(ImageException.class, () -> SoundPicture.require(file))
                            .getMessage();
            assertTrue(message.contains("' is cut short or damaged"), message);
        }
    }

    private void assertUnread(Path file, String words) {
        String message =
                assertThrows(UnreadKindException.class, () -> SoundPicture.require(file))
                        .getMessage();
        assertTrue(message.contains(words), message);
        message =
                assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                        .getMessage();
        assertTrue(message.contains("Bio-Formats"), message);
    }

    /** Of these Java's decoder has no part for them. */
    @Test
    void jpegThatIsLeftToOthers() throws IOException {
        byte[] plain = written(grey(), "jpeg", false);
        int frame = find(plain, "\u00ff\u00c0");
        byte[] deep = plain.clone();
        deep[frame + 4] = 12;
        assertUnread(write("deep.jpg", deep), "is JPEG of 12 bits");
        byte[] lossless = plain.clone();
        lossless[frame + 1] = (byte) 0xc3;
        assertUnread(write("lossless.jpg", lossless), "is JPEG of process SOF3");
        Raster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIZE, SIZE, 4, null);
        byte[] cmyk = written(new IIOImage(inks, null, null), "jpeg", false);
        assertUnread(write("cmyk.jpg", cmyk), "is JPEG in CMYK");
    }

    /** Headers that begin as the one of 40 bytes does. */
    @ParameterizedTest
    @ValueSource(ints = {52, 56, 64, 108, 124, 128, 240})
    void bitmapsOfOtherVersions(int header) throws IOException {
        byte[] plain = written(grey(), "bmp", false);
        int[][] expected = read("plain.bmp", plain);
        BufferedImage colours = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_3BYTE_BGR);
        colours.createGraphics().drawImage(grey(), 0, 0, null);
        byte[] file = inserted(written(colours, "bmp", false), 54, new byte[header - 40]);
        ByteBuffer fields = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(2, file.length).putInt(10, 14 + header).putInt(14, header);
        int[][] read = read("a.bmp", file);
        for (int i = 0; i < SIZE * SIZE; i++) {
            int value = expected[i % SIZE][i / SIZE];
            assertEquals(value, read[i % SIZE][i / SIZE] & 0xff, "pixel " + i);
        }
        Path shorter = write("shorter.bmp", Arrays.copyOf(file, file.length * 2 / 3));
        assertThrows(ImageException.class, () -> ImageFile.open(shorter.toString()));
    }

    @Test
    void bitmapThatIsLeftToOthers() throws IOException {
        byte[] file = inserted(written(grey(), "bmp", false), 54, new byte[24]);
        // OS/2, version 2, packed.
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(14, 64).putInt(30, 2);
        assertUnread(write("a.bmp", file), "header of 64 bytes");
    }
}
