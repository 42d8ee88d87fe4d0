/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.ImageConverter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.PackedFile;

/** FITS: BZERO + BSCALE times what is stored, and NaN for what is blank. */
class FitsTest {

    private static final int WIDTH = 7;
    private static final int HEIGHT = 5;
    private static final int SLICES = 3;

    @TempDir Path folder;

    /** What is stored in the i-th place, of which the 11th is blank. */
    private static int stored(int i, int bits) {
        int value = (i * 37 + 5) % 120;
        return i == 11 ? 125 : bits == 8 ? value : value - 60;
    }

    private byte[] file(int bits, String cards) throws IOException {
        StringBuilder head = new StringBuilder();
        String[] first = {
            "SIMPLE  =                    T / standard",
            "BITPIX  = %20d".formatted(bits),
            "NAXIS   =                    3",
            "NAXIS1  = %20d".formatted(WIDTH),
            "NAXIS2  = %20d".formatted(HEIGHT),
            "NAXIS3  = %20d".formatted(SLICES)
        };
        for (String card : first) {
            head.append("%-80s".formatted(card));
        }
        for (String card : cards.split(";")) {
            head.append(card.isBlank() ? "" : "%-80s".formatted(card));
        }
        head.append("END");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write("%-2880s".formatted(head).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < WIDTH * HEIGHT * SLICES; i++) {
            int value = stored(i, bits);
            switch (bits) {
                case 8 -> out.writeByte(value);
                case 16 -> out.writeShort(value);
                case 32 -> out.writeInt(value);
                case 64 -> out.writeLong(value);
                case -32 -> out.writeFloat(value / 4f);
                default -> out.writeDouble(value / 4.0);
            }
        }
        out.write(new byte[2880 - (bytes.size() % 2880)]);
        return bytes.toByteArray();
    }

    private void assertValues(ImagePlus image, int bits, double slope, double zero, boolean blank) {
        assertEquals(SLICES, image.getNSlices());
        for (int i = 0; i < WIDTH * HEIGHT * SLICES; i++) {
            int y = HEIGHT - 1 - i / WIDTH % HEIGHT; // the first row is the lowest
            float read = image.getStack().getProcessor(i / WIDTH / HEIGHT + 1).getf(i % WIDTH, y);
            double value = bits > 0 ? stored(i, bits) : stored(i, bits) / 4.0;
            float expected = blank && i == 11 ? Float.NaN : (float) (zero + slope * value);
            assertEquals(expected, read, "value " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8, '', 1, 0, false",
        "16, '', 1, 0, false",
        "16, 'BZERO   = 32768;BSCALE  = 1', 1, 32768, false",
        "16, 'BSCALE  =                  2.0 / slope;BLANK   = 125', 2, 0, true",
        "8, 'BLANK   =                  125', 1, 0, true",
        "8, 'BZERO   = -128', 1, -128, false",
        "32, 'BSCALE  = 2.5D-1;BZERO   = 1.0D2', 0.25, 100, false",
        "64, 'BZERO   = 10', 1, 10, false",
        "-32, 'BZERO   = 100.;BLANK   = 125', 1, 100, false",
        "-64, 'BSCALE  = .5', 0.5, 0, false",
    })
    void values(int bits, String cards, double slope, double zero, boolean blank)
            throws IOException {
        Path file = Files.write(folder.resolve("a.fits"), file(bits, cards));
        assertValues(ImageFile.open(file.toString()), bits, slope, zero, blank);
        Path packed = folder.resolve("a.fits.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(file(bits, cards));
        }
        assertValues(ImageFile.open(packed.toString()), bits, slope, zero, blank);
    }

    /** Blank values need floats, however the user converts images. */
    @Test
    void settingsOfTheUserStay() throws IOException {
        boolean before = ImageConverter.getDoScaling();
        Path file = Files.write(folder.resolve("a.fits"), file(8, "BLANK   = 125"));
        for (boolean scaling : new boolean[] {true, false}) {
            ImageConverter.setDoScaling(scaling);
            assertValues(ImageFile.open(file.toString()), 8, 1, 0, true);
            assertEquals(scaling, ImageConverter.getDoScaling());
        }
        ImageConverter.setDoScaling(before);
    }

    /** Extensions behind the image, of any length. */
    @Test
    void muchBehindTheImage() throws IOException {
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 0;
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) {
                        return length;
                    }
                };
        PackedFile.requireSoundEnd(endless);
    }

    @Test
    void scaleThatIsNoNumber() throws IOException {
        Path file = Files.write(folder.resolve("a.fits"), file(16, "BSCALE  = 'two'"));
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                        .getMessage();
        assertTrue(message.contains("a.fits") && message.contains("BSCALE"), message);
    }
}
