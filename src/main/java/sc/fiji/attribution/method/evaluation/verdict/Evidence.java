/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Interval;

/**
 * What a family of metrics says of a method: the share of its figures that speak for it, image by
 * image, since figures of one image are not independent of each other. Those that are not defined
 * do not count.
 *
 * @param passed figures that speak for it
 * @param figures of the family, over all images
 * @param shares of the figures that speak for it, one an image
 * @param interval of their mean; none of one image
 */
record Evidence(Family family, int passed, int figures, double[] shares, Interval interval) {

    /** Fewer figures, over all images, decide nothing. */
    private static final int FEW = 3;

    /** Of the figures, for a side to be taken: one of five must not turn a verdict around. */
    private static final double MOST = 2.0 / 3 - 1e-9;

    enum Side {
        FOR,
        AGAINST,
        OPEN
    }

    /** Of the figures of one method. */
    static Evidence of(Family family, List<Figure> own) {
        List<Figure> figures =
                own.stream()
                        .filter(family::has)
                        .filter(figure -> !Double.isNaN(figure.value()))
                        .toList();
        double[] shares =
                figures.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Figure::image, LinkedHashMap::new, Collectors.toList()))
                        .values()
                        .stream()
                        .mapToDouble(
                                of ->
                                        of.stream().filter(family::passes).count()
                                                / (double) of.size())
                        .toArray();
        return new Evidence(
                family,
                (int) figures.stream().filter(family::passes).count(),
                figures.size(),
                shares,
                Interval.of(shares, 0, 1));
    }

    double mean() {
        return Arrays.stream(shares).average().orElse(Double.NaN);
    }

    /** Whether any figure is defined. */
    boolean isThere() {
        return figures > 0;
    }

    /** Whether there are enough figures, and neither side has two thirds of them. */
    boolean isDivided() {
        return figures >= FEW && mean() < MOST && 1 - mean() < MOST;
    }

    /** Open where there are few figures, or where they are divided. */
    Side side() {
        return figures < FEW || isDivided() ? Side.OPEN : mean() > 0.5 ? Side.FOR : Side.AGAINST;
    }

    /** A clause, with its figures. */
    String text() {
        String what =
                switch (side()) {
                    case FOR -> family.good();
                    case AGAINST -> family.bad();
                    case OPEN -> family.question() + " is open";
                };
        return what + " (" + count() + ")";
    }

    private String count() {
        String all =
                String.format(
                        Locale.ROOT,
                        "%d of %d %s",
                        passed,
                        figures,
                        figures == 1 ? "figure" : "figures");
        String images =
                Double.isNaN(interval.low())
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; on average %.0f %% of an image's figures, 95 %% interval"
                                        + " %.0f to %.0f %% over %d images",
                                100 * mean(),
                                100 * interval.low(),
                                100 * interval.high(),
                                shares.length);
        return all
                + images
                + (figures < FEW ? ", too few to decide" : isDivided() ? ", divided" : "");
    }
}
