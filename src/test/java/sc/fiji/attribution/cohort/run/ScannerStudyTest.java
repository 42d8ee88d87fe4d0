/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Two networks of the same design: for one, class and scanner had nothing to do with each other;
 * for the other, all patients came from one scanner. The audit tells them apart.
 */
@Tag("long")
class ScannerStudyTest {

    private static final Path STUDY = Path.of("sample-images/scanner-study");

    @TempDir private Path folder;

    private List<String> audit(String network) throws Exception {
        Path output = folder.resolve(network);
        CohortSettings settings =
                CohortSettings.of(
                        Map.of(
                                "table",
                                STUDY.resolve("audit.csv").toString(),
                                "output",
                                output.toString(),
                                "method",
                                "none",
                                "confound",
                                "site"));
        try (Classifier classifier = Engines.open(STUDY.resolve(network), ModelOptions.NONE)) {
            CohortResult result = new CohortTool(classifier, settings).run(Progress.NONE);
            assertTrue(result.summary().startsWith("96 of 96"), result.summary());
        }
        List<String> rows = Files.readAllLines(output.resolve("bias.csv"));
        rows.forEach(row -> System.out.println(network + ": " + row));
        Files.readAllLines(output.resolve("performance.csv")).stream()
                .filter(row -> row.contains("ccuracy"))
                .forEach(row -> System.out.println(network + ": " + row));
        return rows;
    }

    @Test
    void theBiasedNetworkIsToldFromTheCleanOne() throws Exception {
        List<String> clean = audit("clean");
        List<String> biased = audit("biased");
        assertTrue(clean.get(1).startsWith("score by confound within class"), clean.get(1));
        assertTrue(clean.get(1).endsWith("no sign of it"), clean.get(1));
        assertTrue(biased.get(1).endsWith("uses the signature strongly"), biased.get(1));
        assertEquals(clean.get(0), biased.get(0));
    }
}
