/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.Locale;

/** A chart with two axes, as text; what is drawn is in the units of the data. */
final class Svg {

    private static final int WIDTH = 360;
    private static final int HEIGHT = 270;
    private static final int LEFT = 52;
    private static final int RIGHT = 10;
    private static final int TOP = 10;
    private static final int BOTTOM = 44;

    /** Okabe and Ito's colours, which colour-blind people tell apart. */
    private static final String[] COLOURS = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
    };

    private final StringBuilder text = new StringBuilder();
    private final double[] x;
    private final double[] y;

    /**
     * @param title for those who hear the page
     * @param x first and last value
     * @param y first and last value
     */
    Svg(String title, double[] x, double[] y) {
        this.x = x;
        this.y = y[0] == y[1] ? new double[] {y[0] - 1, y[1] + 1} : y;
        text.append(
                String.format(
                        Locale.ROOT,
                        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                        WIDTH,
                        HEIGHT,
                        Html.escape(title)));
    }

    static String colour(int number) {
        return COLOURS[number % COLOURS.length];
    }

    private double px(double value) {
        return LEFT + (value - x[0]) / (x[1] - x[0]) * (WIDTH - LEFT - RIGHT);
    }

    private double py(double value) {
        return HEIGHT - BOTTOM - (value - y[0]) / (y[1] - y[0]) * (HEIGHT - TOP - BOTTOM);
    }

    /** Axes with ticks at round numbers; x without ticks where it has names instead. */
    Svg axes(String xName, String yName, boolean xTicks) {
        line(x[0], y[0], x[1], y[0], "#888", "");
        line(x[0], y[0], x[0], y[1], "#888", "");
        for (double tick : ticks(y)) {
            line(x[0], tick, x[1], tick, "#eee", "");
            label(LEFT - 5, py(tick) + 4, "end", number(tick));
        }
        for (double tick : xTicks ? ticks(x) : new double[0]) {
            label(px(tick), HEIGHT - BOTTOM + 14, "middle", number(tick));
        }
        label((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", xName);
        text.append(
                String.format(
                        Locale.ROOT,
                        "<text transform=\"translate(11 %d) rotate(-90)\""
                                + " text-anchor=\"middle\">%s</text>",
                        (TOP + HEIGHT - BOTTOM) / 2,
                        Html.escape(yName)));
        return this;
    }

    /** A name below a place of the x axis. */
    Svg name(double at, String name) {
        label(px(at), HEIGHT - BOTTOM + 14, "middle", name);
        return this;
    }

    Svg line(double x1, double y1, double x2, double y2, String colour, String dash) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                                + " stroke-dasharray=\"%s\"/>",
                        px(x1),
                        py(y1),
                        px(x2),
                        py(y2),
                        colour,
                        dash));
        return this;
    }

    Svg path(double[][] points, String colour) {
        StringBuilder places = new StringBuilder();
        for (double[] point : points) {
            places.append(String.format(Locale.ROOT, "%.1f,%.1f ", px(point[0]), py(point[1])));
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\""
                                + " stroke-width=\"2\"/>",
                        places.toString().strip(),
                        colour));
        return this;
    }

    /** A point that says what it is, and leads somewhere unless the link is empty. */
    Svg point(double atX, double atY, String colour, String title, String link) {
        boolean linked = !link.isEmpty();
        if (linked) {
            text.append("<a href=\"").append(Html.escape(link)).append("\">");
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" fill-opacity=\"0.7\">"
                                + "<title>%s</title></circle>",
                        px(atX),
                        py(atY),
                        colour,
                        Html.escape(title)));
        if (linked) {
            text.append("</a>");
        }
        return this;
    }

    private void label(double atX, double atY, String anchor, String label) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                        atX,
                        atY,
                        anchor,
                        Html.escape(label)));
    }

    private static double[] ticks(double[] range) {
        double rough = (range[1] - range[0]) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double digit = rough / power;
        double step = power * (digit > 5 ? 10 : digit > 2 ? 5 : digit > 1 ? 2 : 1);
        int first = (int) Math.ceil(range[0] / step - 1e-9);
        int last = (int) Math.floor(range[1] / step + 1e-9);
        double[] ticks = new double[Math.max(0, last - first + 1)];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = (first + i) * step;
        }
        return ticks;
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.6f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "").replaceAll("^-0$", "0");
    }

    @Override
    public String toString() {
        return text + "</svg>";
    }
}
