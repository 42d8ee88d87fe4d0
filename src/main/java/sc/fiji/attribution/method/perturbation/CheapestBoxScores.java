/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.space.Space;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Structure;

/**
 * The way to score boxes that is estimated to cost least, unless the user wants the plain one.
 * Before the one that knows the network is trusted, both score a few of the boxes; where they
 * differ, or where it fails, the plain way is taken. A finding says which it was and why.
 */
public final class CheapestBoxScores {

    /** Where the estimated cost is not clearly below that of the plain way, that one is taken. */
    private static final double WORTH = 0.8;

    /** Share of the score's range that the two ways may differ by. */
    private static final double TOLERANCE = 1e-4;

    /** The first and the last box, which lie at borders, and random ones. */
    private static final int CHECKED_BOXES = 4;

    private static final String PLAIN = "plain";

    public static final Option.Choice COMPUTATION =
            new Option.Choice(
                    "computation",
                    "automatic: only what a box changes, where the network allows it; plain: the"
                            + " whole image for each box",
                    "automatic",
                    List.of("automatic", PLAIN));

    private final BoxScores plain;
    private final List<Box> boxes;
    private final Map<String, String> findings;

    private CheapestBoxScores(BoxScores plain, List<Box> boxes, Map<String, String> findings) {
        this.plain = plain;
        this.boxes = boxes;
        this.findings = findings;
    }

    /**
     * Chooses.
     *
     * @param plain sends the whole image through the network
     * @param boxes that are going to be scored
     * @param findings told which way it is and why
     */
    public static BoxScores of(
            BoxScores plain,
            Problem problem,
            Score score,
            Replacement replacement,
            List<Box> boxes,
            Progress progress,
            Map<String, String> findings) {
        return problem.settings().get(COMPUTATION).equals(PLAIN)
                ? plain
                : new CheapestBoxScores(plain, boxes, findings)
                        .choose(problem, score, replacement, progress);
    }

    /**
     * f of an image with each of the boxes replaced, one at a time, over all channels.
     *
     * @param problem whose settings have {@link #COMPUTATION} and the batch
     * @param fill what boxes are replaced by, of the input's shape
     * @param findings told which way it was and why
     */
    public static double[] replaced(
            Problem problem,
            Score score,
            Tensor fill,
            List<Box> boxes,
            Progress progress,
            Map<String, String> findings) {
        Replacement replacement =
                new Occluded(
                        problem.input(),
                        fill,
                        ChannelGroups.parse("all", problem.input().size('c')));
        BoxScores plain = new PlainBoxScores(new ScoreSweep(score, problem), replacement);
        double[] scores = new double[boxes.size()];
        Pace pace = new Pace("Scores without boxes", boxes.size(), progress);
        of(plain, problem, score, replacement, boxes, progress, findings)
                .score(boxes, pace, (index, value) -> scores[index] = value);
        pace.finish();
        return scores;
    }

    private BoxScores choose(
            Problem problem, Score score, Replacement replacement, Progress progress) {
        Optional<Layers> layers = problem.classifier().layers();
        Optional<Structure> structure = problem.classifier().structure();
        if (layers.isEmpty() || structure.isEmpty() || boxes.isEmpty()) {
            return plain("the model's layers cannot be reached");
        }
        Tensor image = replacement.image();
        Optional<CropPlan> best =
                CropPlan.cheapest(
                        before(score.place(), layers.get(), structure.get().cuts(image)),
                        Space.of(image).extents(),
                        image.size('c'),
                        boxes);
        if (best.isEmpty()) {
            return plain("the network has no layer at which it can be cut");
        }
        CropPlan plan = best.get();
        if (plan.share() > WORTH) {
            return plain("cutting the network would save too little");
        }
        try {
            BoxScores incremental =
                    new IncrementalBoxScores(
                            score,
                            layers.get(),
                            replacement,
                            plan,
                            problem.settings().get(Declaration.BATCH));
            double difference = difference(incremental, progress);
            // Not a number is no agreement either.
            if (!(difference <= TOLERANCE * score.range())) {
                return plain(
                        String.format(
                                Locale.ROOT,
                                "crops at %s give scores that differ by %s",
                                plan.cutsText(),
                                Findings.number(difference)));
            }
            findings.put("occlusion.cuts", plan.cutsText());
            findings.put(
                    "occlusion.saved",
                    String.format(
                            Locale.ROOT,
                            "about %.0f of %d passes; compared on %d boxes, which differ by %s",
                            (1 - plan.share()) * boxes.size(),
                            boxes.size(),
                            checked().size(),
                            Findings.number(difference)));
            return incremental;
        } catch (CancelledException e) {
            throw e;
        } catch (AttributionException e) {
            return plain("crops fail: " + e.getMessage());
        }
    }

    /** The cuts that stand before the place; none before a layer that is not in the list. */
    private static List<Cut> before(String place, Layers layers, List<Cut> cuts) {
        if (Pass.isFixed(place)) {
            return cuts;
        }
        List<String> order = layers.list().stream().map(Layer::name).toList();
        return cuts.stream()
                .filter(cut -> order.indexOf(cut.layer()) < order.indexOf(place))
                .toList();
    }

    private BoxScores plain(String why) {
        findings.put("occlusion.plain", "whole passes, since " + why);
        return plain;
    }

    private List<Box> checked() {
        if (boxes.size() <= CHECKED_BOXES) {
            return boxes;
        }
        List<Box> some = new ArrayList<>(List.of(boxes.get(0), boxes.get(boxes.size() - 1)));
        // Always the same ones: a run can be repeated.
        Random random = new Random(0);
        while (some.size() < CHECKED_BOXES) {
            some.add(boxes.get(1 + random.nextInt(boxes.size() - 2)));
        }
        return some;
    }

    private double difference(BoxScores incremental, Progress progress) {
        List<Box> some = checked();
        Pace pace = new Pace("Occlusion, comparing two ways", 2L * some.size(), progress);
        double[] expected = new double[some.size()];
        plain.score(some, pace, (index, value) -> expected[index] = value);
        double[] largest = {0};
        incremental.score(
                some,
                pace,
                (index, value) ->
                        largest[0] = Math.max(largest[0], Math.abs(value - expected[index])));
        return largest[0];
    }
}
