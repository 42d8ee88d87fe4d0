/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import sc.fiji.attribution.cohort.statistics.Estimate;

/**
 * Of two classes and two levels of the confound there are two pairings, such as patients at A with
 * controls at B, and the reverse. A network that uses the signature does well on the pairing that
 * it was trained on, and badly on the other.
 */
public final class Pairings {

    /** Also of either pairing, where nobody knows which of them was trained. */
    private static final String NO_DIFFERENCE = "no difference shown";

    private Pairings() {}

    /**
     * The accuracy on either pairing and their difference, with Wilson's and Newcombe's intervals;
     * empty unless there are two classes and two levels.
     *
     * @param scores of the subjects
     * @param right whether each is classified rightly
     * @param trained the scores of subjects that the network was trained on, for what is known of
     *     their class and level; may be empty
     */
    public static List<Evidence> of(
            List<Score> scores, Predicate<Score> right, List<Score> trained) {
        List<String> labels =
                new ArrayList<>(new TreeSet<>(scores.stream().map(Score::label).toList()));
        List<String> levels =
                new ArrayList<>(new TreeSet<>(scores.stream().map(Score::level).toList()));
        if (labels.size() != 2 || levels.size() != 2) {
            return List.of();
        }
        Predicate<Score> first =
                score -> labels.indexOf(score.label()) != levels.indexOf(score.level());
        Estimate one = accuracy(scores, first, right);
        Estimate other = accuracy(scores, first.negate(), right);
        String[] names = {
            name(labels.get(1), levels.get(0), labels.get(0), levels.get(1)),
            name(labels.get(1), levels.get(1), labels.get(0), levels.get(0))
        };
        long with = trained.stream().filter(first).count();
        long without = trained.size() - with;
        boolean known = with != without;
        boolean firstIsBest = known ? with > without : one.value() >= other.value();
        Estimate difference = firstIsBest ? minus(one, other) : minus(other, one);
        boolean differ = difference.low() > 0;
        String best = known ? "as trained" : differ ? "higher" : NO_DIFFERENCE;
        String worst = known ? "reversed" : differ ? "lower" : NO_DIFFERENCE;
        return List.of(
                Evidence.of(names[0], one, firstIsBest ? best : worst),
                Evidence.of(names[1], other, firstIsBest ? worst : best),
                Evidence.of(
                        "accuracy, one pairing minus the other",
                        difference,
                        differ ? "differs" : NO_DIFFERENCE));
    }

    private static String name(String label, String level, String other, String otherLevel) {
        return String.format(
                Locale.ROOT, "accuracy, %s at %s and %s at %s", label, level, other, otherLevel);
    }

    private static Estimate accuracy(
            List<Score> scores, Predicate<Score> pairing, Predicate<Score> right) {
        List<Score> there = scores.stream().filter(pairing).toList();
        return Estimate.proportion((int) there.stream().filter(right).count(), there.size());
    }

    /** Newcombe's (1998) interval for the difference of independent proportions. */
    private static Estimate minus(Estimate a, Estimate b) {
        double value = a.value() - b.value();
        return new Estimate(
                value,
                value - Math.hypot(a.value() - a.low(), b.high() - b.value()),
                value + Math.hypot(a.high() - a.value(), b.value() - b.low()),
                a.n() + b.n());
    }
}
