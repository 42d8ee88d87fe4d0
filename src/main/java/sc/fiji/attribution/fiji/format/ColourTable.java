/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import ij.process.LUT;
import java.awt.Color;
import java.awt.image.IndexColorModel;

/** Colour tables of files. */
public final class ColourTable {

    private static final int COLOURS = 1 << Byte.SIZE;

    private ColourTable() {}

    /**
     * Says of an image of 8 bits that its colour table is meant as colours, not as a way of showing
     * grey values. Of a table of greys the values become those greys.
     */
    public static void markAsColours(ImagePlus image) {
        if (image.getType() != ImagePlus.GRAY8) {
            return;
        }
        ImageProcessor plane = image.getProcessor();
        LUT table = plane.getLut();
        if (isGrey(table)) {
            ImageStack planes = image.getStack();
            for (int i = 1; i <= planes.size(); i++) {
                byte[] values = (byte[]) planes.getPixels(i);
                for (int at = 0; at < values.length; at++) {
                    values[at] = (byte) table.getRGB(values[at] & COLOURS - 1);
                }
            }
            plane.setColorModel(LUT.createLutFromColor(Color.WHITE));
            planes.setColorModel(plane.getColorModel());
            image.resetDisplayRange();
            return;
        }
        // Of a full table ImageJ guesses by its look, and takes small ones and ramps for grey.
        plane.setColorModel(
                new IndexColorModel(
                        Byte.SIZE,
                        COLOURS - 1,
                        channel(table, 16),
                        channel(table, 8),
                        channel(table, 0)));
        image.setTypeToColor256();
        plane.setColorModel(table);
    }

    private static boolean isGrey(LUT table) {
        for (int i = 0; i < table.getMapSize(); i++) {
            int rgb = table.getRGB(i);
            if ((rgb >> 8 & 0xffff) != (rgb & 0xffff)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] channel(LUT table, int shift) {
        byte[] values = new byte[COLOURS];
        for (int i = 0; i < Math.min(COLOURS, table.getMapSize()); i++) {
            values[i] = (byte) (table.getRGB(i) >> shift);
        }
        return values;
    }
}
