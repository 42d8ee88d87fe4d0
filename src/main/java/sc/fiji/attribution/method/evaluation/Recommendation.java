/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.inference.WilcoxonSignedRankTest;

/**
 * Which method to take, and why: the one that ranks best ({@link Standings}). Complexity is left
 * out: a tidy map is not a true one. A method that is no better than random maps or the image's
 * edges in most figures of a family is never taken.
 *
 * @param standings the best first
 * @param method empty where none can be recommended
 * @param reason one or more sentences
 */
public record Recommendation(List<Standing> standings, Optional<String> method, String reason) {

    /** Families that judge, and do not only describe. */
    static final List<String> FAMILIES =
            List.of("localisation", "faithfulness", "robustness", "randomisation");

    /** Fewer images say nothing about the next one. */
    private static final int FEW_IMAGES = 6;

    private static final double LEVEL = 0.05;

    public Recommendation {
        standings = List.copyOf(standings);
    }

    /** Of what was found image by image. */
    public static Recommendation of(List<Comparison.Row> perImage) {
        List<Comparison.Row> judging =
                perImage.stream()
                        .filter(row -> row.better() != MetricDeclaration.Better.NEITHER)
                        .filter(row -> FAMILIES.contains(Metrics.family(row.metric())))
                        .toList();
        List<String> methods = perImage.stream().map(Comparison.Row::method).distinct().toList();
        return of(new Standings(judging, methods).all(), judging);
    }

    private static Recommendation of(List<Standing> standings, List<Comparison.Row> judging) {
        if (judging.isEmpty()) {
            return new Recommendation(
                    standings,
                    Optional.empty(),
                    "No recommendation: none of these metrics judges a method; add some of "
                            + String.join(", ", FAMILIES)
                            + ".");
        }
        List<String> why = new ArrayList<>();
        for (Standing standing : standings) {
            Optional<String> failed = failure(standing, judging);
            if (failed.isEmpty()) {
                String others = rejected(why);
                return new Recommendation(
                        standings,
                        Optional.of(standing.method()),
                        praise(standing, standings) + others);
            }
            why.add(standing.method() + " " + failed.get());
        }
        return new Recommendation(
                standings,
                Optional.empty(),
                "No map can be believed here: " + String.join("; ", why) + ".");
    }

    private static String rejected(List<String> why) {
        return why.isEmpty()
                ? ""
                : " Ranked before it, but not taken: " + String.join("; ", why) + ".";
    }

    /** In which family a method is no better than a map that knows nothing. */
    private static Optional<String> failure(Standing standing, List<Comparison.Row> judging) {
        for (String family : List.of("localisation", "faithfulness")) {
            List<Comparison.Row> own =
                    judging.stream()
                            .filter(row -> row.method().equals(standing.method()))
                            .filter(row -> Metrics.family(row.metric()).equals(family))
                            .toList();
            long random = own.stream().filter(row -> row.beats(row.random())).count();
            long edges = own.stream().filter(row -> row.beats(row.edges())).count();
            if (2 * random < own.size() || 2 * edges < own.size()) {
                return Optional.of(
                        String.format(
                                Locale.ROOT,
                                "beats random maps in %d and the image's edges in %d of %d figures"
                                        + " of %s",
                                random,
                                edges,
                                own.size(),
                                family));
            }
        }
        return Optional.empty();
    }

    private static String praise(Standing best, List<Standing> standings) {
        if (standings.size() == 1) {
            return String.format(
                    Locale.ROOT,
                    "%s is better than random maps in %d and than the image's edges in %d of %d"
                            + " figures.",
                    best.method(),
                    best.wins().random(),
                    best.wins().edges(),
                    best.wins().judged());
        }
        String families =
                best.families().entrySet().stream()
                        .map(
                                e ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.1f",
                                                e.getKey(),
                                                e.getValue().mean()))
                        .collect(Collectors.joining(", "));
        String text =
                String.format(
                        Locale.ROOT,
                        "Recommended: %s. Mean rank %.1f of %d (%s); better than random maps in %d"
                                + " and than the image's edges in %d of %d figures.",
                        best.method(),
                        best.overall().mean(),
                        standings.size(),
                        families,
                        best.wins().random(),
                        best.wins().edges(),
                        best.wins().judged());
        Optional<Standing> next =
                standings.stream()
                        .filter(s -> s.overall().mean() >= best.overall().mean() && s != best)
                        .findFirst();
        return text + next.map(other -> " " + difference(best, other)).orElse("");
    }

    /** Whether the lead over the next one would hold for other images. */
    private static String difference(Standing best, Standing next) {
        String lead =
                String.format(
                        Locale.ROOT, "Next is %s with %.1f", next.method(), next.overall().mean());
        int images = best.perImage().length;
        if (images < FEW_IMAGES || next.perImage().length != images) {
            return lead
                    + ", on "
                    + images
                    + (images == 1 ? " image" : " images")
                    + ": too few to say that it is so for others, too.";
        }
        if (Arrays.equals(best.perImage(), next.perImage())) {
            return lead + ": no difference.";
        }
        double p =
                new WilcoxonSignedRankTest()
                        .wilcoxonSignedRankTest(best.perImage(), next.perImage(), images <= 30);
        return lead
                + String.format(
                        Locale.ROOT,
                        ", %s (Wilcoxon's signed ranks over %d images, p = %.2g).",
                        p < LEVEL ? "a difference beyond chance" : "within what images differ by",
                        images,
                        p);
    }
}
