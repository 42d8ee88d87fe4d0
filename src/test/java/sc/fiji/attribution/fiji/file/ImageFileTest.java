/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.VirtualStack;
import ij.io.FileSaver;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.input.ImageViewTest;
import sc.fiji.attribution.fiji.map.DivergingLut;

class ImageFileTest {

    @TempDir Path folder;

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void savedImageOpensAgain(int bits) throws IOException {
        ImagePlus image = Specimens.numbered(bits, 7, 5, 2, 3, 2);
        ImageFile.checkWritable(path("a b.tif"));
        assertEquals(List.of(), names());
        ImageFile.save(image, path("a b.tif"));
        assertEquals(List.of("a b.tif"), names());
        ImagePlus opened = ImageFile.open(path("a b.tif"));
        assertArrayEquals(image.getDimensions(), opened.getDimensions());
        for (int i = 1; i <= 12; i++) {
            for (int k = 0; k < 35; k++) {
                assertEquals(
                        image.getStack().getProcessor(i).getf(k),
                        opened.getStack().getProcessor(i).getf(k));
            }
            assertEquals(image.getStack().getSliceLabel(i), opened.getStack().getSliceLabel(i));
        }
    }

    @Test
    void writesWhatImageJsOwnSavingWrites() throws IOException {
        ImagePlus image = Specimens.numbered(32, 7, 5, 2, 3, 2);
        image.setProp("key", "value");
        image.setProperty("Info", "some info");
        image.setLut(DivergingLut.LIGHT.lut());
        ImageFile.save(image, path("ours.tif"));
        new FileSaver(image).saveAsTiffStack(path("theirs.tif"));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("theirs.tif")),
                Files.readAllBytes(folder.resolve("ours.tif")));
    }

    @Test
    void archiveAndPngOpenToo() {
        ImagePlus image = Specimens.image(8, 70, 50, 1, 1, 1, p -> p[0] / 10);
        new FileSaver(image).saveAsZip(path("a.zip"));
        new FileSaver(image).saveAsPng(path("a.png"));
        for (String name : List.of("a.zip", "a.png")) {
            assertEquals(6, ImageFile.open(path(name)).getProcessor().get(69, 3));
        }
    }

    @Test
    void overwritesAndLeavesNothingBeside() throws IOException {
        ImageFile.save(Specimens.numbered(8, 7, 5, 1, 1, 1), path("map.tiff"));
        ImageFile.save(Specimens.numbered(8, 3, 2, 1, 4, 1), path("map.tiff"));
        assertEquals(List.of("map.tiff"), names());
        assertEquals(4, ImageFile.open(path("map.tiff")).getNSlices());
        assertEquals(
                Files.getPosixFilePermissions(Files.createFile(folder.resolve("plain"))),
                Files.getPosixFilePermissions(folder.resolve("map.tiff")));
    }

    @Test
    void failureMidwayKeepsTheOldFile() throws IOException {
        Files.writeString(folder.resolve("map.tif"), "old");
        VirtualStack stack =
                new VirtualStack(4, 4, 3) {
                    @Override
                    public ImageProcessor getProcessor(int n) {
                        if (n == 3) {
                            throw new IllegalStateException("unreadable slice");
                        }
                        return new FloatProcessor(4, 4);
                    }
                };
        stack.setBitDepth(32);
        ImagePlus image = new ImagePlus("virtual", stack);
        assertThrows(IllegalStateException.class, () -> ImageFile.save(image, path("map.tif")));
        assertEquals(List.of("map.tif"), names());
        assertEquals("old", Files.readString(folder.resolve("map.tif")));
    }

    @Test
    void unwritablePathsAreFoundBefore() throws IOException {
        Files.createDirectory(folder.resolve("dir.tif"));
        Files.writeString(folder.resolve("file"), "x");
        ImageViewTest.assertMessage(
                () -> ImageFile.checkWritable(path("none/map.tif")), "none' does not exist");
        ImageViewTest.assertMessage(() -> ImageFile.checkWritable(path("dir.tif")), "is a folder");
        ImageViewTest.assertMessage(
                () -> ImageFile.checkWritable(path("file/map.tif")), "file' is a file");
        ImageViewTest.assertMessage(
                () -> ImageFile.checkWritable(path("map.png")), "end the name in .tif");
        ImageViewTest.assertMessage(() -> ImageFile.checkWritable(" "), "empty");
        ImageViewTest.assertMessage(() -> ImageFile.checkWritable("a\0.tif"), "no file path");
        ImageViewTest.assertMessage(() -> ImageFile.checkWritable("/"), "folder");
        ImageViewTest.assertMessage(
                () -> ImageFile.checkWritable(path("a".repeat(300) + ".tif")),
                "no file can be created");
        assertEquals(List.of("dir.tif", "file"), names());
    }

    @Test
    void whatIsNoImageIsRefused() throws IOException {
        ImageViewTest.assertMessage(
                () -> ImageFile.open(path("none.tif")), "none.tif' does not exist");
        ImageViewTest.assertMessage(() -> ImageFile.open(folder.toString()), "is a folder");
        ImageViewTest.assertMessage(() -> ImageFile.open(null), "empty");
        for (String name :
                List.of("t.txt", "t.csv", "t.java", "t.tif", "t.bin", "t.png", "t.dcm", "t.zip")) {
            Files.writeString(folder.resolve(name), "this is no image at all, 1, 2\n".repeat(20));
            ImageViewTest.assertMessage(
                    () -> ImageFile.open(path(name)), name, "could not be read as an image");
        }
        Files.createFile(folder.resolve("empty.tif"));
        ImageViewTest.assertMessage(() -> ImageFile.open(path("empty.tif")), "could not be read");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void damagedTiffIsRefused(int slices) throws IOException {
        ImageFile.save(Specimens.numbered(8, 70, 50, 1, slices, 1), path("whole.tif"));
        byte[] whole = Files.readAllBytes(folder.resolve("whole.tif"));
        Files.write(folder.resolve("cut.tif"), Arrays.copyOf(whole, 2 * whole.length / 3));
        ImageViewTest.assertMessage(() -> ImageFile.open(path("cut.tif")), "cut.tif' is cut short");
        Files.write(folder.resolve("stub.tif"), Arrays.copyOf(whole, 6));
        ImageViewTest.assertMessage(() -> ImageFile.open(path("stub.tif")), "damaged");
    }

    @Test
    void aMapIsNotSavedOverItsImage() {
        for (String name : new String[] {"image.tif", "image.nii.gz"}) {
            String path = folder.resolve(name).toString();
            ImageFile.save(IJ.createImage("image", "32-bit ramp", 6, 5, 4), path);
            ImagePlus image = ImageFile.open(path);
            ImageFile.requireOther(folder.resolve("other " + name).toString(), image);
            String detour = folder.resolve(".").resolve(name).toString();
            String message =
                    assertThrows(ImageException.class, () -> ImageFile.requireOther(detour, image))
                            .getMessage();
            assertTrue(message.contains("the image itself"), message);
        }
    }
}
