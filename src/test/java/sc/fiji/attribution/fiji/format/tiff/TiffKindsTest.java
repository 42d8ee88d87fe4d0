/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.ImageProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Source;

/** Files of other writers, of all kinds: with the right values, or refused by name. */
class TiffKindsTest {

    private static final int WIDTH = 17;
    private static final int HEIGHT = 6;

    @TempDir Path folder;

    private interface Check {
        void accept(String name, Path file);
    }

    private void each(boolean refused, int least, Check check) throws IOException {
        int count = 0;
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        try (ZipInputStream in =
                new ZipInputStream(
                        TiffKindsTest.class.getResourceAsStream(
                                "/sc/fiji/attribution/tiff/kinds.zip"))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName();
                if (name.startsWith("refused/") == refused) {
                    Path file = folder.resolve(name.replaceAll(".*/", ""));
                    check.accept(name, Files.write(file, in.readAllBytes()));
                    count++;
                }
            }
        } finally {
            System.setOut(before);
        }
        assertTrue(count >= least, count + " files");
        assertEquals("", printed.toString());
    }

    /** As the script that wrote the files has it. */
    private static double expected(int bits, char kind, int pixel, int sample, int page) {
        long used = Math.min(bits, 24);
        long i = pixel;
        long value = (i * i * 7919 + sample * 104729L + page * 1299709L + 12345) % (1L << used);
        return switch (kind) {
            case 'i' -> value - (1L << used - 1);
            case 'f' -> value % 2048 / 4.0 - 100;
            default -> value;
        };
    }

    private static double read(ImagePlus image, int pixel, int sample, int samples, int page) {
        boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
        ImageProcessor plane =
                image.getStack().getProcessor(rgb ? page + 1 : page * samples + sample + 1);
        int x = pixel % WIDTH;
        int y = pixel / WIDTH;
        return rgb
                ? plane.get(x, y) >> 16 - 8 * sample & 0xff
                : image.getCalibration().getCValue((double) plane.getf(x, y));
    }

    @Test
    void read() throws IOException {
        each(
                false,
                150,
                (name, file) -> {
                    String[] parts = name.split("_");
                    int bits = Integer.parseInt(parts[0].substring(0, parts[0].length() - 1));
                    char kind = parts[0].charAt(parts[0].length() - 1);
                    int samples = Integer.parseInt(parts[1]);
                    int pages = Integer.parseInt(parts[2]);
                    ImagePlus image = ImageFile.open(file.toString());
                    boolean rgb = image.getType() == ImagePlus.COLOR_RGB;
                    assertEquals(rgb ? pages : pages * samples, image.getStackSize(), name);
                    assertEquals(rgb ? 1 : samples, image.getNChannels(), name);
                    for (int i = 0; i < WIDTH * HEIGHT; i++) {
                        for (int s = 0; s < samples; s++) {
                            for (int p = 0; p < pages; p++) {
                                assertEquals(
                                        expected(bits, kind, i, s, p),
                                        read(image, i, s, samples, p),
                                        name + ": pixel " + i + " of " + s + ", " + p);
                            }
                        }
                    }
                    String notes = Source.of(image).orElseThrow().notes().toString();
                    assertEquals(name.contains("white-is"), notes.contains("0 is white"), notes);
                    assertEquals(name.contains("turned"), notes.contains("orientation 6"), notes);
                });
    }

    @Test
    void refusedByName() throws IOException {
        each(
                true,
                8,
                (name, file) -> {
                    String message =
                            assertThrows(
                                            ImageException.class,
                                            () -> ImageFile.open(file.toString()))
                                    .getMessage();
                    String words = name.replaceAll("^refused/|\\.tif$", "");
                    assertTrue(message.contains(words + ": it is not read here"), message);
                    assertTrue(
                            message.contains(file.toString()) && message.contains("TIFF"), message);
                    assertEquals(List.of(message), message.lines().toList());
                });
    }
}
