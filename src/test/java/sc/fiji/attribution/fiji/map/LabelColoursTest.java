/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import org.junit.jupiter.api.Test;

class LabelColoursTest {

    private static int distance(int a, int b) {
        int sum = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            sum += Math.abs((a >> shift & 0xff) - (b >> shift & 0xff));
        }
        return sum;
    }

    /** On the screen, in every host: the background is black, and no label looks like the last. */
    @Test
    void neighboursDiffer() {
        ImageProcessor pixels = new ShortProcessor(256, 1);
        for (int i = 0; i < 256; i++) {
            pixels.set(i, 0, i);
        }
        ImagePlus labels = new ImagePlus("labels", pixels);
        LabelColours.show(labels, 12);
        ImageProcessor shown = labels.getProcessor().convertToRGB();
        assertEquals(0, shown.get(0, 0) & 0xffffff);
        for (int i = 1; i < 256; i++) {
            for (int before = Math.max(0, i - 4); before < i; before++) {
                int distance = distance(shown.get(i, 0), shown.get(before, 0));
                assertTrue(distance > 60, i + " and " + before + ": " + distance);
            }
        }
    }
}
