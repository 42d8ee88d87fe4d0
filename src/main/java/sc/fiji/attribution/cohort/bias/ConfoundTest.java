/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.List;
import java.util.Locale;

/**
 * The main test: does the mean score depend on a confound, such as the site, within classes? What
 * the truth has to do with the confound is out of the way then, and what is left is the network's
 * own doing. Needs no masks and no gradients.
 *
 * <p>The confound gap G is the difference of the mean scores of two levels of the confound within a
 * class, averaged over the classes; of more levels, the mean of |G| over their pairs. The class gap
 * is the same with classes and levels exchanged, which in a balanced cohort is the difference of
 * the classes' means. The share is |G| / (|G| + |class gap|). p is the share of the assignments of
 * the confound to the subjects of each class whose gap is as large: of 10,000 drawn ones, the true
 * one counted, or of all of them where these are fewer.
 *
 * @param gap signed for two levels: the first in alphabetical order minus the second
 * @param classGap signed for two classes, the second minus the first
 * @param share 0 to 1; NaN where it cannot be computed
 * @param p two-sided; NaN where it cannot be computed
 * @param low end of the gap's 95 % interval, for two levels
 * @param high end of it
 * @param n subjects with score, class and level
 * @param assignments that p is a share of
 * @param least p that the largest gap of these scores would have; 0 where that is not known
 * @param verdict the answer
 * @param reason why it cannot be told; else empty
 */
public record ConfoundTest(
        double gap,
        double classGap,
        double share,
        double p,
        double low,
        double high,
        int n,
        int assignments,
        double least,
        Verdict verdict,
        String reason) {

    /** The line in {@code bias.csv}. */
    public static final String NAME = "score by confound within class";

    public static final int PERMUTATIONS = 10_000;

    /** Where confound and class coincide. */
    public static final String COINCIDE =
            "each level of the confound has subjects of one class only, so what comes from the"
                    + " class and what from the confound cannot be separated; a few subjects of the"
                    + " other class from any level, or the same subjects at both, would settle it";

    public static ConfoundTest of(List<Score> scores, long seed) {
        return of(scores, PERMUTATIONS, seed);
    }

    static ConfoundTest of(List<Score> scores, int permutations, long seed) {
        ScoreCells cells = new ScoreCells(scores);
        int n = scores.size();
        String reason = cells.whyNot();
        if (!reason.isEmpty()) {
            return cannot(n, reason);
        }
        double gap = cells.gap();
        double classGap = cells.classGap();
        double size = Math.abs(gap);
        ScoreCells.Chance chance = cells.chance(permutations, seed);
        if (chance.least() > Verdict.LEVEL) {
            return cannot(n, tooFew(chance.least(), 1));
        }
        // One class only: there is nothing to compare the gap with.
        double share = cells.labels() < 2 ? Double.NaN : size / (size + Math.abs(classGap));
        double half = cells.levels() == 2 ? cells.halfWidth() : Double.NaN;
        return new ConfoundTest(
                gap,
                classGap,
                share,
                chance.p(),
                gap - half,
                gap + half,
                n,
                chance.assignments(),
                chance.least(),
                Verdict.of(chance.p(), share),
                Double.isNaN(share) ? whyNoShare(cells.labels(), classGap) : "");
    }

    private static String whyNoShare(int classes, double classGap) {
        if (classes < 2) {
            return "there are subjects of one class only, and no gap between classes that the"
                    + " confound's could be compared with";
        }
        return Double.isNaN(classGap)
                ? "no level of the confound has subjects of two classes, so the gap between the"
                        + " classes, which the confound's is compared with, cannot be told from it;"
                        + " a few subjects of the other class from any level would settle it"
                : "there is neither a gap between classes nor one between levels";
    }

    private static ConfoundTest cannot(int n, String reason) {
        double none = Double.NaN;
        Verdict verdict = Verdict.CANNOT_BE_TOLD;
        return new ConfoundTest(none, none, none, none, none, none, n, 0, 0, verdict, reason);
    }

    private static String tooFew(double least, int tests) {
        return String.format(
                Locale.ROOT,
                "there are too few subjects, or different scores, for a test: even the largest gap that they"
                        + " allow has p = %.2g%s, and signs of use begin at %.2f",
                Math.min(1, least * tests),
                tests > 1 ? ", corrected for " + tests + " classes" : "",
                Verdict.LEVEL);
    }

    /**
     * Whether its p is smaller, or, as often with so few permutations, the same of a larger share.
     */
    public boolean saysMoreThan(ConfoundTest other) {
        if (verdict == Verdict.CANNOT_BE_TOLD || other.verdict == Verdict.CANNOT_BE_TOLD) {
            return verdict != Verdict.CANNOT_BE_TOLD;
        }
        return p < other.p || p == other.p && share > other.share;
    }

    /** The most extreme of several tests: p by Bonferroni. */
    public ConfoundTest ofSeveral(int tests) {
        double corrected = Math.min(1, p * tests);
        boolean told = verdict != Verdict.CANNOT_BE_TOLD;
        if (told && least * tests > Verdict.LEVEL) {
            return cannot(n, tooFew(least, tests));
        }
        return new ConfoundTest(
                gap,
                classGap,
                share,
                corrected,
                low,
                high,
                n,
                assignments,
                least,
                told ? Verdict.of(corrected, share) : verdict,
                reason);
    }

    /** Of errors of a number: their gap and p stand, and no share. */
    public ConfoundTest ofNumber() {
        if (Double.isNaN(p)) {
            return this;
        }
        String by =
                String.format(
                        Locale.ROOT,
                        "the model gives a number, so there is no gap between classes that the confound's could"
                                + " be compared with. How far the number is above the true one differs by %.3g"
                                + " between levels (p = %.2g%s)",
                        Math.abs(gap),
                        p,
                        p <= Verdict.LEVEL ? ", beyond chance" : "");
        return new ConfoundTest(
                gap, classGap, share, p, low, high, n, assignments, least, verdict, by);
    }

    /** Confound gap and class gap; NaN where no class has two levels, or no level two classes. */
    static double[] gaps(List<Score> scores) {
        ScoreCells cells = new ScoreCells(scores);
        return new double[] {cells.gap(), cells.classGap()};
    }

    /** Its line, which has the verdict's words alone. */
    public Evidence evidence() {
        return new Evidence(NAME, gap, share, p, low, high, n, verdict.toString());
    }
}
