/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.PictureFile;

/**
 * A picture for documents: slices of the anatomy in grey, the map over them in colour, more opaque
 * the larger its absolute value, and a colour bar with the range. The slices are spread evenly over
 * those that hold anatomy and cut to it; pixels that are not square are drawn in proportion. Draws
 * into memory only, so it needs no display.
 *
 * <pre>{@code
 * BufferedImage picture = OverlayPicture.of(Overlay.of(brain, map)).slices(8).zoom(2).draw();
 * }</pre>
 */
public final class OverlayPicture {

    private static final Color BACKGROUND = new Color(0x0e0f12);
    private static final Color TEXT = new Color(0xe6e6e6);
    private static final Color FAINT_TEXT = new Color(0x9a9da3);
    private static final int GAP = 6;
    private static final int MARGIN = 16;

    private final Overlay overlay;
    private int slices = 8;
    private int columns;
    private int frame;
    private int zoom;
    private String caption = "";

    private OverlayPicture(Overlay overlay) {
        this.overlay = overlay;
    }

    /** A picture of what the overlay shows. */
    public static OverlayPicture of(Overlay overlay) {
        return new OverlayPicture(overlay);
    }

    /** How many slices to show at most; default 8. */
    public OverlayPicture slices(int slices) {
        this.slices = positive("slices", slices);
        return this;
    }

    /** Slices in a row; by default what makes the picture about half as wide again as high. */
    public OverlayPicture columns(int columns) {
        this.columns = positive("columns", columns);
        return this;
    }

    /** Time point of both images, from 0 (the default); a map of one time point shows that. */
    public OverlayPicture frame(int frame) {
        this.frame = frame;
        return this;
    }

    /** Screen pixels per image pixel along x; by default as many as make a slice easy to see. */
    public OverlayPicture zoom(int zoom) {
        this.zoom = positive("zoom", zoom);
        return this;
    }

    /** A line above the slices; none by default. */
    public OverlayPicture caption(String caption) {
        this.caption = caption;
        return this;
    }

    /**
     * Saves the picture as PNG, wholly or not at all.
     *
     * @throws ImageException if the path cannot be written or does not end in .png
     */
    public void save(String path) {
        PictureFile.save(draw(), path);
    }

    /** Draws the picture. */
    public BufferedImage draw() {
        OverlaySlices content = OverlaySlices.of(overlay, frame, zoom, slices);
        OverlayColours colours = overlay.colours();
        int count = content.numbers().length;
        int width = content.width();
        int height = content.height();
        int perRow = columns > 0 ? Math.min(columns, count) : columns(count, width, height);
        int rows = (count + perRow - 1) / perRow;
        int fontSize = Math.max(11, Math.min(18, height / 14));
        int top = MARGIN + (caption.isEmpty() ? 0 : 2 * fontSize);
        int bar = MARGIN + perRow * (width + GAP) - GAP + MARGIN;
        int montage = rows * (height + GAP) - GAP;
        int column = Math.max(montage, ColourBar.leastHeight(fontSize));
        int line = Lettering.headingWidth(caption, fontSize);
        BufferedImage picture =
                new BufferedImage(
                        Math.max(bar + ColourBar.width(fontSize), MARGIN + line) + MARGIN,
                        top + column + MARGIN,
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(BACKGROUND);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        Lettering lettering = new Lettering(graphics, fontSize);
        lettering.heading(caption, MARGIN, MARGIN + fontSize, TEXT);
        for (int i = 0; i < count; i++) {
            int x = MARGIN + i % perRow * (width + GAP);
            int y = top + (column - montage) / 2 + i / perRow * (height + GAP);
            graphics.drawImage(content.draw(i, colours), x, y, null);
            if (overlay.image().getNSlices() > 1) {
                String number = "z " + (content.numbers()[i] + 1);
                lettering.small(number, x + 5, y + height - 6, FAINT_TEXT);
            }
        }
        new ColourBar(colours).draw(lettering, bar, top, column);
        graphics.dispose();
        return picture;
    }

    private static int positive(String option, int value) {
        if (value < 1) {
            throw new OptionException(option + ": " + value + " is not at least 1.");
        }
        return value;
    }

    private static int columns(int count, int width, int height) {
        int best = 1;
        double off = Double.MAX_VALUE;
        for (int n = 1; n <= count; n++) {
            int rows = (count + n - 1) / n;
            // Empty places in the last row count against a layout.
            double aspect = Math.abs(Math.log((double) n * width / (rows * height) / 1.5));
            double score = aspect + 0.3 * (rows * n - count);
            if (score < off) {
                off = score;
                best = n;
            }
        }
        return best;
    }
}
