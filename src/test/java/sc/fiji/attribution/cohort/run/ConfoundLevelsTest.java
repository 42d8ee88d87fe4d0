/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.bias.Verdict;
import sc.fiji.attribution.cohort.table.Outcome;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.OptionException;

/** What becomes of a column of numbers decides the verdict: cohorts whose right one is known. */
class ConfoundLevelsTest {

    @TempDir Path folder;

    private final StringBuilder table = new StringBuilder("id,image,label,split,twin,x\n");
    private final List<SubjectResult> results = new ArrayList<>();

    private void subject(String split, String twin, int label, Object x, double score) {
        String id = "s" + results.size();
        table.append(String.join(",", id, "i", "" + label, split, twin, "" + x)).append('\n');
        results.add(
                new SubjectResult(
                        id,
                        "",
                        "",
                        new float[] {(float) -score, 0},
                        new double[] {0.5, 0.5},
                        new double[] {-score, score},
                        null,
                        null,
                        Map.of(),
                        List.of()));
    }

    /** Classes and levels each move the score by one. */
    private void tested() {
        for (int i = 0; i < 12; i++) {
            int label = i % 2;
            int age = 61 + i;
            subject("test", "", label, age, label + (age <= 66 ? 1 : 0));
        }
    }

    private Cohort cohort() throws IOException {
        Path file = Files.writeString(folder.resolve("t.csv"), table);
        CohortSettings settings =
                CohortSettings.of(
                        Map.of(
                                "table",
                                file.toString(),
                                "confound",
                                "x",
                                "method",
                                "none",
                                "output",
                                folder.resolve("out").toString()));
        Outcome outcome = new Outcome(List.of("0", "1"), -1);
        return Cohort.of(SubjectTable.read(file), outcome, settings, results);
    }

    private void assertHalvedAt(double limit) throws IOException {
        Cohort cohort = cohort();
        assertEquals(OptionalDouble.of(limit), cohort.confound().limit());
        BiasEvidence bias = BiasEvidence.of(cohort, null);
        assertEquals(0.5, bias.main().orElseThrow().share(), 1e-12);
        assertEquals(2 / 400.0, bias.main().orElseThrow().p(), 1e-12);
        assertEquals(Verdict.STRONGLY, bias.main().orElseThrow().verdict());
        assertEquals("levels of x", bias.rows().get(1).test());
        assertEquals(
                "measured numbers, halved among the subjects tested: 66 or less, above 66",
                bias.rows().get(1).verdict());
    }

    @Test
    void trainingRowsDoNotMoveTheMiddle() throws IOException {
        for (int i = 0; i < 40; i++) {
            subject("train", "", i % 2, 20 + i, 0);
        }
        tested();
        assertHalvedAt(66);
    }

    @Test
    void norDoTwinsOrRowsWithoutLabelOrScore() throws IOException {
        tested();
        for (int i = 0; i < 6; i++) {
            subject("test", "s" + i, i % 2, 61 + i, 5);
        }
        for (int i = 0; i < 9; i++) {
            table.append("u" + i + ",i,,test,,5" + i + "\n");
            results.add(SubjectResult.failed("u" + i, "", "no image"));
        }
        assertHalvedAt(66);
    }

    /** As statistics programs write whole numbers where some are missing. */
    @Test
    void labelsByNumber() {
        Outcome outcome = new Outcome(List.of("healthy", "MS"), -1);
        assertEquals(1, outcome.truth("1.0"));
        assertEquals(1, outcome.truth("ms"));
        for (String label : List.of("2", "-1", "1.5", "01.00", "Ms.", "9999999999")) {
            assertThrows(OptionException.class, () -> outcome.truth(label), label);
        }
    }

    /** Odd sites score higher: in halves of 1 to 4 and 5 to 8 that is no gap. */
    @Test
    void codedSitesAreNotHalved() throws IOException {
        for (int i = 0; i < 48; i++) {
            int site = 1 + i % 8;
            subject("", "", i / 8 % 2, site, i / 8 % 2 + 2 * (site % 2));
        }
        BiasEvidence bias = BiasEvidence.of(cohort(), null);
        double gap = 16 * 2 / 28.0; // 16 of the 28 pairs differ by 2
        assertEquals(gap, bias.main().orElseThrow().gap(), 1e-12);
        assertEquals(gap / (gap + 1), bias.main().orElseThrow().share(), 1e-12);
        assertEquals(Verdict.STRONGLY, bias.main().orElseThrow().verdict());
    }
}
