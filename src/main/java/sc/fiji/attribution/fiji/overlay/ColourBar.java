/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.awt.Color;
import java.awt.Graphics2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * The scale beside an overlay: colours over dark, the range with its unit, and what the signs mean.
 *
 * @param argues whether values argue for or against a class
 */
record ColourBar(OverlayColours colours, String unit, boolean argues) {

    private static final Color FRAME = new Color(0x5a5d63);

    /** Width that the bar takes with its labels and its unit, in pixels. */
    int width(int fontSize) {
        return Math.max(fontSize * 7, Lettering.smallWidth(unit, fontSize));
    }

    /** Height that the bar needs with its labels, in pixels. */
    static int leastHeight(int fontSize) {
        return fontSize * 10;
    }

    /**
     * Draws the bar in the middle of a column.
     *
     * @param x left edge of the column
     * @param top upper edge of the column
     * @param height of the column
     */
    void draw(Lettering lettering, int x, int top, int height) {
        Graphics2D graphics = lettering.graphics();
        int fontSize = lettering.size();
        int length = Math.min(height - 6 * fontSize, 22 * fontSize);
        int width = fontSize;
        int y = top + (height - length) / 2;
        for (int i = 0; i < length; i++) {
            double value = colours.limit() * (1 - 2.0 * i / (length - 1));
            graphics.setColor(new Color(colours.mix(0.08, value)));
            graphics.fillRect(x, y + i, width, 1);
        }
        graphics.setColor(FRAME);
        graphics.drawRect(x - 1, y - 1, width + 1, length + 1);
        // Capitals and digits are about three quarters of the size high.
        int half = 3 * fontSize / 8;
        String range = number(colours.limit());
        int labels = x + width + fontSize / 2;
        lettering.plain("+" + range, labels, y + half, Color.WHITE);
        lettering.plain("0", labels, y + length / 2 + half, Color.WHITE);
        lettering.plain("\u2212" + range, labels, y + length + half, Color.WHITE);
        Color positive = new Color(colours.mix(0.08, colours.limit()));
        Color negative = new Color(colours.mix(0.08, -colours.limit()));
        if (argues) {
            lettering.plain("for", x, y - fontSize, positive);
            lettering.plain("against", x, y + length + fontSize + half + 3, negative);
        }
        lettering.small(unit, x, y + length + 5 * fontSize / 2 + 3, Color.WHITE);
    }

    /** Two digits that count, without an exponent where that is short. */
    static String number(double value) {
        if (value >= 0.001 && value < 10000) {
            return value >= 100
                    ? String.valueOf(Math.round(value))
                    : BigDecimal.valueOf(value).round(new MathContext(2)).toPlainString();
        }
        return String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e-").replace("e+0", "e");
    }
}
