/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.ImagePlus;
import ij.process.LUT;
import java.awt.Color;

/** Colours in which neighbouring numbers of a label image are told apart; 0 is black. */
public final class LabelColours {

    private static final int COLOURS = 256;

    /** Hues that follow each other lie far apart: the golden section of the circle. */
    private static final double HUE_STEP = (Math.sqrt(5) - 1) / 2;

    private static final float[] SATURATION = {0.85f, 0.55f, 1};
    private static final float[] BRIGHTNESS = {1, 0.9f, 0.7f};

    private LabelColours() {}

    /**
     * Shows an image of labels in them.
     *
     * @param largest label; more than 255 share colours with their neighbours
     */
    public static void show(ImagePlus labels, int largest) {
        labels.setLut(lut());
        labels.setDisplayRange(0, Math.max(COLOURS - 1, largest));
    }

    private static LUT lut() {
        byte[][] parts = new byte[3][COLOURS];
        for (int label = 1; label < COLOURS; label++) {
            int kind = label % SATURATION.length;
            int colour =
                    Color.HSBtoRGB((float) (label * HUE_STEP), SATURATION[kind], BRIGHTNESS[kind]);
            for (int part = 0; part < parts.length; part++) {
                parts[part][label] = (byte) (colour >> 16 - Byte.SIZE * part);
            }
        }
        return new LUT(parts[0], parts[1], parts[2]);
    }
}
