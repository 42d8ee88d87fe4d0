/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;

/**
 * Text on a picture, or none where the machine has no fonts: a server or container with nothing but
 * a Java runtime draws the picture all the same, without its words.
 *
 * @param size height of the plain text in pixels
 */
public record Lettering(Graphics2D graphics, int size) {

    private static final boolean AVAILABLE = available();

    /** Of the size of plain text. */
    private static final float SMALL = 0.85f;

    public Lettering {
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    }

    private static boolean available() {
        try {
            return measure("z", Font.BOLD, 12) > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            // Java says "no fonts" in any of these ways, by version and platform.
            return false;
        }
    }

    private static double measure(String text, int style, float size) {
        FontRenderContext context = new FontRenderContext(null, true, true);
        return font(style, size).getStringBounds(text, context).getWidth();
    }

    private static Font font(int style, float size) {
        return new Font(Font.SANS_SERIF, style, 12).deriveFont(size);
    }

    /** Width in pixels of a heading, and the most that other words have; 0 without fonts. */
    public static int headingWidth(String text, int size) {
        return AVAILABLE ? (int) measure(text, Font.BOLD, size * 1.15f) : 0;
    }

    /** Width in pixels of plain text; 0 without fonts. */
    static int plainWidth(String text, int size) {
        return AVAILABLE ? (int) measure(text, Font.PLAIN, size) : 0;
    }

    /** Width in pixels of small text; 0 without fonts. */
    static int smallWidth(String text, int size) {
        return AVAILABLE ? (int) Math.ceil(measure(text, Font.PLAIN, size * SMALL)) : 0;
    }

    void heading(String text, int x, int y, Color colour) {
        draw(font(Font.BOLD, size * 1.15f), text, x, y, colour);
    }

    public void small(String text, int x, int y, Color colour) {
        draw(font(Font.PLAIN, size * SMALL), text, x, y, colour);
    }

    /** Small, upwards to the right. */
    public void slanted(String text, int x, int y, Color colour) {
        Graphics2D turned = (Graphics2D) graphics.create();
        turned.rotate(-Math.PI / 4, x, y);
        new Lettering(turned, size).small(text, x, y, colour);
        turned.dispose();
    }

    public void plain(String text, int x, int y, Color colour) {
        draw(font(Font.PLAIN, size), text, x, y, colour);
    }

    /** Plain, with a dark edge that is read on bright tissue too. */
    public void edged(String text, int x, int y, Color colour) {
        int edge = Math.max(1, size / 12);
        for (int dx = -edge; dx <= edge; dx += edge) {
            for (int dy = -edge; dy <= edge; dy += edge) {
                plain(text, x + dx, y + dy, Color.BLACK);
            }
        }
        plain(text, x, y, colour);
    }

    private void draw(Font font, String text, int x, int y, Color colour) {
        if (AVAILABLE) {
            graphics.setFont(font);
            graphics.setColor(colour);
            graphics.drawString(text, x, y);
        }
    }
}
