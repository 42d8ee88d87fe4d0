/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.fiji.overlay.Lettering;
import sc.fiji.attribution.method.evaluation.Comparison;

/**
 * A metric's curves, one for each method and dashed for maps that know nothing.
 *
 * @param title the metric
 * @param axis what is shown over what
 * @param places what was changed at each point, such as a layer; empty for equal steps from 0 to
 *     100 %
 * @param curves by method; the steps of each reach over the whole width
 * @param colours of the methods
 */
record CurveChart(
        String title,
        String axis,
        List<String> places,
        Map<String, List<Double>> curves,
        Map<String, Color> colours) {

    static final int WIDTH = 300;

    private static final int PLOT = 210;

    /** Below it, for the names of layers. */
    private static final int NAMES = 78;

    private static final int LETTERS = 15;
    private static final int SMALL = 10;

    private static final int LEFT = 44;
    private static final int TOP = 24;
    private static final int BOTTOM = 22;
    private static final Color AXIS = new Color(0x888888);
    private static final Color GRID = new Color(0xe6e6e6);
    private static final Color TEXT = new Color(0x1a1a1a);

    int height() {
        return PLOT + (places.isEmpty() ? 14 : NAMES);
    }

    void draw(Graphics2D graphics, Lettering lettering, int x, int y) {
        double[] range = range();
        lettering.plain(title, x + LEFT, y + 14, TEXT);
        int bottom = y + PLOT - BOTTOM;
        double step = step(range[1] - range[0]);
        for (long i = (long) Math.ceil(range[0] / step); i * step <= range[1]; i++) {
            int at = (int) Math.round(place(i * step, range, y + TOP, bottom));
            graphics.setColor(i == 0 ? AXIS : GRID);
            graphics.drawLine(x + LEFT, at, x + WIDTH - 6, at);
            lettering.small(tick(i * step, step), x + 4, at + 4, AXIS);
        }
        ticks(graphics, lettering, x, bottom);
        lettering.small(axis, x + LEFT, y + height() - 6, AXIS);
        graphics.setColor(AXIS);
        graphics.drawLine(x + LEFT, y + TOP, x + LEFT, bottom);
        curves.forEach(
                (method, curve) -> {
                    boolean knowsNothing =
                            method.equals(Comparison.RANDOM) || method.equals(Comparison.EDGES);
                    float[] dash = method.equals(Comparison.RANDOM) ? new float[] {2, 3} : null;
                    dash = method.equals(Comparison.EDGES) ? new float[] {7, 4} : dash;
                    graphics.setStroke(
                            new BasicStroke(
                                    1.6f,
                                    BasicStroke.CAP_BUTT,
                                    BasicStroke.JOIN_ROUND,
                                    1,
                                    dash,
                                    0));
                    graphics.setColor(knowsNothing ? AXIS : colours.get(method));
                    graphics.draw(path(curve, range, x, y + TOP, bottom));
                });
        graphics.setStroke(new BasicStroke(1));
    }

    /** Shares of what was changed, or the layers, slanted up to their points. */
    private void ticks(Graphics2D graphics, Lettering lettering, int x, int bottom) {
        int count = places.isEmpty() ? 3 : places.size();
        double width = WIDTH - 6 - LEFT;
        for (int i = 0; i < count; i++) {
            int at = (int) Math.round(x + LEFT + width * i / Math.max(1, count - 1));
            graphics.setColor(AXIS);
            graphics.drawLine(at, bottom, at, bottom + 3);
            if (places.isEmpty()) {
                String text = 50 * i + " %";
                int wide = Lettering.headingWidth(text, SMALL);
                lettering.small(text, at - wide * i / 2, bottom + 15, AXIS);
            } else {
                String name = places.get(i);
                name = name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
                int back = (int) (Lettering.headingWidth(name, SMALL) * Math.sqrt(0.5));
                lettering.slanted(name, at - back + 3, bottom + back + 8, TEXT);
            }
        }
    }

    private static Path2D path(List<Double> curve, double[] range, int x, int top, int bottom) {
        Path2D path = new Path2D.Double();
        double width = WIDTH - 6 - LEFT;
        for (int i = 0; i < curve.size(); i++) {
            double atX = x + LEFT + width * i / Math.max(1, curve.size() - 1);
            double atY = place(curve.get(i), range, top, bottom);
            if (i == 0) {
                path.moveTo(atX, atY);
            } else {
                path.lineTo(atX, atY);
            }
        }
        return path;
    }

    private static double place(double value, double[] range, int top, int bottom) {
        return bottom - (value - range[0]) / (range[1] - range[0]) * (bottom - top);
    }

    /** The least of 1, 2 and 5 times a power of ten that divides a range in at most six. */
    static double step(double range) {
        double power = Math.pow(10, Math.floor(Math.log10(range / 6)));
        for (int times : new int[] {1, 2, 5}) {
            if (range <= 6 * times * power * (1 + 1e-9)) {
                return times * power;
            }
        }
        return 10 * power;
    }

    /** With as many decimals as the step has. */
    static String tick(double value, double step) {
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return decimals > 4 || step >= 1e5
                ? String.format(Locale.ROOT, "%.0e", value)
                : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private double[] range() {
        double low = 0;
        double high = Double.MIN_VALUE;
        for (List<Double> curve : curves.values()) {
            for (double value : curve) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        double margin = (high - low) / 50;
        return high - low < 1e-30
                ? new double[] {low, low + 1}
                : new double[] {low < 0 ? low - margin : low, high + margin};
    }
}
