/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.view;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.gui.TextRoi;
import ij.plugin.filter.ThresholdToSelection;
import ij.process.ImageProcessor;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import sc.fiji.attribution.fiji.file.OpenImages;
import sc.fiji.attribution.fiji.geometry.BodyAxes;

/** What is drawn over an overlay's slices: outlines of a mask, and what lies at which edge. */
final class Outlines {

    static final String NONE = "none";

    private static final Color LINE = new Color(0xf2c230);

    private static final String[][] ENDS = {{"L", "R"}, {"P", "A"}, {"I", "S"}};

    private Outlines() {}

    /** What could be outlined: open images on the view's grid that are no maps. */
    static List<String> choices(ImagePlus view) {
        return OpenImages.others().stream()
                .filter(
                        title -> {
                            ImagePlus image = WindowManager.getImage(title);
                            return image != null
                                    && image.getNChannels() == 1
                                    && image.getWidth() == view.getWidth()
                                    && image.getHeight() == view.getHeight()
                                    && image.getNSlices() == view.getNSlices();
                        })
                .toList();
    }

    /**
     * Draws them.
     *
     * @param mask what is above 0 in it has an outline; null for none
     */
    static void draw(ImagePlus view, ImagePlus mask) {
        Overlay drawn = new Overlay();
        marks(view, drawn);
        for (int z = 1; mask != null && z <= mask.getNSlices(); z++) {
            ImageProcessor slice = mask.getStack().getProcessor(mask.getStackIndex(1, z, 1));
            ImageProcessor labels = slice.convertToFloatProcessor();
            labels.setThreshold(Float.MIN_NORMAL, Float.MAX_VALUE, ImageProcessor.NO_LUT_UPDATE);
            Roi outline = new ThresholdToSelection().convert(labels);
            if (outline != null) {
                outline.setStrokeColor(LINE);
                outline.setPosition(0, view.isHyperStack() ? z : 0, 0);
                if (!view.isHyperStack()) {
                    outline.setPosition(z);
                }
                drawn.add(outline);
            }
        }
        view.setOverlay(drawn);
    }

    /** Letters for what lies at the edges of a slice as it is stored, where that is known. */
    private static void marks(ImagePlus view, Overlay drawn) {
        BodyAxes.of(view)
                .ifPresent(
                        body -> {
                            for (int world = 0; world < 3; world++) {
                                int axis = body.axis()[world];
                                boolean grows = body.sign()[world] > 0;
                                String first = ENDS[world][grows ? 0 : 1];
                                String last = ENDS[world][grows ? 1 : 0];
                                double w = view.getWidth();
                                double h = view.getHeight();
                                if (axis == 0) {
                                    add(drawn, first, w / 48, h / 2, w);
                                    add(drawn, last, w - w / 16, h / 2, w);
                                } else if (axis == 1) {
                                    add(drawn, first, w / 2, h / 48, w);
                                    add(drawn, last, w / 2, h - w / 14, w);
                                }
                            }
                        });
    }

    /** With a dark edge, since white letters are not seen on white matter. */
    private static void add(Overlay drawn, String text, double x, double y, double width) {
        double edge = width / 240;
        for (int corner = 0; corner < 4; corner++) {
            double right = corner % 2 == 0 ? -edge : edge;
            double down = corner / 2 == 0 ? -edge : edge;
            drawn.add(letter(text, x + right, y + down, width, Color.BLACK));
        }
        drawn.add(letter(text, x, y, width, Color.WHITE));
    }

    private static TextRoi letter(String text, double x, double y, double width, Color colour) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) (width / 20));
        TextRoi letter = new TextRoi(x, y, text, font);
        letter.setStrokeColor(colour);
        letter.setAntiAlias(true);
        return letter;
    }

    static ImagePlus named(String title) {
        ImagePlus image = NONE.equals(title) ? null : WindowManager.getImage(title);
        if (image == null && !NONE.equals(title)) {
            IJ.showStatus("'" + title + "' is not open any more");
        }
        return image;
    }
}
