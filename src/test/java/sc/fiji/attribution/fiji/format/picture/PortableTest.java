/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Source;

/** Portable bitmaps, graymaps and pixmaps (Netpbm): the values that are stored. */
class PortableTest {

    /** No multiple of eight: rows of bits are filled up. */
    private static final int WIDTH = 13;

    private static final int HEIGHT = 5;

    @TempDir Path folder;

    private static int stored(int i, int most) {
        return (i * i * 31 + 7 * i + 3) % (most + 1);
    }

    private static byte[] file(int kind, int most) {
        int samples = kind % 3 == 0 ? 3 : 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String head = "P" + kind + "\n# 12 of a comment\n" + WIDTH + " " + HEIGHT + "\n";
        out.writeBytes(
                (head + (kind % 3 == 1 ? "" : most + "\n")).getBytes(StandardCharsets.US_ASCII));
        int packed = 0;
        for (int i = 0; i < WIDTH * HEIGHT * samples; i++) {
            int value = stored(i, most);
            switch (kind) {
                case 1 -> out.write('0' + value); // without a space between
                case 2, 3 -> out.writeBytes((value + " ").getBytes(StandardCharsets.US_ASCII));
                case 4 -> {
                    packed |= value << 7 - i % WIDTH % 8;
                    if (i % WIDTH % 8 == 7 || i % WIDTH == WIDTH - 1) {
                        out.write(packed);
                        packed = 0;
                    }
                }
                default -> {
                    if (most > 255) {
                        out.write(value >> 8);
                    }
                    out.write(value);
                }
            }
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "2, 255",
        "2, 15",
        "2, 1000",
        "3, 255",
        "3, 100",
        "3, 65535",
        "4, 1",
        "5, 255",
        "5, 15",
        "5, 4095",
        "6, 255",
        "6, 31",
        "6, 1023",
    })
    void samplesAreRead(int kind, int most) throws IOException {
        Path file = Files.write(folder.resolve("a.pnm"), file(kind, most));
        ImagePlus image = ImageFile.open(file.toString());
        int samples = kind % 3 == 0 ? 3 : 1;
        boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
        assertEquals(samples == 3 && most < 256, rgb);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            for (int s = 0; s < samples; s++) {
                int plane = image.getStack().getProcessor(rgb ? 1 : s + 1).get(i);
                int read = rgb ? plane >> 16 - 8 * s & 0xff : plane;
                assertEquals(stored(samples * i + s, most), read, "pixel " + i + ", " + s);
            }
        }
        assertEquals(kind % 3 == 1, image.isInvertedLut());
        String notes = Source.of(image).orElseThrow().notes().toString();
        assertEquals(kind % 3 == 1, notes.contains("0 is white"), notes);
    }

    @Test
    void damaged() throws IOException {
        for (String text : new String[] {"P1 2 1 12", "P2 2 1 9 8 10", "P2 2 1 70000 1 2"}) {
            Path file = Files.writeString(folder.resolve("a.pnm"), text);
            String message =
                    assertThrows(ImageException.class, () -> ImageFile.open(file.toString()))
                            .getMessage();
            assertTrue(message.contains("a.pnm' is cut short or damaged"), message);
        }
    }
}
