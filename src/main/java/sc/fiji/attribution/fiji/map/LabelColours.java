/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.ImagePlus;
import ij.plugin.LutLoader;
import ij.process.LUT;
import java.awt.image.IndexColorModel;

/** Colours in which neighbouring numbers of a label image are told apart; 0 is black. */
public final class LabelColours {

    private static final int BYTE = 255;

    private LabelColours() {}

    /**
     * Shows an image of labels in them; ImageJ's glasbey colours, where it has them.
     *
     * @param largest label; more than 255 share colours with their neighbours
     */
    public static void show(ImagePlus labels, int largest) {
        IndexColorModel colours = LutLoader.getLut("glasbey_on_dark");
        if (colours != null) {
            labels.setLut(new LUT(colours, 0, BYTE));
        }
        labels.setDisplayRange(0, Math.max(BYTE, largest));
    }
}
