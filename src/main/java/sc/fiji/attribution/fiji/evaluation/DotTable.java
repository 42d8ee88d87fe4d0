/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import sc.fiji.attribution.fiji.overlay.Lettering;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.verdict.Standing;

/**
 * Methods by metrics: a dot is the larger the better its figure is among those of its column, the
 * null rows among them, of middle size where all are equal, and hollow where the metric only
 * describes. The figures stand beside.
 *
 * @param standings of the methods, in the order of their ranks
 * @param rows one for each method and metric
 * @param colours of the methods
 */
record DotTable(List<Standing> standings, List<Figure> rows, Map<String, Color> colours) {

    private static final int RANKS = 46;
    private static final int COLUMN = 78;
    private static final int FONT = 13;

    /** Longer names of methods are cut. */
    private static final int LETTERS = 52;

    private static final int LINE = 26;
    private static final int HEAD = 150;
    private static final int LARGEST = 9;
    private static final Color TEXT = new Color(0x1a1a1a);
    private static final Color NULL = new Color(0x888888);

    private List<String> metrics() {
        return rows.stream().map(row -> row.metric().declaration().name()).distinct().toList();
    }

    /** Where the figures begin: behind the longest name and the ranks. */
    private int left() {
        return standings.stream()
                        .mapToInt(each -> Lettering.headingWidth(name(each.method()), FONT))
                        .max()
                        .orElse(0)
                + RANKS
                + 12;
    }

    private static String name(String method) {
        return method.length() <= LETTERS ? method : method.substring(0, LETTERS - 1) + "…";
    }

    int width() {
        return left() + COLUMN * metrics().size() + HEAD / 2;
    }

    int height() {
        return HEAD + LINE * (standings.size() + 2);
    }

    void draw(Graphics2D graphics, Lettering lettering, int x, int y) {
        List<String> lines = new ArrayList<>(standings.stream().map(Standing::method).toList());
        lines.add(Comparison.RANDOM);
        lines.add(Comparison.EDGES);
        int left = left();
        lettering.small("rank", x + left - RANKS, y + HEAD - 12, NULL);
        for (int line = 0; line < lines.size(); line++) {
            boolean none = line >= standings.size();
            int at = middle(y, line) + 4;
            lettering.plain(name(lines.get(line)), x, at, none ? NULL : TEXT);
            if (!none && standings.get(line).overall().mean() > 0) {
                String rank =
                        String.format(Locale.ROOT, "%.1f", standings.get(line).overall().mean());
                lettering.plain(rank, x + left - RANKS, at, TEXT);
            }
        }
        List<String> metrics = metrics();
        for (int column = 0; column < metrics.size(); column++) {
            int at = x + left + column * COLUMN;
            lettering.slanted(metrics.get(column), at, y + HEAD - 12, TEXT);
            drawColumn(graphics, lettering, metrics.get(column), lines, at, y);
        }
    }

    private static int middle(int top, int line) {
        return top + HEAD + line * LINE + LINE / 2;
    }

    private void drawColumn(
            Graphics2D graphics,
            Lettering lettering,
            String metric,
            List<String> lines,
            int x,
            int y) {
        List<Figure> column =
                rows.stream().filter(r -> r.metric().declaration().name().equals(metric)).toList();
        Better better = column.get(0).better();
        double[] values = lines.stream().mapToDouble(name -> value(column, name)).toArray();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            low = Double.isNaN(value) ? low : Math.min(low, value);
            high = Double.isNaN(value) ? high : Math.max(high, value);
        }
        for (int line = 0; line < values.length; line++) {
            if (Double.isNaN(values[line])) {
                lettering.small("–", x, middle(y, line) + 4, NULL);
                continue;
            }
            double share = high > low ? (values[line] - low) / (high - low) : 0.5;
            share = better == Better.LOWER ? 1 - share : share;
            double radius = better == Better.NEITHER ? LARGEST / 2.0 : 2 + (LARGEST - 2) * share;
            graphics.setColor(colours.getOrDefault(lines.get(line), NULL));
            Ellipse2D dot =
                    new Ellipse2D.Double(
                            x + LARGEST - radius, middle(y, line) - radius, 2 * radius, 2 * radius);
            if (better == Better.NEITHER) {
                graphics.draw(dot);
            } else {
                graphics.fill(dot);
            }
            lettering.small(figure(values[line]), x + 2 * LARGEST + 3, middle(y, line) + 4, TEXT);
        }
    }

    /** In at most seven letters: three digits, and a power of ten where it is far from 1. */
    static String figure(double value) {
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size < 0.001 || size >= 10_000) {
            return String.format(Locale.ROOT, "%.0e", value)
                    .replaceFirst("e([+-])0?", "e$1")
                    .replace("e+", "e");
        }
        int decimals = size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static double value(List<Figure> column, String name) {
        ToDoubleFunction<Figure> figure =
                switch (name) {
                    case Comparison.RANDOM -> Figure::random;
                    case Comparison.EDGES -> Figure::edges;
                    default -> Figure::value;
                };
        boolean isNull = name.equals(Comparison.RANDOM) || name.equals(Comparison.EDGES);
        OptionalDouble found =
                column.stream()
                        .filter(row -> isNull || row.method().equals(name))
                        .mapToDouble(figure)
                        .findFirst();
        return found.orElse(Double.NaN);
    }
}
