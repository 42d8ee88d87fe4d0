/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.process.FloatProcessor;
import ij.process.LUT;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DivergingLutTest {

    /** CIE lightness of an sRGB colour, from its luminance alone. */
    private static double lightness(int rgb) {
        double luminance = 0;
        double[] weights = {0.2126729, 0.7151522, 0.0721750};
        for (int i = 0; i < 3; i++) {
            double v = (rgb >> (16 - 8 * i) & 0xff) / 255.0;
            luminance +=
                    weights[i] * (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
        }
        return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
    }

    @ParameterizedTest
    @EnumSource
    void middleIsNeutralAndRedIsUp(DivergingLut colours) {
        LUT lut = colours.lut();
        int middle = lut.getRGB(127);
        assertEquals(middle, lut.getRGB(128));
        assertEquals(middle & 0xff, middle >> 8 & 0xff);
        assertEquals(middle & 0xff, middle >> 16 & 0xff);
        for (int i = 140; i < 256; i++) {
            assertTrue(lut.getRed(i) > lut.getBlue(i) && lut.getRed(i) > lut.getGreen(i));
            assertTrue(lut.getBlue(255 - i) > lut.getRed(255 - i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lightnessIsEvenAndTheSameForBothSigns(DivergingLut colours) {
        LUT lut = colours.lut();
        double middle = lightness(lut.getRGB(128));
        double end = lightness(lut.getRGB(255));
        double sign = Math.signum(end - middle);
        for (int k = 0; k < 128; k++) {
            double red = lightness(lut.getRGB(128 + k));
            double blue = lightness(lut.getRGB(127 - k));
            assertEquals(red, blue, 0.8, "step " + k);
            assertEquals(middle + (end - middle) * k / 127, red, 0.8, "step " + k);
            if (k >= 2) {
                assertTrue((red - lightness(lut.getRGB(126 + k))) * sign > 0, "step " + k);
                assertTrue((blue - lightness(lut.getRGB(129 - k))) * sign > 0, "step " + k);
            }
        }
        assertTrue(Math.abs(end - middle) > 60);
    }

    @ParameterizedTest
    @EnumSource
    void colourRunsWithoutJumps(DivergingLut colours) {
        LUT lut = colours.lut();
        for (int i = 1; i < 256; i++) {
            for (int shift = 0; shift <= 16; shift += 8) {
                int step = (lut.getRGB(i) >> shift & 0xff) - (lut.getRGB(i - 1) >> shift & 0xff);
                assertTrue(Math.abs(step) <= 6, "entry " + i + ": " + step);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void imageJDrawsZeroNeutral(DivergingLut colours) {
        for (double m : new double[] {1, 3e-9, 0.1, 7.3, 1234567.8, 1e30}) {
            float limit = (float) m;
            FloatProcessor pixels = new FloatProcessor(3, 1, new float[] {-limit, 0, limit});
            pixels.setLut(colours.lut());
            pixels.setMinAndMax(-limit, limit);
            byte[] shown = (byte[]) pixels.convertToByte(true).getPixels();
            assertEquals(0, shown[0] & 0xff);
            assertTrue((shown[1] & 0xff) == 127 || (shown[1] & 0xff) == 128, "at " + m);
            assertEquals(255, shown[2] & 0xff);
            int[] drawn = new int[3];
            pixels.getBufferedImage().getRGB(0, 0, 3, 1, drawn, 0, 3);
            assertEquals(colours.lut().getRGB(127), drawn[1]);
        }
    }
}
