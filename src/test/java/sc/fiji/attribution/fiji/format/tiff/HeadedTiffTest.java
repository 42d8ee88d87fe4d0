/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.io.Opener;
import ij.measure.Calibration;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Files that ImageJ wrote, against ImageJ's own reading of them. */
class HeadedTiffTest {

    @TempDir Path folder;

    private Path write(ImagePlus image) {
        Path file = folder.resolve("image.tif");
        new FileSaver(image).saveAsTiff(file.toString());
        return file;
    }

    private static boolean isHeaded(Path file) throws IOException {
        List<Page> pages = List.of(Page.of(file, Directory.first(file)));
        return HeadedTiff.of(PlanesInARow.of(file, pages)).isPresent();
    }

    private static ImagePlus image(String kind) {
        ImagePlus image = IJ.createImage("image", kind, 7, 5, 2, 3, 2);
        for (int i = 1; i <= image.getStackSize(); i++) {
            int each = i;
            image.getStack().getProcessor(i).setColor(0);
            for (int x = 0; x < 7; x++) {
                image.getStack().getProcessor(i).setf(x, 2, 3 * each + x);
            }
            image.getStack().setSliceLabel("plane " + i, i);
        }
        image.getCalibration().pixelDepth = 2.5;
        image.getCalibration().zOrigin = -3;
        image.getCalibration().setUnit("mm");
        image.setProperty("Info", "what is said\nof it");
        image.setProp("key", "value");
        image.setOverlay(new Overlay(new Roi(1, 1, 3, 2)));
        return image;
    }

    private static String said(Calibration calibration) {
        return calibration.toString().replaceAll("@\\w+", "")
                + calibration.xOrigin
                + ' '
                + calibration.zOrigin
                + Arrays.toString(calibration.getCoefficients());
    }

    private static void assertSame(ImagePlus expected, ImagePlus read) {
        assertEquals(expected.getTitle(), read.getTitle());
        assertEquals(expected.getType(), read.getType());
        assertArrayEquals(expected.getDimensions(), read.getDimensions());
        assertEquals(expected.getOpenAsHyperStack(), read.getOpenAsHyperStack());
        assertEquals(said(expected.getCalibration()), said(read.getCalibration()));
        assertEquals(expected.getInfoProperty(), read.getInfoProperty());
        assertArrayEquals(expected.getPropertiesAsArray(), read.getPropertiesAsArray());
        assertEquals(expected.getDisplayRangeMin(), read.getDisplayRangeMin());
        assertEquals(expected.getDisplayRangeMax(), read.getDisplayRangeMax());
        assertArrayEquals(expected.getLuts(), read.getLuts());
        assertEquals(
                expected.getOriginalFileInfo().toString(), read.getOriginalFileInfo().toString());
        assertEquals(
                expected.getOverlay() == null ? 0 : expected.getOverlay().size(),
                read.getOverlay() == null ? 0 : read.getOverlay().size());
        for (int i = 1; i <= expected.getStackSize(); i++) {
            assertEquals(
                    expected.getStack().getSliceLabel(i), read.getStack().getSliceLabel(i), "" + i);
            assertTrue(
                    Arrays.deepEquals(
                            new Object[] {expected.getStack().getPixels(i)},
                            new Object[] {read.getStack().getPixels(i)}),
                    "plane " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8-bit ramp", "16-bit", "32-bit", "RGB", "8-bit composite"})
    void isReadAsByImageJ(String kind) throws IOException {
        ImagePlus image = image(kind);
        if (image instanceof CompositeImage composite) {
            composite.setMode(IJ.GRAYSCALE);
        }
        Path file = write(image);
        assertTrue(isHeaded(file), "by the short way");
        assertSame(new Opener().openImage(file.toString()), ImageFile.open(file.toString()));
    }

    @Test
    void signedNumbersAndSinglePlanes() throws IOException {
        ImagePlus image = IJ.createImage("image", "16-bit", 6, 4, 1);
        image.getProcessor().set(3, 2, 40000);
        image.getCalibration().setSigned16BitCalibration();
        image.setProp("Slice_Label", "alone");
        Path file = write(image);
        assertTrue(isHeaded(file));
        assertSame(new Opener().openImage(file.toString()), ImageFile.open(file.toString()));
    }

    /** A directory that was changed is looked at, as those of other programs are. */
    @Test
    void planesElsewhereAreReadFromThere() throws IOException {
        Path file = write(IJ.createImage("image", "8-bit ramp", 9, 8, 4));
        byte[] before = (byte[]) ImageFile.open(file.toString()).getStack().getPixels(3);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            long planes = Directory.first(file).all(Directory.STRIPS)[0];
            // The third directory's plane becomes the first one, which is made another.
            out.seek(planes);
            out.write(new byte[9]);
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
            all.order(Directory.first(file).order());
            int place = place(all, (int) planes + 2 * 72);
            all.putInt(place, (int) planes);
            Files.write(file, all.array());
        }
        byte[] read = (byte[]) ImageFile.open(file.toString()).getStack().getPixels(3);
        assertFalse(Arrays.equals(before, read));
        assertEquals(0, read[8]);
    }

    /** Where the file has that number, as the offset of a plane. */
    private static int place(ByteBuffer all, int number) {
        for (int i = 0; i + 12 <= all.capacity(); i++) {
            if (all.getShort(i) == Directory.STRIPS && all.getInt(i + 8) == number) {
                return i + 8;
            }
        }
        throw new AssertionError("no directory of that plane");
    }
}
