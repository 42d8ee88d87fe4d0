/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageViewTest;
import sc.fiji.attribution.fiji.map.Provenance;

class OverlayPictureTest {

    /** A ball of grey with evidence for on its left and evidence against on its right. */
    private static ImagePlus ball(boolean map) {
        return Specimens.image(
                32,
                30,
                30,
                1,
                20,
                1,
                p -> {
                    double r = Math.hypot(Math.hypot(p[0] - 14.5, p[1] - 14.5), p[3] - 9.5);
                    return r > 9 ? 0 : map ? Math.signum(14.5 - p[0]) * 3 : 100 - r;
                });
    }

    private static OverlayPicture picture(ImagePlus image, ImagePlus map) {
        return OverlayPicture.of(Overlay.of(image, map)).planes(false);
    }

    private static int count(BufferedImage picture, boolean red) {
        int count = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth() - 150; x++) {
                int rgb = picture.getRGB(x, y);
                int excess = (rgb >> 16 & 0xff) - (rgb & 0xff);
                count += (red ? excess : -excess) > 80 ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void bothSignsAreDrawnOverTheAnatomy() {
        BufferedImage picture = picture(ball(false), ball(true)).slices(6).draw();
        int red = count(picture, true);
        int blue = count(picture, false);
        assertTrue(red > 500, "red " + red);
        assertEquals(red, blue, 0.1 * red);
    }

    @Test
    void zeroMapLeavesTheAnatomyGrey() {
        ImagePlus zero = Specimens.image(32, 30, 30, 1, 20, 1, p -> 0);
        BufferedImage picture = picture(ball(false), zero).slices(1).draw();
        assertEquals(0, count(picture, true));
        assertEquals(0, count(picture, false));
    }

    /** Forty slices of anatomy, and a map that is strong in the slices that are given. */
    private static int[] strongest(int count, int... strong) {
        ImagePlus anatomy = Specimens.image(32, 6, 6, 1, 40, 1, p -> 100);
        ImagePlus map =
                Specimens.image(
                        32,
                        6,
                        6,
                        1,
                        40,
                        1,
                        p -> Arrays.binarySearch(strong, p[3]) < 0 ? 0 : 1 + p[3]);
        return OverlayVolume.of(Overlay.of(anatomy, map), 0).strongest(2, count);
    }

    @Test
    void strongestSlicesAreShown() {
        assertArrayEquals(new int[] {21, 23, 25}, strongest(3, 20, 21, 22, 23, 24, 25));
        assertArrayEquals(
                new int[] {20, 21, 22}, strongest(3, 20, 21, 22), "neighbours, if need be");
        assertArrayEquals(
                new int[] {20, 21}, strongest(8, 20, 21), "fewer where fewer have anything");
        assertArrayEquals(new int[] {6, 20, 33}, strongest(3), "nothing: spread over the anatomy");
    }

    @Test
    void pixelsThatAreNotSquareAreDrawnInProportion() {
        ImagePlus tall = ball(false);
        OverlayVolume square = OverlayVolume.of(Overlay.of(tall, ball(true)), 0);
        tall.getCalibration().pixelHeight = 2;
        OverlayVolume high = OverlayVolume.of(Overlay.of(tall, ball(true)), 0);
        assertEquals(square.pixels(0, 8), high.pixels(0, 8));
        assertEquals(2 * square.pixels(1, 8), high.pixels(1, 8));
    }

    @Test
    void smallFlatPictureHasRoomForBarAndCaption(@TempDir Path folder) throws IOException {
        ImagePlus digit = Specimens.image(8, 28, 28, 1, 1, 1, p -> p[0] == 14 ? 255 : 0);
        ImagePlus map = Specimens.image(32, 28, 28, 1, 1, 1, p -> p[0] == 14 ? 1 : 0);
        String caption = "A caption that is longer than the picture is wide";
        String path = folder.resolve("p.png").toString();
        picture(digit, map).zoom(1).caption(caption).save(path);
        BufferedImage picture = ImageIO.read(new File(path));
        int background = picture.getRGB(0, 0);
        for (int x = 0; x < picture.getWidth(); x++) {
            for (int y : new int[] {2, picture.getHeight() - 3}) {
                assertEquals(background, picture.getRGB(x, y), "nothing runs off the edge");
            }
        }
        for (int y = 0; y < picture.getHeight(); y++) {
            assertEquals(background, picture.getRGB(picture.getWidth() - 3, y));
        }
        OverlayPicture flat = picture(digit, map);
        assertThrows(OptionException.class, () -> flat.zoom(0));
    }

    @Test
    void unitsOfManyWordsAreWholeBesideTheBar() {
        ImagePlus digit = Specimens.image(8, 28, 28, 1, 1, 1, p -> p[0] == 14 ? 255 : 0);
        ImagePlus map = Specimens.image(32, 28, 28, 1, 1, 1, p -> p[0] == 14 ? 1 : 0);
        map.setProp(Provenance.UNIT, "logit per unit of the input of a long name");
        BufferedImage picture = picture(digit, map).zoom(1).caption("c").draw();
        for (int y = 0; y < picture.getHeight(); y++) {
            assertEquals(picture.getRGB(0, 0), picture.getRGB(picture.getWidth() - 3, y));
        }
    }

    @Test
    void refusesAnotherGrid() {
        ImageViewTest.assertMessage(
                () -> Overlay.of(ball(false), Specimens.numbered(32, 30, 30, 1, 19, 1)),
                "differ in width, height or slices");
    }

    @ParameterizedTest
    @CsvSource({
        "2.9,2.9",
        "0.0123,0.012",
        "123.4,123",
        "1,1.0",
        "0.00012,1.2e-4",
        "1.2e7,1.2e7",
        "9.96,10",
        "0.001,0.001"
    })
    void rangeIsWrittenWithTwoDigitsThatCount(double value, String expected) {
        assertEquals(expected, ColourBar.number(value));
    }

    /** A plane that lies at an angle has no one place. */
    @Test
    void placesOfPlanes() {
        int[] size = {11, 21, 31};
        VoxelToWorld straight = VoxelToWorld.scaling(1, 1, 3);
        assertEquals("z = 12 mm", straight.plane(size, 2, 4, 2, "mm"));
        // 5 · 0.5 + 10 · 0.45 from the middle to a corner, which is taken off at its end.
        VoxelToWorld oblique =
                new VoxelToWorld(new double[] {1, 0, 0, 0, 0, 1, 0, 0, 0.5, 0.45, 3, -7});
        assertEquals("z = 12 ± 7 mm", oblique.plane(size, 2, 4, 2, "mm"));
    }
}
