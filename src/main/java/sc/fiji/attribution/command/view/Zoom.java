/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.view;

import ij.gui.GUI;
import ij.gui.ImageCanvas;
import ij.gui.ImageWindow;
import java.awt.Dimension;
import java.awt.Rectangle;

/** Enlarges small images in their windows, by ImageJ's own steps, until they can be read. */
public final class Zoom {

    /** Screen pixels of the longer side that are enough to look at a result. */
    public static final int READABLE = 512;

    /** Screen pixels of the longer side that are enough to tell images apart. */
    public static final int RECOGNISABLE = 360;

    private Zoom() {}

    /** Enlarges what is smaller than so many screen pixels; leaves alone what is not. */
    public static void enlarge(ImageWindow window, int enough) {
        ImageCanvas canvas = window.getCanvas();
        Dimension image =
                new Dimension(window.getImagePlus().getWidth(), window.getImagePlus().getHeight());
        double most = 1.1 * enough / Math.max(image.width, image.height);
        makeRoom(window, most * image.height);
        double before;
        do {
            before = canvas.getMagnification();
            if (ImageCanvas.getHigherZoomLevel(before) > most) {
                return;
            }
            canvas.zoomIn(canvas.getWidth() / 2, canvas.getHeight() / 2);
        } while (canvas.getMagnification() > before);
    }

    /** Moves a window up that would grow beyond the screen: ImageJ cuts the image off instead. */
    private static void makeRoom(ImageWindow window, double height) {
        double all = window.getHeight() - window.getCanvas().getHeight() + height;
        Rectangle screen = GUI.getMaxWindowBounds(window);
        int lowest = (int) (screen.y + screen.height - all);
        if (window.getY() > lowest && lowest > screen.y) {
            window.setLocation(window.getX(), lowest);
        }
    }
}
