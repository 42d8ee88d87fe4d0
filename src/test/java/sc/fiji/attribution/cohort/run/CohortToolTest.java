/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.overlay.MapFacts;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.FolderContents;

/** Runs of twelve small subjects on the sample classifier. */
class CohortToolTest {

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Classifier classifier;
    private static Path table;

    @BeforeAll
    static void open() throws IOException {
        classifier = Engines.open(SmallCohort.model(), ModelOptions.NONE);
        table = SmallCohort.write(shared, 12);
    }

    @AfterAll
    static void close() {
        classifier.close();
    }

    private CohortResult run(Path subjects, String output, String... more) {
        return run(subjects, output, Progress.NONE, more);
    }

    private CohortResult run(Path subjects, String output, Progress progress, String... more) {
        return new CohortTool(classifier, settings(subjects, output, more)).run(progress);
    }

    private CohortSettings settings(Path subjects, String output, String... more) {
        return SmallCohort.settings(subjects, folder.resolve(output), more);
    }

    private void assertSame(String expected, String actual) throws IOException {
        FolderContents.assertSame(folder.resolve(expected), folder.resolve(actual));
    }

    private String unit(String group) {
        String file = folder.resolve("out/groups/" + group + ".tif").toString();
        return new MapFacts(ImageFile.open(file)).unit();
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file));
    }

    @Test
    void writesWhatScriptsRelyOn() throws IOException {
        CohortResult result = run(table, "out", "covariates", "age");
        assertEquals("12 of 12 subjects done.", result.summary());
        assertEquals(List.of(), result.notes());
        assertEquals(
                "id,label,predicted,probability:healthy,probability:lesions,logit:healthy,"
                        + "logit:lesions,split,site,error",
                lines("out/predictions.csv").get(0));
        assertEquals(13, lines("out/predictions.csv").size());
        assertEquals(
                "split,group,value,metric,estimate,low,high,n",
                lines("out/performance.csv").get(0));
        assertTrue(
                lines("out/performance.csv").stream()
                        .anyMatch(line -> line.contains(",site,A,AUC,")));
        assertEquals("test,statistic,share,p,low,high,n,verdict", lines("out/bias.csv").get(0));
        assertTrue(lines("out/bias.csv").get(1).startsWith("score by confound within class,"));
        assertTrue(
                lines("out/bias.csv").get(1).endsWith(",12,no sign of it"),
                lines("out/bias.csv").get(1));
        assertTrue(lines("out/regions.csv").get(0).startsWith("id,method,region,name,"));
        assertTrue(
                lines("out/regions.csv").stream().anyMatch(l -> l.startsWith("s0,Gradient,mask,")));
        assertTrue(Files.exists(folder.resolve("out/groups/Gradient_mean.tif")));
        assertTrue(Files.exists(folder.resolve("out/groups/Gradient_lesions-healthy_p-tfce.tif")));
        assertEquals("logit", unit("Gradient_mean").substring(0, 5), "beside its colour bar");
        assertEquals(unit("Gradient_mean"), unit("Gradient_lesions-healthy_difference"));
        assertEquals("t", unit("Gradient_lesions-healthy_t"));
        assertTrue(lines("out/run.json").toString().contains(classifier.spec().sha256()));
        ChannelGaps gaps = result.bias().channels().orElseThrow();
        assertTrue(gaps.exact(), "the head is linear on pooled features");
        double parts = gaps.splits().stream().mapToDouble(c -> c.confoundGap()).sum();
        assertEquals(result.bias().main().orElseThrow().gap(), parts, 1e-3);
    }

    @Tag("long")
    @Test
    void mapsAreThoseOfAttributionMap() throws IOException {
        run(table, "out");
        ImagePlus expected =
                new AttributionTool(classifier)
                        .method("Gradient")
                        .target("lesions - healthy")
                        .run(
                                ImageFile.open(shared.resolve("images/s3.tif").toString()),
                                Progress.NONE)
                        .image();
        ImagePlus map = ImageFile.open(folder.resolve("out/maps/s3_Gradient.tif").toString());
        double mean = 0;
        for (int z = 0; z < map.getNSlices(); z++) {
            assertArrayEquals(
                    ImageView.of(expected).slice(0, z, 0), ImageView.of(map).slice(0, z, 0));
        }
        for (int i = 0; i < 12; i++) {
            ImagePlus one =
                    ImageFile.open(folder.resolve("out/maps/s" + i + "_Gradient.tif").toString());
            mean += ImageView.of(one).slice(0, 28, 0)[1500] / 12.0;
        }
        ImagePlus group = ImageFile.open(folder.resolve("out/groups/Gradient_mean.tif").toString());
        assertEquals(mean, ImageView.of(group).slice(0, 28, 0)[1500], 1e-7);
    }

    @Tag("long")
    @Test
    void goesOnWhereItWasEnded() throws IOException {
        run(table, "whole");
        List<Integer> seen = new ArrayList<>();
        Progress ending =
                (done, total, what) -> {
                    seen.add((int) done);
                    if (done >= 5000) {
                        throw new CancelledException();
                    }
                };
        assertThrows(CancelledException.class, () -> run(table, "ended", ending));
        assertTrue(FolderContents.of(folder.resolve("ended/subjects")).size() >= 4);
        assertFalse(Files.exists(folder.resolve("ended/predictions.csv")));
        // Whatever a killed run leaves: a state that was never completed.
        Files.writeString(folder.resolve("ended/subjects/s2.json"), "{\"id\": \"s2\", \"ke");
        run(table, "ended");
        assertSame("whole", "ended");
    }

    @Tag("long")
    @Test
    void redoesWhatDependsAndNothingElse() throws IOException {
        run(table, "out");
        Path map = folder.resolve("out/maps/s4_Gradient.tif");
        FileTime past = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(map, past);
        run(table, "out", "method", "Gradient, Input x Gradient", "permutations", "0");
        assertEquals(past, Files.getLastModifiedTime(map), "a second method leaves the first");
        assertTrue(Files.exists(folder.resolve("out/maps/s4_Input-x-Gradient.tif")));
        run(table, "out", "target", "healthy");
        assertTrue(Files.getLastModifiedTime(map).compareTo(past) > 0, "another target");
        Files.setLastModifiedTime(map, past);
        Path other = Files.createDirectory(folder.resolve("moved"));
        Path changed =
                Files.writeString(
                        other.resolve("t.csv"),
                        Files.readString(table)
                                .replace("images/", shared.toAbsolutePath() + "/images/")
                                .replace(",A,", ",C,"));
        run(changed, "out", "target", "healthy");
        assertEquals(past, Files.getLastModifiedTime(map), "a group's name is no part of maps");
        assertTrue(lines("out/predictions.csv").get(1).contains(",C,"));
    }

    @Tag("long")
    @Test
    void mapsAreMeasuredAgainstGivenImages() throws IOException {
        Path reference = folder.resolve("reference.tif");
        Files.copy(shared.resolve("images/s0.tif"), reference);
        String[] said = {
            "method",
            "Integrated Gradients",
            "steps",
            "2",
            "rule",
            "middle",
            "baseline",
            "images",
            "references",
            reference.toString(),
            "permutations",
            "0"
        };
        run(table, "out", said);
        ImagePlus image = ImageFile.open(reference.toString());
        ImagePlus expected =
                new AttributionTool(classifier)
                        .method("Integrated Gradients")
                        .options(Map.of("steps", "2", "rule", "middle"))
                        .target("lesions - healthy")
                        .baseline(new BaselineChoice("images", 0, 1, List.of(image)))
                        .run(
                                ImageFile.open(shared.resolve("images/s3.tif").toString()),
                                Progress.NONE)
                        .image();
        Path map = folder.resolve("out/maps/s3_Integrated-Gradients.tif");
        assertArrayEquals(
                ImageView.of(expected).slice(0, 28, 0),
                ImageView.of(ImageFile.open(map.toString())).slice(0, 28, 0));
        FileTime past = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(map, past);
        run(table, "out", said);
        assertEquals(past, Files.getLastModifiedTime(map));
        Files.copy(shared.resolve("images/s1.tif"), reference, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(reference, past);
        run(table, "out", said);
        assertTrue(Files.getLastModifiedTime(map).compareTo(past) > 0, "another reference");
    }

    /** Said before anything is run, by the check too. */
    @Test
    void baselineImagesAndTheirFilesGoTogether() {
        assertEquals(
                "baseline=images needs references=, an image or a folder of images.",
                refused("method", "Integrated Gradients", "baseline", "images"));
        assertEquals(
                "references: read with baseline=images only, and the baseline is zero.",
                refused("method", "Integrated Gradients", "references", "a.tif"));
        assertEquals(
                "references: none of the methods measures against a baseline.",
                refused("references", "a.tif"));
    }

    private String refused(String... said) {
        return assertThrows(OptionException.class, () -> settings(table, "out", said)).getMessage();
    }

    @Tag("long")
    @Test
    void sharesJoinToTheWhole() throws IOException {
        run(table, "whole");
        for (int part = 1; part <= 3; part++) {
            CohortResult share = run(table, "shares", "part", part + "/3");
            assertEquals("4 of 4 subjects done.", share.summary());
            assertFalse(Files.exists(folder.resolve("shares/predictions.csv")));
        }
        run(table, "shares", "part", "join");
        assertSame("whole", "shares");
    }

    @Test
    void aBadSubjectIsARow() throws IOException {
        Path bad = SmallCohort.write(folder.resolve("bad"), 12);
        Files.delete(folder.resolve("bad/images/s3.tif"));
        Files.write(folder.resolve("bad/images/s5.tif"), new byte[100]);
        ImagePlus other = ImageFile.open(folder.resolve("bad/images/s7.tif").toString());
        other.setStack(other.getStack().crop(0, 0, 0, 40, 60, other.getStackSize()));
        ImageFile.save(other, folder.resolve("bad/images/s7.tif").toString());
        String said = Files.readString(bad);
        Files.writeString(bad, said.replaceFirst("(s2,.*,)\\d+,", "$1,"));
        CohortResult result = run(bad, "out", "covariates", "age");
        assertEquals("10 of 12 subjects done, 2 failed.", result.summary());
        List<String> rows = lines("out/predictions.csv");
        assertTrue(rows.get(4).contains("does not exist"), rows.get(4));
        assertTrue(rows.get(6).startsWith("s5,healthy,,,,,,,A,"), rows.get(6));
        assertTrue(result.notes().get(0).contains("s7"), result.notes().toString());
        assertTrue(
                result.notes().stream()
                        .anyMatch(note -> note.contains("1 left out, without covariates: s2")),
                result.notes().toString());
        assertFalse(Files.exists(folder.resolve("out/maps/s3_Gradient.tif")));
    }

    @Test
    void allFailed() throws IOException {
        Path none =
                Files.writeString(
                        folder.resolve("t.csv"),
                        "id,image,label,site\na,x.tif,lesions,A\nb,y.tif,healthy,B\n");
        CohortResult result = run(none, "out");
        assertEquals("0 of 2 subjects done, 2 failed.", result.summary());
        assertTrue(lines("out/bias.csv").get(1).endsWith(",0,cannot be told"));
    }

    @Test
    void oneSubject() throws IOException {
        List<String> rows = Files.readAllLines(table);
        Path one = Files.writeString(shared.resolve("one.csv"), rows.get(0) + "\n" + rows.get(1));
        CohortResult result = run(one, "out");
        assertEquals("1 of 1 subject done.", result.summary());
        assertTrue(lines("out/bias.csv").get(1).endsWith(",1,cannot be told"));
        assertTrue(
                result.notes().get(0).contains("fewer than two maps"), result.notes().toString());
    }

    private void assertRefused(String why, Path subjects, String... more) {
        String message =
                assertThrows(AttributionException.class, () -> run(subjects, "refused", more))
                        .getMessage();
        assertTrue(message.contains(why), message);
        assertFalse(Files.exists(folder.resolve("refused")), "nothing was written");
    }

    @Test
    void whatIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertRefused("no such column", table, "confound", "scanner");
        assertRefused("names files or subjects", table, "confound", "image");
        assertRefused("no such column", table, "covariates", "weight");
        assertRefused("no number", table, "covariates", "site");
        assertRefused("one map of each subject", table, "target", "all");
        assertRefused("no class or output", table, "target", "tumour");
        assertRefused("say atlas=, too", table, "names", table.toString());
        assertRefused("does not exist", table, "method", "Gradiant");
        assertRefused("neither the run nor", table, "stepz", "3");
        assertRefused("part=5/3", table, "part", "5/3");
        assertRefused("permutations", table, "permutations", "-1");
        Path label =
                Files.writeString(
                        folder.resolve("t.csv"), "image,label\na.tif,MS\nb.tif,healthy\n");
        assertRefused("label 'MS' is no class", label, "confound", "");
        Path empty = Files.writeString(folder.resolve("e.csv"), "id,image,site\na,,A\nb,,B\n");
        assertRefused("no subject has an image", empty);
    }

    @Test
    void checkWritesNothing() throws IOException {
        Path bad = SmallCohort.write(folder.resolve("bad"), 4);
        Files.delete(folder.resolve("bad/images/s3.tif"));
        List<String> lines =
                new CohortTool(classifier, settings(bad, "out", "check", "true"))
                        .check(Progress.NONE)
                        .lines();
        assertTrue(lines.get(0).startsWith("4 subjects, of which 3 can be run"), lines.get(0));
        assertTrue(lines.get(1).startsWith("1 cannot be run: s3"), lines.get(1));
        assertFalse(Files.exists(folder.resolve("out")));
    }

    /** A hundred thousand rows are one image here: what is looked at is the table. */
    @Test
    void manyRows() throws IOException {
        StringBuilder rows = new StringBuilder("id,image,label,site,age,twin\n");
        String image = shared.resolve("images/s0.tif").toString();
        for (int i = 0; i < 100_000; i++) {
            rows.append("s").append(i).append(',').append(i < 3 ? image : "none/" + i + ".nii");
            rows.append(i % 2 == 0 ? ",lesions,A," : ",healthy,B,").append(i % 80);
            rows.append(i % 10 == 1 ? ",s" + (i - 1) : ",").append('\n');
        }
        Path many = Files.writeString(folder.resolve("many.csv"), rows);
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        CohortTool tool = new CohortTool(classifier, settings(many, "out", "check", "true"));
        List<String> lines = tool.check(Progress.NONE).lines();
        double seconds =
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
        assertEquals(100_000, tool.table().subjects().size());
        assertTrue(lines.get(0).startsWith("100000 subjects, of which 3 can be run"), lines.get(0));
        assertTrue(lines.get(1).startsWith("99997 cannot be run: s3 ("), lines.get(1));
        assertTrue(lines.get(1).endsWith("), s4, s5, s6, s7, s8, s9, s10, s11, s12, …"));
        assertTrue(String.join("\n", lines).length() < 1000, "each kind is counted, ten are named");
        assertTrue(seconds < 30, seconds + " s of CPU time");
        assertFalse(Files.exists(folder.resolve("out")));
    }

    /** The headers tell: values are not read, so that they may be missing in a packed file. */
    @Test
    void checkReadsHeaders() throws IOException {
        Path cohort = SmallCohort.write(folder.resolve("nii"), 4);
        for (int i = 0; i < 4; i++) {
            ImagePlus image =
                    ImageFile.open(folder.resolve("nii/images/s" + i + ".tif").toString());
            image.setProp("nifti.affine", "2 0 0 " + (i == 3 ? 7 : 0) + " 0 2 0 0 0 0 2 0");
            image.setProp("nifti.sform", "1");
            Path file = folder.resolve("nii/images/s" + i + ".nii.gz");
            ImageFile.save(image, file.toString());
            ImagePlus outline = ImageFile.outline(file.toString());
            assertTrue(ImageGeometry.sameGrid(ImageFile.open(file.toString()), outline));
            if (i == 2) {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            }
        }
        Path table =
                Files.writeString(
                        folder.resolve("nii/nii.csv"),
                        Files.readString(cohort)
                                .replaceAll("(images/s\\d)\\.tif", "$1.nii.gz")
                                .replace("healthy,A", ",A"));
        List<String> lines =
                new CohortTool(classifier, settings(table, "out", "check", "true"))
                        .check(Progress.NONE)
                        .lines();
        assertTrue(lines.get(0).startsWith("4 subjects, of which 4 can be run"), lines.toString());
        assertTrue(lines.contains("1 have no label: s1"), lines.toString());
        assertTrue(
                lines.contains("1 lie on another grid than the first image: s3"), lines.toString());
        assertTrue(lines.stream().anyMatch(l -> l.matches("About \\d+ s .* up to \\d+ MB.")));
    }

    /** Of what ImageJ wrote the pixels are not read: they may be missing. */
    @Test
    void outlinesOfTiff() throws IOException {
        Path whole = shared.resolve("images/s0.tif");
        ImagePlus image = ImageFile.open(whole.toString());
        image.setProp("nifti.affine", "2 0 0 7 0 2 0 0 0 0 2 0");
        image.getCalibration().setUnit("mm");
        image.getCalibration().pixelDepth = 3;
        Path file = folder.resolve("placed.tif");
        ImageFile.save(image, file.toString());
        for (Path each : List.of(whole, file)) {
            ImagePlus read = ImageFile.open(each.toString());
            ImagePlus outline = ImageFile.outline(each.toString());
            assertTrue(outline.getStack().isVirtual());
            assertTrue(ImageGeometry.sameGrid(read, outline), each.toString());
            assertArrayEquals(read.getDimensions(), outline.getDimensions());
            assertEquals(read.getCalibration().pixelDepth, outline.getCalibration().pixelDepth);
            assertEquals(read.getCalibration().getUnit(), outline.getCalibration().getUnit());
            assertEquals(read.getProp("nifti.affine"), outline.getProp("nifti.affine"));
        }
    }

    /** A given image without lesions is taken instead of the mean around the mask. */
    @Test
    void lesionFreeTwins() throws IOException {
        String[] rows = Files.readString(table).split("\\R");
        StringBuilder with = new StringBuilder(rows[0] + ",lesion-free\n");
        for (int i = 1; i < rows.length; i++) {
            boolean lesions = rows[i].contains("lesions");
            with.append(rows[i]).append(lesions ? ",images/s1.tif" : ",").append('\n');
        }
        Path twins = Files.writeString(shared.resolve("twins.csv"), with);
        CohortResult result = run(twins, "out", "method", "none");
        double[] expected =
                result.cohort().results().stream()
                        .filter(r -> r.id().equals("s1"))
                        .findFirst()
                        .orElseThrow()
                        .score();
        assertArrayEquals(expected, result.cohort().results().get(0).withoutLesions(), 1e-12);
        assertEquals(null, result.cohort().results().get(1).withoutLesions());
        assertTrue(
                lines("out/bias.csv").stream().anyMatch(line -> line.contains("lesions")),
                lines("out/bias.csv").toString());
    }
}
