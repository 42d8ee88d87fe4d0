/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.function.Predicate;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metrics;

/**
 * A family of metrics that judges, what a single figure of it has to show, and what it means in
 * words. What a map is held against differs: the image's edges are perfectly stable, so that
 * stability is held against noise alone, and they do not change with the network, which is just
 * what a map has to do.
 */
enum Family {
    LOCALISATION(
            Family::isBetterThanNothing,
            "it marks the region of the mask better than random maps and the image's edges do",
            "it marks the region of the mask no better than random maps or the image's edges do",
            "whether it marks the region of a mask"),
    FAITHFULNESS(
            Family::isBetterThanNothing,
            "what it marks matters to the network: its score moves more when that is changed than"
                    + " when random places or the image's edges are",
            "what it marks matters no more to the network than random places or the image's edges"
                    + " do",
            "whether what it marks matters to the network"),
    ROBUSTNESS(
            Figure::beatsNoise,
            "it stays much the same where the image hardly changes",
            "it changes where the image hardly does",
            "whether it stays the same where the image hardly changes"),
    RANDOMISATION(
            Family::isNearerToNoise,
            "it depends on what the network has learned: it changes when that is destroyed",
            "it hardly changes when what the network has learned is destroyed, so that it shows the"
                    + " image rather than the network",
            "whether it depends on what the network has learned");

    private final Predicate<Figure> passes;
    private final String good;
    private final String bad;
    private final String question;

    Family(Predicate<Figure> passes, String good, String bad, String question) {
        this.passes = passes;
        this.good = good;
        this.bad = bad;
        this.question = question;
    }

    private static boolean isBetterThanNothing(Figure figure) {
        return figure.beatsNoise() && figure.beats(figure.edges());
    }

    /** Of maps that are not defined: noise is like nothing, and edges do not change at all. */
    private static boolean isNearerToNoise(Figure figure) {
        double noise = Double.isNaN(figure.random()) ? 0 : figure.random();
        double edges = Double.isNaN(figure.edges()) ? 1 : figure.edges();
        return figure.value() < (noise + edges) / 2;
    }

    /** Whether a map that finds nothing else can be believed for that. */
    boolean isReason() {
        return this == LOCALISATION || this == FAITHFULNESS;
    }

    boolean has(Figure figure) {
        return Metrics.family(figure.metric()).equals(key());
    }

    /** Whether a figure speaks for its map. */
    boolean passes(Figure figure) {
        return passes.test(figure);
    }

    /** {@code localisation}. */
    String key() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    String good() {
        return good;
    }

    String bad() {
        return bad;
    }

    String question() {
        return question;
    }
}
