/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Pictures that ImageJ reads: right where they are sound, else one line and none of ImageJ's. */
class SoundPictureTest {

    private static final int SIZE = 48;

    @TempDir Path folder;

    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
        Random random = new Random(1);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                image.getRaster().setSample(x, y, 0, y < 24 ? 5 * x : random.nextInt(256));
            }
        }
        return image;
    }

    private static byte[] sound(String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (format) {
            case "pgm" -> {
                out.writeBytes(("P5\n# a comment\n" + SIZE + " " + SIZE + "\n255\n").getBytes());
                for (int i = 0; i < SIZE * SIZE; i++) {
                    out.write(picture().getRaster().getSample(i % SIZE, i / SIZE, 0));
                }
            }
            case "fits" -> {
                out.writeBytes(fits("T", "8", "2", "" + SIZE, "" + SIZE));
                for (int i = 0; i < SIZE * SIZE; i++) {
                    // Its first row is the lowest.
                    int y = SIZE - 1 - i / SIZE;
                    out.write(picture().getRaster().getSample(i % SIZE, y, 0));
                }
            }
            default -> assertTrue(ImageIO.write(picture(), format, out));
        }
        return out.toByteArray();
    }

    /** A header of FITS. */
    private static byte[] fits(String simple, String bits, String axes, String... extents) {
        StringBuilder cards = new StringBuilder();
        cards.append(card("SIMPLE", simple)).append(card("BITPIX", bits));
        cards.append(card("NAXIS", axes));
        for (int i = 0; i < extents.length; i++) {
            cards.append(card("NAXIS" + (i + 1), extents[i]));
        }
        cards.append("END");
        return String.format("%-2880s", cards).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String card(String name, String value) {
        return String.format("%-80s", String.format("%-8s= %20s / a comment", name, value));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    /** The one line of a refusal; nothing else may be printed or logged. */
    private static String refusal(Path file) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream watched = new PrintStream(printed, true);
        System.setOut(watched);
        System.setErr(watched);
        try {
            String message =
                    assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                            .getMessage();
            assertTrue(message.contains(file.toString()), message);
            assertEquals(1, message.lines().count(), message);
            return message;
        } finally {
            System.setOut(out);
            System.setErr(err);
            assertEquals("", printed.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "pgm", "fits"})
    void whole(String format) throws IOException {
        int[][] read =
                ImageFile.open(write("a." + format, sound(format)).toString())
                        .getProcessor()
                        .getIntArray();
        for (int i = 0; i < SIZE * SIZE; i++) {
            int expected = picture().getRaster().getSample(i % SIZE, i / SIZE, 0);
            assertEquals(expected, read[i % SIZE][i / SIZE], "pixel " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "pgm", "fits"})
    void cutShort(String format) throws IOException {
        byte[] sound = sound(format);
        for (int percent : new int[] {5, 30, 50, 70, 90}) {
            Path file = write("a." + format, Arrays.copyOf(sound, sound.length * percent / 100));
            assertTrue(refusal(file).contains("copy or download it again"));
        }
    }

    /** Each byte counts: there are checksums. */
    @Test
    void pngWithWrongBytes() throws IOException {
        byte[] sound = sound("png");
        for (int i = 8; i < sound.length; i += 7) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 1;
            refusal(write("a.png", damaged));
        }
    }

    /** Where nothing can be missed the file is as good as any other. */
    @ParameterizedTest
    @ValueSource(strings = {"jpg", "gif", "bmp"})
    void wrongBytesAreOpenedOrRefusedInOneLine(String format) throws IOException {
        byte[] sound = sound(format);
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 100; i++) {
            byte[] damaged = sound.clone();
            // In a bitmap all but the head are pixels.
            int where = random.nextInt(format.equals("bmp") ? 54 : sound.length);
            damaged[where] = (byte) random.nextInt();
            Path file = write("a." + format, damaged);
            try {
                SoundPicture.require(file);
            } catch (ImageException e) {
                String refusal = refusal(file);
                assertTrue(refusal.startsWith(e.getMessage()), refusal);
                refused++;
            }
        }
        assertTrue(refused > 2, refused + " refused");
    }

    @ParameterizedTest
    @CsvSource({
        "F, 8, 2, 48, 48, no FITS by its first line",
        "T, 17, 2, 48, 48, says BITPIX = 17",
        "T, 8, 0, 48, 48, stands in an extension",
        "T, 8, 2, 0, 48, is FITS of random groups",
        "T, 8, 2, -48, 48, says NAXIS1 = -48",
        "T, 8, 2, abc, 48, no number for NAXIS1",
        "T, 8, 2, 30000000, 48, claims 30000000x48 pixels",
        "T, -64, 2, 48, 48, claims 48x48 pixels",
        "T, 8, 3, 48, 48, no number for NAXIS3",
    })
    void headersOfFits(String simple, String bits, String axes, String x, String y, String words)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(fits(simple, bits, axes, x, y));
        out.writeBytes(new byte[SIZE * SIZE]);
        String message = refusal(write("a.fits", out.toByteArray()));
        assertTrue(message.contains(words), message);
    }

    @ParameterizedTest
    @CsvSource({
        "P1 4 2 1 0 1 0 1 0 1, P1 4 2 1 0 1 0 1 0 1 0",
        "P2 2 2 255 1 2 3, P2 2 2 255 1 2 3 4",
        "P3 1 2 255 1 2 3 4 5, P3 1 2 255 1 2 3 4 5 6",
        "P5 2 2 255 abc, P5 2 2 255 abcd",
        "P5 2 2 65535 abcdefg, P5 2 2 65535 abcdefgh",
        "P6 1 2 255 abcde, P6 1 2 255 abcdef",
    })
    void portable(String less, String enough) throws IOException {
        assertTrue(refusal(write("a.pgm", less.getBytes())).contains(" pixels and has "));
        SoundPicture.require(write("b.pgm", enough.getBytes()));
    }

    @Test
    void portableWithALongComment() throws IOException {
        String head = "P5\n# " + "12 ".repeat(1000) + "\n2 2\n255\n";
        Path file = write("a.pgm", (head + "abcd").getBytes());
        assertEquals('d', ImageFile.open(file.toString()).getProcessor().getf(1, 1));
        assertTrue(refusal(write("b.pgm", (head + "abc").getBytes())).contains("claims 2x2"));
    }
}
