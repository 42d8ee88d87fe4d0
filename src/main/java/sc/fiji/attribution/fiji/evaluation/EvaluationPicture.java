/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.fiji.overlay.Lettering;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.verdict.Recommendation;
import sc.fiji.attribution.method.evaluation.verdict.Standing;

/**
 * An evaluation on one page: the recommendation, methods by metrics with the null rows, curves, and
 * the maps of the first image side by side. Draws into memory only, so it needs no display.
 */
public final class EvaluationPicture {

    private static final int MARGIN = 20;
    private static final int FONT = 13;
    private static final int LINE = 18;
    private static final int LETTERS = 150;
    private static final int COLUMNS = 16;
    private static final int SLICES = 3;
    private static final int MAP_WIDTH = 420;
    private static final Color TEXT = new Color(0x1a1a1a);

    /** Okabe and Ito's colours, which colour-blind people tell apart, and darker and paler ones. */
    private static final int[] COLOURS = {
        0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x003a5c, 0x7a3600, 0x00543d,
        0x7d3f63, 0xa6cee3, 0xf4b183, 0x99d8c0, 0xe5c9d8, 0x6b6b00, 0x8c6bb1
    };

    private final EvaluationResult result;
    private final Recommendation recommendation;
    private final List<String> methods;
    private final Map<String, Color> colours = new LinkedHashMap<>();

    private EvaluationPicture(EvaluationResult result) {
        this.result = result;
        this.recommendation = result.recommendation();
        this.methods = recommendation.standings().stream().map(Standing::method).toList();
        for (int i = 0; i < methods.size(); i++) {
            colours.put(methods.get(i), new Color(COLOURS[i % COLOURS.length]));
        }
    }

    /** Draws it. */
    public static BufferedImage of(EvaluationResult result) {
        return new EvaluationPicture(result).draw();
    }

    private BufferedImage draw() {
        boolean several = result.images().size() > 1;
        List<Figure> shown =
                several
                        ? result.rows().stream()
                                .filter(row -> row.image().equals(Comparison.ALL))
                                .toList()
                        : result.perImage();
        List<DotTable> tables = tables(shown);
        List<CurveChart> charts = new ArrayList<>();
        result.meanCurves()
                .forEach(
                        (metric, curves) -> {
                            String axis = Metrics.named(metric).get(0).curve();
                            charts.add(
                                    new CurveChart(
                                            metric, axis, result.places(metric), curves, colours));
                        });
        List<BufferedImage> maps = maps();
        int tableWidth = tables.stream().mapToInt(DotTable::width).max().orElse(0);
        int tableHeight = tables.stream().mapToInt(DotTable::height).sum();
        int width = Math.max(tableWidth, 3 * CurveChart.WIDTH) + 2 * MARGIN;
        List<String> text = lines(width - 2 * MARGIN);
        int perRow = Math.max(1, (width - 2 * MARGIN) / CurveChart.WIDTH);
        int mapsPerRow = Math.max(1, (width - 2 * MARGIN) / MAP_WIDTH);
        int mapHeight = maps.stream().mapToInt(BufferedImage::getHeight).max().orElse(0) + 8;
        int head = MARGIN + LINE * text.size() + 12;
        int curves = head + tableHeight + MARGIN;
        int chartHeight = charts.stream().mapToInt(CurveChart::height).max().orElse(0);
        int below = curves + rows(charts.size(), perRow) * chartHeight + MARGIN;
        int height = below + rows(maps.size(), mapsPerRow) * mapHeight + MARGIN;
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        Lettering lettering = new Lettering(graphics, FONT);
        for (int i = 0; i < text.size(); i++) {
            lettering.plain(text.get(i), MARGIN, MARGIN + LINE * (i + 1) - 4, TEXT);
        }
        int top = head;
        for (DotTable table : tables) {
            table.draw(graphics, lettering, MARGIN, top);
            top += table.height();
        }
        for (int i = 0; i < charts.size(); i++) {
            int x = MARGIN + i % perRow * CurveChart.WIDTH;
            charts.get(i).draw(graphics, lettering, x, curves + i / perRow * chartHeight);
        }
        for (int i = 0; i < maps.size(); i++) {
            int x = MARGIN + i % mapsPerRow * MAP_WIDTH;
            graphics.drawImage(maps.get(i), x, below + i / mapsPerRow * mapHeight, null);
        }
        graphics.dispose();
        return picture;
    }

    /** Of as many metrics as fit a page's width, one below the other. */
    private List<DotTable> tables(List<Figure> shown) {
        List<Metric> metrics = shown.stream().map(Figure::metric).distinct().toList();
        List<DotTable> tables = new ArrayList<>();
        for (int from = 0; from < metrics.size(); from += COLUMNS) {
            List<Metric> some = metrics.subList(from, Math.min(metrics.size(), from + COLUMNS));
            List<Figure> rows = shown.stream().filter(row -> some.contains(row.metric())).toList();
            tables.add(new DotTable(recommendation.standings(), rows, colours));
        }
        return tables;
    }

    private static int rows(int count, int perRow) {
        return (count + perRow - 1) / perRow;
    }

    /** The recommendation in lines, and what the picture shows. */
    private List<String> lines(int width) {
        int images = result.images().size();
        List<String> lines = wrapped(recommendation.reason(), width);
        lines.addAll(
                wrapped(
                        (images == 1
                                        ? "One image: " + result.images().get(0)
                                        : "Means over " + images + " images")
                                + ". The larger a dot, the better in its column; hollow where a"
                                + " metric only describes. Curves: dotted random maps, dashed the"
                                + " image's edges.",
                        width));
        return lines;
    }

    /** In lines that are no wider, as far as can be told without fonts. */
    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            String longer = line + (line.length() == 0 ? "" : " ") + word;
            boolean full =
                    longer.length() > LETTERS || Lettering.headingWidth(longer, FONT) > width;
            if (full && line.length() > 0) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** The maps of the first image over it, in the order of the ranks, of one width. */
    private List<BufferedImage> maps() {
        List<BufferedImage> pictures = new ArrayList<>();
        ImagePlus image = result.image().orElse(null);
        for (String method : methods) {
            ImagePlus map = result.maps().get(method);
            if (image == null || map == null) {
                continue;
            }
            BufferedImage drawn =
                    OverlayPicture.of(Overlay.of(image, map))
                            .slices(SLICES)
                            .columns(SLICES)
                            .caption(method)
                            .draw();
            pictures.add(scaled(drawn));
        }
        return pictures;
    }

    private static BufferedImage scaled(BufferedImage drawn) {
        int width = MAP_WIDTH - 8;
        int height = Math.max(1, drawn.getHeight() * width / drawn.getWidth());
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(drawn, 0, 0, width, height, null);
        graphics.dispose();
        return scaled;
    }
}
