/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.VirtualStack;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.model.Packages;

/** What stands in ImageJ's archives is checked as any other file. */
class ZippedImageTest {

    @TempDir Path folder;

    private List<Path> before;

    @BeforeEach
    void look() throws IOException {
        before = Packages.leftovers();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertEquals(before, Packages.leftovers());
    }

    /** One of the files of {@code tiff/kinds.zip}. */
    private static byte[] kind(String name) throws IOException {
        try (ZipInputStream in =
                new ZipInputStream(
                        ZippedImageTest.class.getResourceAsStream(
                                "/sc/fiji/attribution/tiff/kinds.zip"))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    return in.readAllBytes();
                }
            }
        }
        throw new FileNotFoundException(name);
    }

    private Path archive(String entry, byte[] bytes) throws IOException {
        Path archive = folder.resolve("image.zip");
        try (OutputStream file = Files.newOutputStream(archive);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.putNextEntry(new ZipEntry(entry));
            out.write(bytes);
        }
        return archive;
    }

    private static String refusal(Path archive) {
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(archive.toString()))
                        .getMessage();
        assertTrue(message.contains(archive.toString()), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    /** ImageJ reads others, and signed 8 bits as unsigned. */
    @Test
    void valuesAreThoseOfTheFile() throws IOException {
        byte[] file = kind("12u_1_1_c8.tif");
        ImagePlus plain = ImageFile.open(Files.write(folder.resolve("a.tif"), file).toString());
        ImagePlus image = ImageFile.open(archive("../../../a name.tif", file).toString());
        assertEquals("a name.tif", image.getTitle());
        assertEquals(List.of(folder.resolve("image.zip")), Outputs.filesOf(image).subList(0, 1));
        assertEquals(12345 % 4096, image.getProcessor().getf(0));
        for (int i = 0; i < plain.getProcessor().getPixelCount(); i++) {
            assertEquals(plain.getProcessor().getf(i), image.getProcessor().getf(i));
        }
        ImagePlus signed =
                ImageFile.open(archive("i.TIF", kind("8i_1_1_plain-big.tif")).toString());
        assertEquals(12345 % 256 - 128, signed.getProcessor().getf(0));
    }

    @Test
    void whatIsRefusedElsewhereIsRefusedHere() throws IOException {
        String cmyk = refusal(archive("a.tif", kind("refused/in CMYK.tif")));
        assertTrue(cmyk.contains("in CMYK"), cmyk);
        byte[] file = kind("16u_1_1_plain-big.tif");
        byte[] half = Arrays.copyOf(file, file.length / 2);
        // By what it holds, whatever its name says.
        for (String name : List.of("a.tif", "a.dcm")) {
            String cut = refusal(archive(name, half));
            assertTrue(cut.contains("copy or download it again"), cut);
        }
        refusal(archive("a.tif", new byte[0]));
        refusal(archive("a.txt", file));
    }

    @Test
    void archiveThatIsDamaged() throws IOException {
        Path archive = archive("a.tif", kind("16u_1_1_plain-big.tif"));
        byte[] bytes = Files.readAllBytes(archive);
        for (int at : new int[] {40, 100, bytes.length / 2}) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x55;
            Files.write(archive, damaged);
            assertTrue(refusal(archive).contains("again"));
        }
        Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(refusal(archive).contains("does not unpack"));
    }

    /** Which of two is said by number or name, and never guessed. */
    @Test
    void twoImages() throws IOException {
        Path archive = folder.resolve("two.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String name : List.of("readme.txt", "one.tif", "__MACOSX/one.tif", "b/two.tiff")) {
                out.putNextEntry(new ZipEntry(name));
                String kind = name.contains("two") ? "8i_1_1_lzw-big.tif" : "12u_1_1_c8.tif";
                out.write(name.endsWith("txt") ? new byte[9] : kind(kind));
            }
        }
        String refusal = refusal(archive);
        assertTrue(refusal.contains("1: one.tif; 2: b/two.tiff"), refusal);
        for (String choice : List.of("2", "two")) {
            ImagePlus image = ImageFile.open(archive.toString(), new Series(choice));
            assertEquals("two.tiff", image.getTitle());
            assertEquals(12345 % 256 - 128, image.getProcessor().getf(0));
        }
        assertEquals(
                12345 % 4096,
                ImageFile.open(archive.toString(), new Series("1")).getProcessor().getf(0));
        String none =
                assertThrows(
                                ImageException.class,
                                () -> ImageFile.open(archive.toString(), new Series("3")))
                        .getMessage();
        assertTrue(none.contains("is none of the series"), none);
    }

    /** What another reader left in the file is read before that is gone. */
    @Test
    void planesThatAreReadLater() {
        VirtualStack later =
                new VirtualStack(3, 2) {
                    @Override
                    public ImageProcessor getProcessor(int number) {
                        ShortProcessor plane = new ShortProcessor(3, 2);
                        plane.set(5, 100 * number);
                        return plane;
                    }

                    @Override
                    public int getSize() {
                        return 6;
                    }

                    @Override
                    public String getSliceLabel(int number) {
                        return "plane " + number;
                    }
                };
        ImagePlus image = new ImagePlus("later", later);
        image.setDimensions(2, 3, 1);
        ImagePlus read = new ZippedImage(Path.of("a.zip")).inMemory(image);
        assertFalse(read.getStack().isVirtual());
        assertArrayEquals(new int[] {3, 2, 2, 3, 1}, read.getDimensions());
        assertEquals(600, read.getStack().getProcessor(6).get(5));
        assertEquals("plane 6", read.getStack().getSliceLabel(6));
    }
}
