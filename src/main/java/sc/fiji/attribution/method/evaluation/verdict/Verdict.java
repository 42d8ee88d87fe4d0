/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.verdict.Evidence.Side;

/**
 * Whether a method's maps can be believed, by all families that were measured. Localisation and
 * faithfulness can speak for a map; that it is stable, or depends on the network, is expected of
 * any, and can only speak against it. No single figure decides.
 *
 * @param method whose maps
 * @param evidence family by family, those that were measured; of some no figure may be defined
 */
record Verdict(String method, List<Evidence> evidence) {

    enum Kind {
        /** Something speaks for it, and nothing against. */
        SUPPORTED("The evidence speaks for this map"),
        /** Both. */
        DIVIDED("The evidence is divided: do not rely on this map alone"),
        /** Two families speak against it, or one and none for it. */
        REJECTED("This map should not be believed"),
        /** Neither. */
        OPEN("Too little was measured to say whether this map can be believed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** Of one map, for people. */
    String statement() {
        return isUndecided()
                ? "The figures are divided: they do not say whether this map can be believed"
                : kind().text;
    }

    /** Whether it is open although enough was measured. */
    boolean isUndecided() {
        return kind() == Kind.OPEN
                && evidence.stream().anyMatch(e -> e.family().isReason() && e.isDivided());
    }

    static Verdict of(String method, List<Figure> judging) {
        List<Figure> own = judging.stream().filter(f -> f.method().equals(method)).toList();
        return new Verdict(
                method,
                Arrays.stream(Family.values())
                        .filter(family -> own.stream().anyMatch(family::has))
                        .map(family -> Evidence.of(family, own))
                        .toList());
    }

    Kind kind() {
        long against = evidence.stream().filter(e -> e.side() == Side.AGAINST).count();
        boolean supported =
                evidence.stream().anyMatch(e -> e.side() == Side.FOR && e.family().isReason());
        if (against > 1 || against == 1 && !supported) {
            return Kind.REJECTED;
        }
        return against == 1 ? Kind.DIVIDED : supported ? Kind.SUPPORTED : Kind.OPEN;
    }

    /** All that was measured, and what was not. */
    String text() {
        List<Evidence> there = evidence.stream().filter(Evidence::isThere).toList();
        List<Family> asked = evidence.stream().map(Evidence::family).toList();
        List<Family> defined = there.stream().map(Evidence::family).toList();
        String measured = there.stream().map(Evidence::text).collect(Collectors.joining("; "));
        return there.isEmpty()
                ? "none of its figures is defined (a map of zeros has none)."
                        + list("Not asked", f -> !asked.contains(f))
                : measured
                        + "."
                        + list("Not defined", f -> asked.contains(f) && !defined.contains(f))
                        + list("Not asked", f -> !asked.contains(f));
    }

    /** The questions of some families; empty where there are none. */
    private static String list(String what, Predicate<Family> which) {
        String questions =
                Arrays.stream(Family.values())
                        .filter(which)
                        .map(Family::question)
                        .collect(Collectors.joining(", or "));
        return questions.isEmpty() ? "" : " " + what + ": " + questions + ".";
    }

    /** What speaks against it, in short. */
    String objection() {
        return evidence.stream()
                .filter(e -> e.side() == Side.AGAINST)
                .map(Evidence::text)
                .collect(Collectors.joining(", and "));
    }
}
