/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against all assignments of small cohorts, and where nothing can be told. */
class ConfoundTestTest {

    private static List<Score> cohort(int perCell, double site, double disease, long seed) {
        Random random = new Random(seed);
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < 4 * perCell; i++) {
            boolean patient = i % 2 == 0;
            boolean a = i / 2 % 2 == 0;
            scores.add(
                    new Score(
                            "s" + i,
                            patient ? "patient" : "control",
                            a ? "A" : "B",
                            random.nextGaussian()
                                    + (patient ? disease : 0)
                                    + (a ? site / 2 : -site / 2)));
        }
        return scores;
    }

    /** All C(6, 3)² = 400 assignments of twelve subjects. */
    @Test
    void agreesWithEnumeration() {
        List<Score> scores = cohort(3, 1, 1, 4);
        double[] patients = values(scores, "patient");
        double[] controls = values(scores, "control");
        double gap = ConfoundTest.of(scores, 1).gap();
        int large = 0;
        for (int p = 0; p < 64; p++) {
            for (int c = 0; c < 64; c++) {
                if (Integer.bitCount(p) == 3 && Integer.bitCount(c) == 3) {
                    double other = (difference(patients, p) + difference(controls, c)) / 2;
                    large += Math.abs(other) >= Math.abs(gap) - 1e-12 ? 1 : 0;
                }
            }
        }
        double exact = large / 400.0;
        assertEquals(exact, ConfoundTest.of(scores, 1).p(), 1e-12);
        assertEquals(400, ConfoundTest.of(scores, 1).assignments());
        double error = Math.sqrt(exact * (1 - exact) / 399);
        assertEquals(exact, ConfoundTest.of(scores, 399, 1).p(), 4 * error, "drawn");
    }

    /**
     * Of one at A and 19 at B in a class the extreme is one of 20: p is 0.05 exactly, which is use.
     * One fewer, or two ways to be as extreme, and no score could show any.
     */
    @Test
    void exactlyFivePercent() {
        assertEquals(0.05, ConfoundTest.of(lonely(19, 1), 1).p());
        assertEquals(Verdict.STRONGLY, ConfoundTest.of(lonely(19, 1), 1).verdict());
        ConfoundTest eighteen = ConfoundTest.of(lonely(18, 1), 1);
        assertEquals(Verdict.CANNOT_BE_TOLD, eighteen.verdict());
        assertTrue(eighteen.reason().contains("p = 0.053,"), eighteen.reason());
        assertTrue(ConfoundTest.of(lonely(3, 3), 1).reason().contains("p = 0.10"), "C(6, 3) = 20");
        ConfoundTest three = ConfoundTest.of(lonely(19, 1), 1).ofSeveral(3);
        assertTrue(three.reason().contains("p = 0.15, corrected for 3"), three.reason());
    }

    /** Patients who differ by site; controls at B only, in between. */
    private static List<Score> lonely(int atB, int atA) {
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < atB + atA; i++) {
            boolean a = i >= atB;
            scores.add(new Score("p" + i, "patient", a ? "A" : "B", a ? 9 : i * 1e-3));
        }
        scores.add(new Score("c", "control", "B", 1));
        return scores;
    }

    private static double[] values(List<Score> scores, String label) {
        return scores.stream()
                .filter(s -> s.label().equals(label))
                .mapToDouble(Score::value)
                .toArray();
    }

    private static double difference(double[] values, int first) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (first >> i & 1) == 1 ? values[i] : -values[i];
        }
        return 2 * sum / values.length;
    }

    /** Few assignments, of many subjects: two of twenty have that gap. */
    @Test
    void aClassOfOneSite() {
        List<Score> scores = lonely(3, 3);
        for (int i = 0; i < 12_000; i++) {
            scores.add(new Score("more" + i, "control", "B", i % 7));
        }
        assertEquals(2 / 20.0, ConfoundTest.of(scores, 1).p(), 0.02);
    }

    @Test
    void unequalCellsDoNotMakeAGap() {
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            boolean patient = i < 20;
            boolean a = patient ? i < 15 : i < 25;
            double noise = (i * 7 % 5 - 2) * 0.01;
            String label = patient ? "patient" : "control";
            scores.add(new Score("" + i, label, a ? "A" : "B", (patient ? 3 : 0) + noise));
        }
        ConfoundTest test = ConfoundTest.of(scores, 1);
        assertEquals(0, test.gap(), 0.01);
        assertEquals(3, test.classGap(), 0.01);
        assertEquals(Verdict.NO_SIGN, test.verdict());
    }

    @Test
    void threeSites() {
        Random random = new Random(2);
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String site = "ABC".substring(i % 3, i % 3 + 1);
            double value = random.nextGaussian() + (i % 2 == 0 ? 2 : 0) + (i % 3 == 2 ? 4 : 0);
            scores.add(new Score("" + i, i % 2 == 0 ? "patient" : "control", site, value));
        }
        ConfoundTest test = ConfoundTest.of(scores, 1);
        assertEquals(8 / 3.0, test.gap(), 0.4, "two of three pairs differ by 4");
        assertEquals(Verdict.STRONGLY, test.verdict());
        assertTrue(test.p() < 0.001);
    }

    @Test
    void coincidenceIsSaid() {
        List<Score> scores =
                cohort(5, 1, 1, 3).stream()
                        .filter(s -> s.label().equals("patient") == s.level().equals("A"))
                        .toList();
        ConfoundTest test = ConfoundTest.of(scores, 1);
        assertEquals("cannot be told", test.evidence().verdict());
        assertEquals(ConfoundTest.COINCIDE, test.reason());
    }

    @Test
    void whatCannotBeTold() {
        assertCannot(List.of(), "no subject");
        assertCannot(cohort(3, 0, 1, 1).subList(0, 1), "same level");
        assertCannot(
                cohort(3, 0, 1, 1).stream()
                        .map(s -> new Score(s.id(), s.label(), s.level(), 1.5))
                        .toList(),
                "all scores are the same");
        assertCannot(cohort(1, 0, 1, 1), "too few");
        assertCannot(
                cohort(6, 0, 1, 1).stream().filter(s -> s.label().equals("patient")).toList(),
                "one class only");
        assertCannot(
                cohort(6, 0, 1, 1).stream()
                        .map(s -> new Score(s.id(), s.label(), s.label() + s.level(), s.value()))
                        .toList(),
                "no level of the confound has subjects of two classes");
    }

    private static void assertCannot(List<Score> scores, String why) {
        ConfoundTest test = ConfoundTest.of(scores, 1);
        assertEquals(Verdict.CANNOT_BE_TOLD, test.verdict(), test.reason());
        assertTrue(test.reason().contains(why), test.reason());
    }

    @Test
    void sharesOfChannelsAddUp() {
        List<Score> subjects = cohort(4, 0, 0, 1);
        double[][] parts = new double[16][];
        for (int i = 0; i < 16; i++) {
            parts[i] = new double[] {i % 2 == 0 ? 3 : 0, i / 2 % 2 == 0 ? 7 : 0, 1};
        }
        List<ChannelSplit> splits = ChannelSplit.of(subjects, parts);
        assertEquals(new ChannelSplit(1, 0, 7, 0, 1), splits.get(0));
        assertEquals(3, splits.get(1).classGap() + splits.get(2).classGap(), 1e-12);
    }

    @Test
    void masks() {
        double[][] density = new double[8][8];
        for (int i = 0; i < 8; i++) {
            for (int k = 0; k < 8; k++) {
                density[i][k] = i == k ? 4 : 1;
            }
        }
        Evidence own = MaskEvidence.own(density, 2000, 1);
        assertEquals(4, own.statistic(), 1e-12);
        assertTrue(own.p() < 0.01);
        Evidence removed = MaskEvidence.removed(new double[] {3, 5}, new double[] {1, 3}, 4);
        assertEquals(0.5, removed.statistic(), 1e-12);
        assertEquals("50 % of the class gap goes with the lesions", removed.verdict());
        for (double gap : new double[] {0.1, -0.1}) {
            Evidence none = MaskEvidence.removed(new double[] {3, 5}, new double[] {1, 3}, gap);
            assertEquals("the class gap is too small to be shared out", none.verdict());
        }
    }
}
