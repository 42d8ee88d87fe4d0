/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.Prefs;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.io.FileInfo;
import ij.io.FileSaver;
import ij.io.TiffEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.fiji.Specimens;

class TiffWriterTest {

    @AfterEach
    void asItWas() {
        Prefs.intelByteOrder = false;
    }

    /**
     * Also a plane of more bytes than are turned at a time, and a text longer than ImageJ's head.
     */
    @ParameterizedTest
    @CsvSource({
        "32, 5, 4, 1, 1, 1, 0",
        "32, 1, 1, 1, 1, 1, 0",
        "32, 7, 6, 2, 3, 2, 0",
        "32, 1, 1, 2, 3, 2, 3000",
        "32, 200, 150, 1, 2, 1, 3000",
        "16, 7, 6, 2, 3, 2, 0",
        "8, 7, 6, 1, 3, 1, 0"
    })
    void isImageJsOwnFile(int bits, int x, int y, int c, int z, int t, int text)
            throws IOException {
        for (boolean intel : new boolean[] {false, true}) {
            Prefs.intelByteOrder = intel;
            for (boolean bare : new boolean[] {false, true}) {
                ImagePlus image = Specimens.numbered(bits, x, y, c, z, t);
                if (!bare) {
                    adorn(image);
                }
                Supplier<FileInfo> contents = () -> contents(image, "note ".repeat(text / 5));
                ByteArrayOutputStream expected = new ByteArrayOutputStream();
                new TiffEncoder(contents.get()).write(expected);
                ByteArrayOutputStream written = new ByteArrayOutputStream();
                TiffWriter.write(contents.get(), written);
                assertArrayEquals(expected.toByteArray(), written.toByteArray());
            }
        }
    }

    private static void adorn(ImagePlus image) {
        image.getCalibration().setUnit("mm");
        image.getCalibration().pixelWidth = 0.5;
        image.setProperty("Info", "what it is\n");
        image.setProp("attribution.method", "Gradient");
        image.setOverlay(new Overlay(new Roi(0, 0, 1, 1)));
        for (int i = 1; i <= image.getStackSize(); i++) {
            image.getStack().setSliceLabel("slice " + i, i);
        }
    }

    private static FileInfo contents(ImagePlus image, String text) {
        ImagePlus shown =
                image.getNChannels() > 1 ? new CompositeImage(image, CompositeImage.COLOR) : image;
        FileInfo contents = shown.getFileInfo();
        contents.description = new FileSaver(shown).getDescriptionString() + text;
        contents.info = shown.getInfoProperty();
        contents.properties = shown.getPropertiesAsArray();
        if (shown.hasImageStack()) {
            contents.sliceLabels = shown.getStack().getSliceLabels();
        }
        if (shown instanceof CompositeImage) {
            new FileSaver(shown).saveDisplayRangesAndLuts(shown, contents);
        }
        return contents;
    }
}
