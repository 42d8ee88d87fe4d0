/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.testing.FolderContents;

/** What the commands that judge maps say to wrong input: one line, and no file. */
class EvaluationMistakesTest {

    @TempDir static Path folder;

    private static String printed;

    @BeforeAll
    static void makeFiles() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        // As many classes, but other weights.
        Packages.network(folder.resolve("other"), -1, 8, 8, 2);
        Path graph = folder.resolve("other/saved_model.pb");
        byte[] bytes = Files.readAllBytes(graph);
        Files.write(graph, changed(bytes));
        save(image(8, 37), "image.tif");
        ImagePlus another = image(8, 37);
        another.getStack().getProcessor(1).add(9);
        save(another, "another.tif");
        save(image(4, 37), "tiny.tif");
        save(mask(8, 3), "mask.tif");
        save(mask(8, 0), "none.tif");
        save(mask(8, 64), "all.tif");
        save(mask(4, 3), "small.tif");
        ImagePlus frames = IJ.createHyperStack("frames", 8, 8, 1, 1, 2, 8);
        frames.getProcessor().set(3, 4, 255);
        save(frames, "frames.tif");
        ImagePlus flat = IJ.createImage("flat", "32-bit black", 8, 8, 1);
        save(flat, "flat.tif");
        flat.getProcessor().setf(3, 4, Float.NaN);
        save(flat, "nan.tif");
        assertEquals(
                0,
                run(
                        "Attribution Map...",
                        "input=@image.tif",
                        "model=@net",
                        "method=Input x Gradient",
                        "target=1",
                        "output=@map.tif"),
                () -> printed);
    }

    /** The weight 2 of the dense layer, and the only such number, becomes 3. */
    private static byte[] changed(byte[] graph) {
        for (int i = 0; i + 4 <= graph.length; i++) {
            if (graph[i] == 0 && graph[i + 1] == 0 && graph[i + 2] == 0 && graph[i + 3] == 0x40) {
                graph[i + 2] = 0x40;
                return graph;
            }
        }
        throw new IllegalStateException("the network has no weight of 2");
    }

    private static ImagePlus image(int side, int factor) {
        ImagePlus image = IJ.createHyperStack("image", side, side, 2, 1, 1, 32);
        for (int i = 0; i < side * side; i++) {
            image.getStack().getProcessor(1).setf(i, (i * factor) % 64);
            image.getStack().getProcessor(2).setf(i, (i * 29) % 64);
        }
        return image;
    }

    private static ImagePlus mask(int side, int voxels) {
        ImagePlus mask = IJ.createImage("mask", "8-bit black", side, side, 1);
        for (int i = 0; i < voxels; i++) {
            mask.getProcessor().set(i * 29 % (side * side), 255);
        }
        return mask;
    }

    private static void save(ImagePlus image, String name) {
        ImageFile.save(image, folder.resolve(name).toString());
    }

    private static int run(String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] named =
                Stream.of(arguments)
                        .map(argument -> argument.replace("@", folder + "/"))
                        .toArray(String[]::new);
        int code =
                Main.run(
                        named,
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        printed = err.toString(StandardCharsets.UTF_8).strip();
        return code;
    }

    /** Of all metrics, those that need what nobody gave are no fault of the run. */
    @Test
    void whatNobodyGaveIsNotMissed() {
        String[] all = {
            "Evaluate Map...", "map=@map.tif", "input=@image.tif", "model=@net", "mask=@mask.tif"
        };
        assertEquals(0, run(all), () -> printed);
        assertTrue(printed.lines().noneMatch(l -> l.contains("Random Labels")), printed);
        assertTrue(printed.lines().noneMatch(l -> l.contains("Region")), printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Evaluate Map... | map=@map.tif;input=@another.tif | was made of 'image.tif'",
                "Evaluate Map... | map=@map.tif;model=@other | SHA-256",
                "Evaluate Map... | map=@flat.tif | is 0.0 everywhere",
                "Evaluate Map... | map=@nan.tif | NaN",
                "Evaluate Map... | map=@image.tif;input=@tiny.tif | 4x4x1",
                "Evaluate Map... | map=@nowhere.tif | nowhere.tif' does not exist",
                "Evaluate Map... | mask=@none.tif | is empty",
                "Evaluate Map... | mask=@all.tif | is the whole image",
                "Evaluate Map... | mask=@small.tif | is 4x4x1",
                "Evaluate Map... | mask=@nan.tif | NaN",
                "Evaluate Map... | metrics=Dice | 'Dice' is no metric",
                "Evaluate Map... | metrics=Random Labels | second model",
                "Evaluate Map... | steps=1 | steps=1: expected 2",
                "Evaluate Map... | steps=many | steps=many",
                "Evaluate Map... | steps=2.5 | steps=2.5: expected a whole number",
                "Evaluate Map... | steps=2147483648 | expected a whole number",
                "Evaluate Map... | seed=1.5 | seed=1.5",
                "Evaluate Map... | seed=-1 | seed=-1: expected 0 or more",
                "Evaluate Map... | mask=@frames.tif | has 2 time points",
                "Evaluate Map... | dilate=0.5 | dilate=0.5",
                "Evaluate Map... | metrics=, | ',' names none",
                "Evaluate Map... | mask=@image.tif | has 2 channels",
                "Evaluate Map... | dilate=-1 | dilate=-1",
                "Evaluate Map... | output=@table.xls | table.xls",
                "Evaluate Map... | randomised=@net | is the same model",
                "Evaluate Map... | maps=@map.tif | maps",
                "Compare Methods... | methods=Gradients | 'Gradients'",
                "Compare Methods... | methods=Gradient, Gradient | is there twice",
                "Compare Methods... | methods=LIME | needs regions",
                "Compare Methods... | methods=, | ',' names none",
                "Compare Methods... | dilate=1000 | dilate=1000",
                "Compare Methods... | methods=Occlusion (window | does not close",
                "Compare Methods... | methods=LRP (rules=x) | rules",
                "Compare Methods... | mask=@small.tif | is 4x4x1",
                "Compare Methods... | mask=@none.tif | is empty",
                "Compare Methods... | input=@nan.tif | nan.tif",
                "Compare Methods... | images=@nothing-*.tif | nothing-*.tif",
                "Compare Methods... | target=7 | target '7'",
                "Compare Methods... | metrics=localization | 'localization' is no metric",
                "Plant Artefact... | artefact=corners | artefact='corners'",
                "Plant Artefact... | artefact=corner;size=-2 | size=-2",
                "Plant Artefact... | artefact=corner;strength=much | strength=much",
                "Plant Artefact... | planted=@new.tif | name one artefact",
                "Plant Artefact... | artefact=corner;planted=@image.tif | image itself",
                "Plant Artefact... | input=@flat.tif | flat.tif"
            })
    void oneLineAndNoFile(String command, String changes, String words) throws IOException {
        List<String> options = new ArrayList<>(List.of("model=@net", "output=@table.csv"));
        if (command.equals("Evaluate Map...")) {
            options.addAll(List.of("map=@map.tif", "input=@image.tif", "mask=@mask.tif"));
            options.addAll(List.of("curves=@curves.csv", "picture=@page.png"));
        } else {
            options.addAll(List.of("input=@image.tif", "methods=Gradient"));
        }
        for (String change : changes.split(";")) {
            String key = change.substring(0, change.indexOf('=') + 1);
            options.removeIf(option -> option.startsWith(key));
            options.add(change);
        }
        options.add(0, command);
        var before = FolderContents.of(folder).keySet();
        int code = run(options.toArray(new String[0]));
        Set<String> made = new TreeSet<>(FolderContents.of(folder).keySet());
        made.removeAll(before);
        for (String name : made) {
            Files.delete(folder.resolve(name));
        }
        assertEquals(1, code, printed);
        assertEquals(1, printed.lines().count(), printed);
        assertTrue(printed.contains(words), printed);
        assertEquals(Set.of(), made);
    }

    /** What is wrong above is wrong by itself. */
    @Test
    void withoutAMistakeItWorks() throws IOException {
        assertEquals(
                0,
                run(
                        "Evaluate Map...",
                        "model=@net",
                        "output=@good.csv",
                        "map=@map.tif",
                        "input=@image.tif",
                        "mask=@mask.tif"),
                () -> printed);
        List<String> lines = Files.readAllLines(folder.resolve("good.csv"));
        assertEquals("image,method,metric,value,low,high,random,edges,better,passes", lines.get(0));
        assertTrue(lines.size() > 25, lines.size() + "");
        Files.delete(folder.resolve("good.csv"));
    }
}
