/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.inference.WilcoxonSignedRankTest;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.Metrics;

/**
 * Which method to take, and why: of those whose maps can be believed ({@link Verdict}) the one that
 * ranks best ({@link Standings}). Complexity is left out: a tidy map is not a true one.
 *
 * @param standings the best first
 * @param method empty where none can be recommended
 * @param reason one or more sentences
 */
public record Recommendation(List<Standing> standings, Optional<String> method, String reason) {

    /** Families that judge, and do not only describe. */
    static final List<String> FAMILIES = Arrays.stream(Family.values()).map(Family::key).toList();

    /** Fewer images say nothing about the next one. */
    private static final int FEW_IMAGES = 6;

    private static final double LEVEL = 0.05;

    public Recommendation {
        standings = List.copyOf(standings);
    }

    /** Of what was found image by image. */
    public static Recommendation of(List<Figure> perImage) {
        List<Figure> judging =
                perImage.stream()
                        .filter(row -> row.better() != MetricDeclaration.Better.NEITHER)
                        .filter(row -> FAMILIES.contains(Metrics.family(row.metric())))
                        .toList();
        List<String> methods = perImage.stream().map(Figure::method).distinct().toList();
        List<Standing> standings = new Standings(judging, methods).all();
        if (judging.isEmpty()) {
            return new Recommendation(
                    standings,
                    Optional.empty(),
                    "No recommendation: none of these metrics judges a method; add some of "
                            + String.join(", ", FAMILIES)
                            + ".");
        }
        List<Verdict> verdicts =
                standings.stream().map(each -> Verdict.of(each.method(), judging)).toList();
        int images = (int) judging.stream().map(Figure::image).distinct().count();
        return standings.size() == 1
                ? ofOne(standings, verdicts.get(0), images)
                : ofSeveral(standings, verdicts);
    }

    private static Recommendation ofOne(List<Standing> standings, Verdict verdict, int images) {
        boolean supported = verdict.kind() == Verdict.Kind.SUPPORTED;
        return new Recommendation(
                standings,
                Optional.of(verdict.method()).filter(name -> supported),
                verdict.method()
                        + ": "
                        + verdict.statement()
                        + ". Here "
                        + verdict.text()
                        + (images == 1 ? " One image says nothing of others." : ""));
    }

    private static Recommendation ofSeveral(List<Standing> standings, List<Verdict> verdicts) {
        Verdict best = first(verdicts, Verdict.Kind.SUPPORTED);
        if (best != null) {
            Standing standing = standings.get(verdicts.indexOf(best));
            String others =
                    verdicts.subList(0, verdicts.indexOf(best)).stream()
                            .map(Recommendation::why)
                            .collect(Collectors.joining("; "));
            return new Recommendation(
                    standings,
                    Optional.of(best.method()),
                    praise(standing, standings)
                            + " Of its maps: "
                            + best.text()
                            + (others.isEmpty()
                                    ? ""
                                    : " Ranked before it, but not taken: " + others + "."));
        }
        Verdict shown = first(verdicts, Verdict.Kind.DIVIDED);
        shown = shown == null ? first(verdicts, Verdict.Kind.OPEN) : shown;
        shown = shown == null ? verdicts.get(0) : shown;
        return new Recommendation(
                standings,
                Optional.empty(),
                why(verdicts, shown.kind()) + shown.method() + ": " + shown.text());
    }

    /**
     * Why none is recommended, up to the name of the method that is shown.
     *
     * @param shown of its verdict
     */
    private static String why(List<Verdict> verdicts, Verdict.Kind shown) {
        boolean open = first(verdicts, Verdict.Kind.OPEN) != null;
        if (shown == Verdict.Kind.REJECTED) {
            return "None of these methods should be believed here. The first by rank, ";
        }
        if (shown == Verdict.Kind.DIVIDED && !open) {
            return "None of these methods should be relied on alone: for each the evidence is"
                    + " divided or speaks against it. The first, ";
        }
        return shown == Verdict.Kind.DIVIDED || verdicts.stream().anyMatch(Verdict::isUndecided)
                ? "None of these methods can be recommended. The first, "
                : "Too little was measured to recommend a method. The first, ";
    }

    private static Verdict first(List<Verdict> verdicts, Verdict.Kind kind) {
        return verdicts.stream().filter(v -> v.kind() == kind).findFirst().orElse(null);
    }

    private static String why(Verdict verdict) {
        String objection = verdict.objection();
        return verdict.method()
                + (!objection.isEmpty()
                        ? ": " + objection
                        : verdict.isUndecided()
                                ? ", whose figures are divided"
                                : ", of which too little was measured");
    }

    private static String praise(Standing best, List<Standing> standings) {
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
                        "Recommended: %s. Mean rank %.1f of %d (%s).",
                        best.method(),
                        best.overall().mean(),
                        standings.size(),
                        families);
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
