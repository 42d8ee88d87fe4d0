/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static int count(BufferedImage picture, boolean red) {
        int count = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth() - 140; x++) {
                int rgb = picture.getRGB(x, y);
                int excess = (rgb >> 16 & 0xff) - (rgb & 0xff);
                count += (red ? excess : -excess) > 80 ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void bothSignsAreDrawnOverTheAnatomy() {
        BufferedImage picture = OverlayPicture.of(ball(false), ball(true)).slices(6).draw();
        int red = count(picture, true);
        int blue = count(picture, false);
        assertTrue(red > 500, "red " + red);
        assertEquals(red, blue, 0.1 * red);
    }

    @Test
    void zeroMapLeavesTheAnatomyGrey() {
        ImagePlus zero = Specimens.image(32, 30, 30, 1, 20, 1, p -> 0);
        BufferedImage picture = OverlayPicture.of(ball(false), zero).slices(1).draw();
        assertEquals(0, count(picture, true));
        assertEquals(0, count(picture, false));
    }

    @Test
    void pixelsThatAreNotSquareAreDrawnInProportion() {
        ImagePlus tall = ball(false);
        BufferedImage square = OverlayPicture.of(tall, ball(true)).slices(1).zoom(4).draw();
        tall.getCalibration().pixelHeight = 2;
        BufferedImage drawn = OverlayPicture.of(tall, ball(true)).slices(1).zoom(4).draw();
        assertEquals(2, (drawn.getHeight() - 32.0) / (square.getHeight() - 32), 0.01);
        assertTrue(drawn.getHeight() > square.getHeight());
    }

    @Test
    void refusesAnotherGrid() {
        ImageViewTest.assertMessage(
                () -> OverlayPicture.of(ball(false), Specimens.numbered(32, 30, 30, 1, 19, 1)),
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
}
