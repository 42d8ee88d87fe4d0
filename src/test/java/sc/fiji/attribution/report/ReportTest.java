/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.cohort.run.CohortSettings;
import sc.fiji.attribution.cohort.run.CohortTool;
import sc.fiji.attribution.cohort.run.SmallCohort;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The report of sixteen small subjects, one of which has a hostile name and no image. */
@Tag("long")
class ReportTest {

    @TempDir static Path folder;

    private static Path report;
    private static String page;
    private static CohortResult result;

    @BeforeAll
    static void run() throws IOException {
        Path table = SmallCohort.write(folder, 16);
        Files.writeString(
                table,
                "\"<script>alert(1)</script>\",none.tif,healthy,A,3,\n",
                StandardOpenOption.APPEND);
        CohortSettings settings =
                CohortSettings.of(
                        Map.of(
                                "table",
                                table.toString(),
                                "output",
                                folder.resolve("out").toString(),
                                "method",
                                "Gradient",
                                "confound",
                                "site",
                                "permutations",
                                "50"));
        try (Classifier classifier = Engines.open(SmallCohort.model(), ModelOptions.NONE)) {
            result = new CohortTool(classifier, settings).run(Progress.NONE);
            report = Report.write(result);
            page = Files.readString(report);
            assertEquals(page, Files.readString(Report.write(result)), "the same each time");
        }
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        assertFalse(page.matches("(?s).*(src|href)=\"(?!data:|maps/)[^\"]*\".*"));
        // Not "http" alone: packed volumes are letters, too.
        assertFalse(page.contains("://"));
    }

    @Test
    void verdictComesFirstAndNamesAreText() {
        int verdict = page.indexOf("class=\"verdict");
        assertTrue(verdict > 0 && verdict < page.indexOf("Performance"));
        assertTrue(page.contains("acquits nobody"));
        assertFalse(page.contains("<script>alert"));
        assertTrue(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "among the failures");
    }

    @Test
    void comparedMethodsAreShown() throws IOException {
        assertTrue(page.contains("Methods were not compared on this network"));
        Path picture = report.resolveSibling("evaluation.png");
        Path table = report.resolveSibling("evaluation.csv");
        ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        Files.writeString(table, "image,method\n");
        try {
            String with = Files.readString(Report.write(result));
            assertTrue(with.contains("<img alt=\"methods by metrics\" src=\"data:image/png"));
            assertTrue(with.contains("<a href=\"evaluation.csv\">"));
            assertFalse(with.contains("were not compared"));
        } finally {
            Files.delete(picture);
            Files.delete(table);
            Report.write(result);
        }
    }

    @Test
    void pointsLeadToMaps() {
        assertTrue(page.contains("<a href=\"maps/s3_Gradient.tif\">"));
        assertTrue(Files.exists(report.resolveSibling("maps/s3_Gradient.tif")));
    }

    /** In a real browser, as wide as a phone and as a desk. */
    @Test
    @Tag("long")
    void inChromium() throws IOException, InterruptedException {
        String browser =
                Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of("/usr/bin", name))
                        .filter(Files::isExecutable)
                        .map(Path::toString)
                        .findFirst()
                        .orElse("");
        assumeTrue(!browser.isEmpty(), "no Chromium here");
        String dom = chromium(browser, "--dump-dom", "--window-size=1200,900");
        assertTrue(dom.contains("data-ready=\"yes\""), "the viewer shows a volume");
        assertTrue(dom.contains("Gradient, mean: "), "and says the value under the cursor");
        for (int width : new int[] {500, 1200}) {
            Path picture = Path.of("target", "report-" + width + ".png").toAbsolutePath();
            chromium(browser, "--screenshot=" + picture, "--window-size=" + width + ",6000");
            assertEquals(width, ImageIO.read(picture.toFile()).getWidth());
        }
    }

    private static String chromium(String browser, String... options)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                browser,
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--hide-scrollbars",
                                "--virtual-time-budget=20000",
                                "--user-data-dir=" + folder.resolve("profile")));
        command.addAll(List.of(options));
        command.add(report.toUri().toString());
        Path out = folder.resolve("dom.html");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(folder.resolve("log").toFile())
                        .start();
        assertTrue(process.waitFor(3, TimeUnit.MINUTES), "the browser ends");
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
