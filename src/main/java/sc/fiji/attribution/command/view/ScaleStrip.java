/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.view;

import java.awt.Canvas;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import sc.fiji.attribution.fiji.overlay.Overlay;

/** The scale below an overlay: its colours over dark, from against to for, with range and unit. */
final class ScaleStrip extends Canvas {

    private static final long serialVersionUID = 1;

    private static final int BAR = 14;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private final transient Overlay overlay;
    private final String unit;

    ScaleStrip(Overlay overlay, String unit) {
        this.overlay = overlay;
        this.unit = unit;
    }

    @Override
    public Dimension getPreferredSize() {
        return new Dimension(360, BAR + 26);
    }

    @Override
    public void paint(Graphics graphics) {
        ((Graphics2D) graphics)
                .setRenderingHint(
                        RenderingHints.KEY_TEXT_ANTIALIASING,
                        RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        int width = getWidth() - 24;
        double limit = overlay.limitShown();
        for (int x = 0; x < width; x++) {
            double value = limit * (2.0 * x / (width - 1) - 1);
            graphics.setColor(new Color(overlay.colourOver(0.08, value)));
            graphics.fillRect(12 + x, 4, 1, BAR);
        }
        graphics.setColor(Color.DARK_GRAY);
        graphics.drawRect(11, 3, width + 1, BAR + 1);
        graphics.setFont(FONT);
        String range = Overlay.number(limit);
        int y = BAR + 20;
        FontMetrics metrics = graphics.getFontMetrics();
        graphics.setColor(getForeground());
        graphics.drawString("\u2212" + range + " against", 12, y);
        String right = "for +" + range;
        graphics.drawString(right, 12 + width - metrics.stringWidth(right), y);
        String middle = "0 " + unit;
        graphics.drawString(middle, 12 + (width - metrics.stringWidth(middle)) / 2, y);
    }
}
