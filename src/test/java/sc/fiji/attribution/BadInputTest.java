/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.graph.NetworkWriter;

/**
 * What a user gets wrong: one line that names the cause and the next step, exit code 1, and no
 * output file.
 */
class BadInputTest {

    @TempDir static Path folder;

    @BeforeAll
    static void makeFiles() throws IOException {
        small().op("Relu").globalMean().dense(2).op("Softmax").write(folder.resolve("good"));
        small().op("Dawsn").globalMean().dense(2).op("Softmax").write(folder.resolve("dawsn"));
        small().variable().globalMean().dense(2).op("Softmax").write(folder.resolve("noweights"));
        byte[] good = Files.readAllBytes(folder.resolve("good/saved_model.pb"));
        write("truncated/saved_model.pb", Arrays.copyOf(good, good.length / 2));
        write("zeros/saved_model.pb", new byte[0]);
        write("noise/saved_model.pb", "This is no protocol buffer.".getBytes());
        write("text/readme.txt", "a model, once".getBytes());
        write("model.h5", new byte[10]);
        Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(folder.resolve("outer"));
        small().globalMean().dense(2).write(folder.resolve("outer/inner"));
        Path variables = folder.resolve("noweights/variables");
        copyModel("noweights", "pointer");
        write("pointer/variables/variables.index", new byte[10]);
        write(
                "pointer/variables/variables.data-00000-of-00001",
                "version https://git-lfs.github.com/spec/v1\n".getBytes());
        copyModel("noweights", "broken");
        write("broken/variables/variables.index", new byte[10]);
        write("broken/variables/variables.data-00000-of-00001", new byte[10]);
        assertTrue(Files.notExists(variables));

        save("good.tif", 8, 8, 2, 8, 0.5f);
        save("channels.tif", 8, 8, 3, 8, 0.5f);
        save("flat.tif", 8, 8, 2, 1, 0.5f);
        save("nan.tif", 8, 8, 2, 8, Float.NaN);
        save("infinite.tif", 8, 8, 2, 8, Float.POSITIVE_INFINITY);
        ImagePlus bytes = IJ.createImage("bytes", "8-bit ramp", 8, 8, 2);
        assertTrue(new FileSaver(bytes).saveAsTiff(folder.resolve("bytes.tif").toString()));
        write("notes.tif", "not an image".getBytes());
        write("file", new byte[1]);
    }

    private static NetworkWriter small() {
        return new NetworkWriter(-1, 8, 8, 8, 2).conv3d(4);
    }

    private static void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static void copyModel(String from, String to) throws IOException {
        write(to + "/saved_model.pb", Files.readAllBytes(folder.resolve(from + "/saved_model.pb")));
    }

    private static void save(
            String name, int width, int height, int channels, int slices, float v) {
        ImageStack stack = new ImageStack(width, height);
        for (int i = 0; i < channels * slices; i++) {
            float[] pixels = new float[width * height];
            pixels[9] = v;
            stack.addSlice("", pixels);
        }
        ImagePlus image = new ImagePlus(name, stack);
        image.setDimensions(channels, slices, 1);
        image.setOpenAsHyperStack(true);
        String path = folder.resolve(name).toString();
        assertTrue(
                channels * slices > 1
                        ? new FileSaver(image).saveAsTiffStack(path)
                        : new FileSaver(image).saveAsTiff(path));
    }

    /** What is wrong; the options that differ from a run that works; words of the message. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("missing model", "model=nowhere", "nowhere' does not exist, check"),
                arguments("empty model folder", "model=empty", "saved_model.pb"),
                arguments("no SavedModel", "model=text", "saved_model.pb"),
                arguments("model one level down", "model=outer", "did you mean, inner"),
                arguments("Keras file", "model=model.h5", "Keras, model.export"),
                arguments("truncated model", "model=truncated", "truncated, export it again"),
                arguments("empty model file", "model=zeros", "empty, export it again"),
                arguments("noise as model", "model=noise", "truncated or is not, export it again"),
                arguments("weights missing", "model=noweights", "variables.index is missing, copy"),
                arguments("Git LFS pointer", "model=pointer", "Git LFS pointer, git lfs pull"),
                arguments("broken weights", "model=broken", "broken/variables', export it again"),
                arguments("op without rule", "model=dawsn", "Dawsn, Classify... still works"),
                arguments("wrong channels", "input=channels.tif", "3 channels, 2"),
                arguments("2-D for 3-D", "input=flat.tif", "flat.tif, slices"),
                arguments("NaN", "input=nan.tif", "NaN, x"),
                arguments("infinite", "input=infinite.tif", "nfinit, x"),
                arguments(
                        "missing image", "input=nowhere.tif", "nowhere.tif' does not exist, path"),
                arguments("no image", "input=notes.tif", "notes.tif, could not be read"),
                arguments("no such class", "target=2", "target '2', class 0, class 1"),
                arguments("no such difference", "target=1 - 7", "target '1 - 7', class 0"),
                arguments("steps=0", "steps=0", "steps=0, whole number from 1"),
                arguments("steps=abc", "steps=abc", "steps=abc, number"),
                arguments("tolerance=0", "rule=adaptive,tolerance=0", "tolerance=0, number from"),
                arguments("no such rule", "rule=simpson", "rule=simpson, trapezoid"),
                arguments("no such method", "method=Magic", "Magic, Integrated Gradients"),
                arguments("no such baseline", "baseline=black", "black, blurred"),
                arguments("baseline images missing", "baseline=images", "references="),
                arguments("no blur", "baseline=blurred,sigma=0", "sigma=0, positive"),
                arguments("no such colours", "colours=jet", "jet, light"),
                arguments("no such channels", "channels=all", "all, sum, keep"),
                arguments("no such option", "stepz=50", "stepz, steps"),
                arguments("letters exchanged", "stpes=50", "stpes; did you mean steps?"),
                arguments("nearly a class", "target=clsas 1", "did you mean class 1? Choose"),
                arguments("no such signature", "signature=other", "other, serving_default"),
                arguments("no such scores", "scores=other", "other, scores"),
                arguments("no such constant", "constants=age=1", "no input 'age', besides, none"),
                arguments("constant without number", "constants=age=old", "age=old, constants="),
                arguments("constant without name", "constants=7", "'7', constants=age="),
                arguments("too many labels", "labels=a;b;c", "3 classes, has 2"),
                arguments("wrong axes", "axes=byxc", "byxc, 4 axes"),
                arguments("unknown axes", "axes=bqyxc", "bqyxc, must be one of"),
                arguments("output folder missing", "output=none/map.tif", "none, create"),
                arguments(
                        "output is the input",
                        "output=good.tif",
                        "good.tif, image itself, another"),
                arguments("output is a folder", "output=empty", "empty, folder"),
                arguments("output below a file", "output=file/map.tif", "file, folder"),
                arguments("output format", "output=map.jpg", "map.jpg, .tif"),
                arguments("regions missing", "method=Shapley Values", "regions, label image, roi"),
                arguments(
                        "regions without use",
                        "regions=supervoxels",
                        "Integrated Gradients does not use regions"),
                arguments(
                        "label image missing",
                        "method=Feature Ablation,regions=none.tif",
                        "none.tif' does not exist, path"),
                arguments(
                        "label image of another size",
                        "method=Feature Ablation,regions=flat.tif",
                        "flat.tif' is 8x8x1, 8x8x8, same extents"),
                arguments(
                        "no whole numbers",
                        "method=Feature Ablation,regions=good.tif",
                        "0.5, whole numbers"),
                arguments(
                        "no ROIs",
                        "method=Feature Ablation,regions=roi manager",
                        "ROI Manager is empty"),
                arguments(
                        "too many passes", "method=RISE,limit=100", "limit=100, take 4001 passes"),
                arguments("no selection", "method=RISE,inside=selection", "no selection, make one"),
                arguments(
                        "too many regions",
                        "method=Shapley Values,regions=supervoxels 2",
                        "at most 16 regions, there are"),
                arguments(
                        "supervoxels without size",
                        "method=LIME,regions=supervoxels big",
                        "supervoxels big, supervoxels 12"),
                arguments("table without regions", "table=t.csv", "table, no regions"),
                arguments("mask for a gradient", "inside=good.tif", "whole"),
                arguments(
                        "classes and channels",
                        "target=all,channels=keep",
                        "channels=keep, target=all, channels=sum"),
                arguments(
                        "picture of all classes",
                        "target=all,overlay=all.png",
                        "overlay, target=all, mapchannel"),
                arguments("picture folder missing", "overlay=none/map.png", "none, create"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void oneLineAndNoFile(String name, String change, String words) throws IOException {
        List<Path> before = files();
        Run run = run(change);
        assertEquals(1, run.code, run.error);
        System.out.println(run.error.strip().replace(folder.toString(), "…"));
        assertEquals(1, run.error.strip().lines().count(), run.error);
        assertTrue(run.error.startsWith("Error: "), run.error);
        for (String word : words.split(", ")) {
            assertTrue(run.error.contains(word), "'" + word + "' is not in: " + run.error);
        }
        assertEquals(before, files());
    }

    static Stream<Arguments> mistakesElsewhere() {
        String overlay = "Attribution Overlay...";
        String maps = "map=@good.tif,input=@good.tif,";
        String both = maps + "output=@new.tif,";
        String measure = "Measure Attribution...";
        return Stream.of(
                arguments(
                        overlay,
                        "output=@new.tif,map=@none.tif,input=@good.tif",
                        "none.tif' does not exist"),
                arguments(
                        overlay,
                        "output=@new.tif,map=@good.tif",
                        "input=, good.tif' is no map, choose the map"),
                arguments(
                        overlay,
                        "output=@new.tif,map=@good.tif,input=@flat.tif",
                        "differ in, slices, made from"),
                arguments(overlay, both + "type=grey", "type='grey', rgb or composite"),
                arguments(overlay, both + "channel=3", "channel=3, has 2, 1 to 2"),
                arguments(overlay, both + "channel=one", "channel=one, a whole number"),
                arguments(overlay, both + "mapchannel=-1", "mapchannel=-1, 0 to 2"),
                arguments(overlay, both + "percentile=0", "percentile, above 0 and at most 100"),
                arguments(overlay, both + "gamma=0", "gamma=0, above 0"),
                arguments(overlay, both + "limit=-1", "limit=-1, from 0"),
                arguments(overlay, maps + "output=@overlay.png", "overlay.png, .tif"),
                arguments(overlay, maps + "output=@good.tif", "image itself, another"),
                arguments(measure, "map=@good.tif,regions=@flat.tif", "8x8x1, same extents"),
                arguments(measure, "map=@good.tif,regions=@none.tif", "none.tif' does not exist"),
                arguments(measure, "map=@good.tif,regions=@good.tif", "0.5, whole numbers"),
                arguments(measure, "map=@good.tif,regions=selection", "no selection, make one"),
                arguments(measure, "map=@good.tif,regions=roi manager", "ROI Manager is empty"),
                arguments(measure, "map=@good.tif,regions=supervoxels", "what a model sees"),
                arguments(measure, "map=@good.tif,output=@sums.txt", "sums.txt, .csv"),
                arguments("Diverging LUT", "input=@bytes.tif", "8-bit, 32-bit, choose the map"),
                arguments("Diverging LUT", "input=@good.tif,percentile=101", "at most 100"),
                arguments("Diverging LUT", "input=@good.tif,colours=jet", "jet, light or dark"),
                arguments("Diverging LUT", "input=@good.tif,limit=x", "limit=x, a number"),
                arguments("Diverging LUT", "input=@good.tif,output=@good.tif", "image itself"),
                arguments("Model Info...", "", "Missing: model="),
                arguments("Model Info...", "model=@empty", "empty, saved_model.pb"),
                arguments("Model Info...", "model=@good,output=@none/t.csv", "none, create"),
                arguments("Lesion Classifier...", "output=@none", "no such folder, create"),
                arguments("Lesion Classifier...", "output=@file", "no such folder, create"),
                arguments("Lesion Classifier...", "output= ", "Missing: output="),
                arguments("Brain with Lesions", "size=2", "Unknown option size"),
                arguments("Attribution Help", "topic=steps", "Unknown option topic"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("mistakesElsewhere")
    void oneLineAndNoFileFromOtherCommands(String command, String options, String words)
            throws IOException {
        List<Path> before = files();
        List<String> arguments = new ArrayList<>(List.of(command));
        for (String option : options.isEmpty() ? new String[0] : options.split(",")) {
            arguments.add(option.replace("@", folder + "/"));
        }
        Run run = Run.of(arguments.toArray(new String[0]));
        assertEquals(1, run.code, run.error);
        System.out.println(run.error.strip().replace(folder.toString(), "…"));
        assertEquals(1, run.error.strip().lines().count(), run.error);
        assertTrue(run.error.startsWith("Error: "), run.error);
        for (String word : words.split(", ")) {
            assertTrue(run.error.contains(word), "'" + word + "' is not in: " + run.error);
        }
        assertEquals(before, files());
    }

    @Test
    void withoutAMistakeItWorks() throws IOException {
        Run run = run("");
        assertEquals(0, run.code, run.error);
        assertTrue(run.output.contains("completeness error"), run.output);
        // Faint values are doubted, and no more is said.
        assertTrue(run.error.lines().allMatch(l -> l.contains("CHECK THE VALUES")), run.error);
        assertTrue(Files.deleteIfExists(folder.resolve("map.tif")));
    }

    @Test
    void classifyStillWorksWithoutGradients() {
        Run run =
                Run.of(
                        "Classify...",
                        "input=" + folder.resolve("good.tif"),
                        "model=" + folder.resolve("dawsn"));
        assertEquals(0, run.code, run.error);
        assertTrue(run.output.contains("good.tif: class"), run.output);
    }

    @Test
    void commandsAreListed() {
        assertNotEquals(0, Run.of().code);
        assertTrue(Run.of().error.contains("\"Classify...\", "), Run.of().error);
        assertTrue(Run.of("Explain...").error.contains("\"Attribution Map...\""));
        assertTrue(Run.of("Classify...", "input").error.contains("key=value"));
        assertTrue(Run.of("Classify...").error.contains("Missing: input=, model="));
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }

    private static Run run(String changes) {
        List<String> options =
                new ArrayList<>(List.of("input=good.tif", "model=good", "output=map.tif"));
        if (!changes.contains("method=")) {
            options.add("steps=5");
        }
        for (String change : changes.isEmpty() ? new String[0] : changes.split(",")) {
            String key = change.substring(0, change.indexOf('=') + 1);
            options.removeIf(option -> option.startsWith(key));
            options.add(change.replace(';', ','));
        }
        List<String> arguments = new ArrayList<>(List.of("Attribution Map..."));
        for (String option : options) {
            arguments.add(
                    option.matches(
                                    "(input|model|output|overlay|table)=.*|regions=.*[.]tif|inside=.*[.]tif")
                            ? option.replace("=", "=" + folder + "/")
                            : option);
        }
        return Run.of(arguments.toArray(new String[0]));
    }

    /** One run of the headless runner. */
    private record Run(int code, String output, String error) {
        static Run of(String... arguments) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code = Main.run(arguments, new PrintStream(out), new PrintStream(err));
            return new Run(
                    code,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }
}
