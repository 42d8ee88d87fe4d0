/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.run.SmallCohort;

/** Tables that people really have, through the runner: a clear line, and nothing half-written. */
@Tag("long")
class BadCohortsTest {

    @TempDir static Path shared;
    @TempDir Path folder;

    private static String table;

    @BeforeAll
    static void images() throws IOException {
        table = Files.readString(SmallCohort.write(shared, 8)).replaceAll("\\R", "\n");
    }

    private record Said(int code, String out, String err) {}

    private Said run(byte[] bytes, String... more) throws IOException {
        Path file = Files.write(shared.resolve("bad.csv"), bytes);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "Cohort...",
                                "table=" + file,
                                "model=" + SmallCohort.model(),
                                "method=none",
                                "output=" + folder.resolve("out")));
        arguments.addAll(List.of(more));
        if (arguments.stream().noneMatch(each -> each.startsWith("confound="))) {
            arguments.add("confound=site");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(
                        arguments.toArray(new String[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Said(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Said run(String text, String... more) throws IOException {
        return run(text.getBytes(StandardCharsets.UTF_8), more);
    }

    private void refused(String why, String text, String... more) throws IOException {
        Said said = run(text, more);
        assertEquals(1, said.code(), said.out());
        assertEquals(1, said.err().strip().lines().count(), said.err());
        assertTrue(said.err().contains(why), said.err());
        assertFalse(Files.exists(folder.resolve("out")), "nothing was written");
    }

    @Test
    void refusedBeforeAnythingIsWritten() throws IOException {
        refused("no subjects", "");
        refused("no subjects", "id,image,label\n");
        refused("no column 'image'", "a;b\n1;2\n");
        refused("no such column", table, "confound=scanner");
        refused("no such column", table, "by=sex");
        refused("subjects 1 and 2 have the same id 's0'", table.replace("\ns1,", "\ns0,"));
        refused("label 'patient' is no class", table.replace("lesions,A", "patient,A"));
        refused("two columns 'site'", table.replace("age", "site"));
        refused("cells under", table.replace("healthy,A", "healthy,A,extra,extra,extra"));
        refused("no number", table.replace(",37,", ",old,"), "covariates=age");
        refused("no number", table, "covariates=site");
        refused("the quote that begins in line 10 never ends", table + "\"s9,a.tif,lesions,A,3\n");
        refused(
                "'none' is the id or image of no row",
                table.replace("\n", ",none\n").replace("mask,none", "mask,twin"));
        refused("no text", "PK\u0003\u0004\0\0\0\0");
        refused("is the truth itself", table, "confound=label");
        refused("names files or subjects", table, "confound=id");
        AtomicInteger site = new AtomicInteger();
        String ofOne =
                Pattern.compile(",[AB],")
                        .matcher(table)
                        .replaceAll(any -> ",site-" + site.incrementAndGet() + ",");
        refused("different for each subject", ofOne, "confound=site");
    }

    private String bias() throws IOException {
        return Files.readAllLines(folder.resolve("out/bias.csv")).get(1);
    }

    /** What cannot be told is said, and why; the rest is there. */
    private void cannotBeTold(String why, UnaryOperator<String> change) throws IOException {
        Said said = run(change.apply(table));
        assertEquals(0, said.code(), said.err());
        assertTrue(said.out().contains("cannot be told: ") && said.out().contains(why), said.out());
        assertTrue(bias().endsWith("cannot be told"), bias());
        assertTrue(Files.readString(folder.resolve("out/report.html")).contains(why));
        assertTrue(Files.size(folder.resolve("out/predictions.csv")) > 100);
    }

    @Test
    void confoundOfOneLevel() throws IOException {
        cannotBeTold("the same level", text -> text.replace(",B,", ",A,"));
    }

    @Test
    void confoundThatIsTheClass() throws IOException {
        cannotBeTold(
                "cannot be separated",
                text ->
                        text.replaceAll("lesions,[AB]", "lesions,A")
                                .replaceAll("healthy,[AB]", "healthy,B"));
    }

    @Test
    void oneClassOnly() throws IOException {
        cannotBeTold("one class only", text -> text.replace(",healthy,", ",lesions,"));
    }

    /** All scores the same: the same image for everyone. */
    @Test
    void constantScores() throws IOException {
        cannotBeTold(
                "all scores are the same",
                text -> text.replaceAll("images/s\\d\\.tif", "images/s0.tif"));
    }

    @Test
    void noLabels() throws IOException {
        cannotBeTold(
                "no subject has a score, a class and a level",
                text -> text.replaceAll(",(lesions|healthy),", ",,"));
    }

    /** As the run's would. */
    @Test
    void theCheckSaysByItsExitCodeThatSubjectsCannotBeRun() throws IOException {
        Said check = run(table.replace("images/s3", "images/none"), "check=true");
        assertEquals(1, check.code());
        assertTrue(check.out().contains("8 subjects, of which 7 can be run"), check.out());
        assertTrue(check.err().contains("1 of 8 subjects cannot be run"), check.err());
        assertEquals(0, run(table, "check=true").code());
    }

    /** Missing numbers as statistics programs write them; cells that a row lacks at its end. */
    @Test
    void missingValues() throws IOException {
        String text = table.replace(",37,", ",NaN,").replace(",44,", ",NA,");
        Said said = run(text.replaceFirst("(?m)^(s5.*),$", "$1"), "covariates=age");
        assertEquals(0, said.code(), said.err());
        Said check = run(text, "covariates=age", "check=true");
        assertTrue(check.out().contains("2 have no age: "), check.out());
    }

    /** The same table in other spellings gives the same numbers. */
    @Test
    void spellings() throws IOException {
        assertEquals(0, run(table).code());
        String expected = Files.readString(folder.resolve("out/predictions.csv"));
        String expectedBias = Files.readString(folder.resolve("out/bias.csv"));
        String german = "\uFEFF" + table.replace(',', ';').replace("\n", "\r\n");
        String quoted = table.replaceAll("([^,\n]+)", "\"$1\"");
        for (byte[] bytes :
                List.of(
                        german.getBytes(StandardCharsets.UTF_8),
                        quoted.getBytes(StandardCharsets.UTF_8),
                        table.replace(',', '\t').getBytes(StandardCharsets.UTF_16),
                        table.replace("\n", "\r").getBytes(StandardCharsets.UTF_8),
                        table.replace("\n", "\n\n").getBytes(StandardCharsets.UTF_8))) {
            Said said = run(bytes);
            assertEquals(0, said.code(), said.err());
            assertEquals(expected, Files.readString(folder.resolve("out/predictions.csv")));
            assertEquals(expectedBias, Files.readString(folder.resolve("out/bias.csv")));
        }
    }
}
