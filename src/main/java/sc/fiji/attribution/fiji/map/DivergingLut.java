/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.process.LUT;
import sc.fiji.attribution.core.OptionException;

/**
 * Colours for signed maps: red for evidence, blue for evidence against, both of the same lightness
 * for the same amount, and one neutral colour at zero. Lightness runs evenly in CIELAB, so that
 * equal steps of the map look equal and neither sign looks stronger in grey print; hues stay apart
 * for colour-blind readers.
 */
public enum DivergingLut {
    /** White at zero and dark at the ends, for reading a map by itself. */
    LIGHT(97, 33, 38, 30, 62, 262, 281, 44),
    /** Black at zero and bright at the ends, for volume rendering and for overlays. */
    DARK(0, 64, 32, 40, 84, 288, 268, 52);

    private final double middle;
    private final double end;
    private final double redHue;
    private final double redEndHue;
    private final double blueHue;
    private final double blueEndHue;
    private final double redChroma;
    private final double blueChroma;

    /** Of the colours of each sign: a step is less than a level of red, green or blue. */
    private static final int STEPS = 16 * 127;

    /** From -STEPS to STEPS, as far as they were asked for; opaque, so that none is 0. */
    private final int[] shades = new int[2 * STEPS + 1];

    /** Lightness (0 to 100) and hues (degrees) at zero and at the ends, chroma at the ends. */
    DivergingLut(
            double middle,
            double end,
            double redHue,
            double redEndHue,
            double redChroma,
            double blueHue,
            double blueEndHue,
            double blueChroma) {
        this.middle = middle;
        this.end = end;
        this.redHue = redHue;
        this.redEndHue = redEndHue;
        this.blueHue = blueHue;
        this.blueEndHue = blueEndHue;
        this.redChroma = redChroma;
        this.blueChroma = blueChroma;
    }

    /**
     * @param name {@code light} or {@code dark}
     */
    public static DivergingLut named(String name) {
        for (DivergingLut lut : values()) {
            if (lut.name().equalsIgnoreCase(name.strip())) {
                return lut;
            }
        }
        throw new OptionException("colours='" + name + "': expected light or dark.");
    }

    /**
     * The 256 entries. With a display range [-m, m] ImageJ draws zero with entry 127 or 128,
     * whichever way it rounds, so these two are the same neutral colour.
     */
    public LUT lut() {
        byte[][] entries = new byte[3][256];
        for (int i = 0; i < 256; i++) {
            int rgb = rgb((i < 128 ? i - 127 : i - 128) / 127.0);
            entries[0][i] = (byte) (rgb >> 16);
            entries[1][i] = (byte) (rgb >> 8);
            entries[2][i] = (byte) rgb;
        }
        return new LUT(entries[0], entries[1], entries[2]);
    }

    /**
     * The colour of a value.
     *
     * @param fraction the value as a part of the largest one shown, -1 to 1; beyond is clipped
     * @return red, green and blue as {@code 0xRRGGBB}
     */
    public int rgb(double fraction) {
        int step = (int) Math.round(Math.max(-1, Math.min(1, fraction)) * STEPS);
        int shade = shades[STEPS + step];
        if (shade == 0) {
            shade = 0xff000000 | shade((double) step / STEPS);
            shades[STEPS + step] = shade;
        }
        return shade & 0xffffff;
    }

    private int shade(double fraction) {
        double amount = Math.abs(fraction);
        double lightness = middle + (end - middle) * amount;
        double hue =
                fraction < 0
                        ? blueHue + (blueEndHue - blueHue) * amount
                        : redHue + (redEndHue - redHue) * amount;
        // Chroma grows fast near the middle, where the sign must show first.
        double wanted = (fraction < 0 ? blueChroma : redChroma) * Math.sin(Math.PI / 2 * amount);
        double low = 0;
        double high = wanted;
        if (inGamut(linearRgb(lightness, high, hue))) {
            low = high;
        }
        while (high - low > 1e-3) {
            double chroma = (low + high) / 2;
            if (inGamut(linearRgb(lightness, chroma, hue))) {
                low = chroma;
            } else {
                high = chroma;
            }
        }
        int rgb = 0;
        for (double component : linearRgb(lightness, low, hue)) {
            rgb = rgb << 8 | (int) Math.round(255 * gamma(component));
        }
        return rgb;
    }

    private static boolean inGamut(double[] rgb) {
        for (double component : rgb) {
            if (component < 0 || component > 1) {
                return false;
            }
        }
        return true;
    }

    /** CIELAB in polar form (white point D65) to linear sRGB. */
    private static double[] linearRgb(double lightness, double chroma, double hue) {
        double fy = (lightness + 16) / 116;
        double x = 0.95047 * cube(fy + chroma * Math.cos(Math.toRadians(hue)) / 500);
        double y = cube(fy);
        double z = 1.08883 * cube(fy - chroma * Math.sin(Math.toRadians(hue)) / 200);
        return new double[] {
            3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
            -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
            0.0556434 * x - 0.2040259 * y + 1.0572252 * z
        };
    }

    private static double cube(double f) {
        return f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
    }

    private static double gamma(double linear) {
        double clipped = Math.max(0, Math.min(1, linear));
        return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * Math.pow(clipped, 1 / 2.4) - 0.055;
    }
}
