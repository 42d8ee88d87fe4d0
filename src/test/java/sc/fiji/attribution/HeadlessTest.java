/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.macro.Interpreter;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;
import sc.fiji.attribution.command.tool.CommandRunner;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Packages;

/** Every command without a display: with objects as a script gives them, and with paths. */
class HeadlessTest {

    /** What each command gets; @ is a folder with an image, a map and a model. */
    private static final Map<String, Map<String, String>> COMMANDS =
            Map.ofEntries(
                    entry(
                            "Attribution Map...",
                            Map.of(
                                    "input", "@image.tif",
                                    "model", "@net",
                                    "steps", "3",
                                    "overlay", "@overlay.png",
                                    "output", "@map.tif")),
                    entry(
                            "Classify...",
                            Map.of(
                                    "input", "@image.tif",
                                    "model", "@net",
                                    "output", "@classes.csv")),
                    entry(
                            "Segment...",
                            Map.of(
                                    "input", "@image.tif",
                                    "model", "@map",
                                    "output", "@labels.nii",
                                    "probabilities", "@probabilities.tif",
                                    "table", "@components.csv")),
                    entry(
                            "Hidden Features...",
                            Map.of(
                                    "input", "@image.tif",
                                    "model", "@net",
                                    "layer", "Mul",
                                    "output", "@features.tif",
                                    "montage", "@montage.png",
                                    "table", "@channels.csv")),
                    entry(
                            "Visualize Learned Features...",
                            Map.of(
                                    "model", "@net",
                                    "target", "1",
                                    "iterations", "9",
                                    "output", "@found.tif")),
                    entry(
                            "Attribution Overlay...",
                            Map.of(
                                    "input", "@image.tif",
                                    "map", "@a map.tif",
                                    "output", "@rgb.tif")),
                    entry(
                            "Attribution Picture...",
                            Map.of(
                                    "input", "@image.tif",
                                    "map", "@a map.tif",
                                    "output", "@picture.png")),
                    entry(
                            "Threshold Attribution...",
                            Map.of("map", "@a map.tif", "output", "@strong.tif")),
                    entry(
                            "Attribution Objects...",
                            Map.of(
                                    "map", "@a map.tif",
                                    "smallest", "1",
                                    "output", "@numbered.tif",
                                    "table", "@objects.csv")),
                    entry(
                            "Measure Attribution...",
                            Map.of(
                                    "map", "@a map.tif",
                                    "regions", "@labels.tif",
                                    "output", "@sums.csv")),
                    entry(
                            "Evaluate Map...",
                            Map.of(
                                    "picture", "@page.png",
                                    "map", "@a map.tif",
                                    "input", "@image.tif",
                                    "model", "@net",
                                    "mask", "@mask.tif",
                                    "steps", "3",
                                    "curves", "@curves.csv",
                                    "output", "@figures.csv")),
                    entry(
                            "Compare Methods...",
                            Map.of(
                                    "input", "@image.tif",
                                    "images", "@image*.tif",
                                    "model", "@net",
                                    "mask", "@mask.tif",
                                    "methods", "Gradient, Integrated Gradients (steps=3)",
                                    "ranks", "@ranks.csv",
                                    "output", "@comparison.csv")),
                    entry(
                            "Plant Artefact...",
                            Map.of(
                                    "input", "@image.tif",
                                    "model", "@net",
                                    "artefact", "corner",
                                    "size", "2",
                                    "methods", "Gradient",
                                    "planted", "@planted.tif",
                                    "output", "@effects.csv")),
                    entry(
                            "Tissue Maps...",
                            Map.of(
                                    "input",
                                    Path.of("sample-images/brain-lesions-1-t1w.tif")
                                            .toAbsolutePath()
                                            .toString(),
                                    "output",
                                    "@tissues.tif")),
                    entry("Open Volume...", Map.of("file", "@image.tif")),
                    entry("Diverging LUT", Map.of("input", "@a map.tif", "output", "@lut.tif")),
                    entry(
                            "Model Info...",
                            Map.of("model", "@net", "tests", "true", "output", "@layers.csv")),
                    entry("Brain with Lesions", Map.of()),
                    entry("Brain without Lesions", Map.of()),
                    entry("Mean Healthy Brain", Map.of()),
                    entry("Lesion Mask", Map.of()),
                    entry("Lesion Classifier...", Map.of("output", "@samples")),
                    entry("Attribution Help", Map.of()),
                    entry(
                            "Cohort...",
                            Map.of(
                                    "table", "@subjects.csv",
                                    "model", "@net",
                                    "method", "Gradient",
                                    "output", "@study")));

    /**
     * Whatever is made for a screen: a platform's toolkit, widgets, windows of images and tables.
     * Frame and what it extends are not among them, since ImageJ's opener asks the class ij.ImageJ,
     * which is a Frame, for its version.
     */
    private static final Pattern WINDOWS =
            Pattern.compile(
                    "'(java/awt/(Robot|Dialog|Canvas|Panel|Button|Label|List|Choice|TextField|Menu"
                            + "\\w*|EventDispatchThread)|sun/(awt/X11|lwawt|awt/windows)/.*|javax/swing/J.*"
                            + "|ij/gui/(\\w*Window|\\w*Canvas|\\w*Dialog)|ij/text/\\w+)'");

    @TempDir Path folder;

    static List<String> commands() {
        return List.copyOf(new TreeSet<>(COMMANDS.keySet()));
    }

    /** Other tests of this process leave images of the same titles. */
    @BeforeEach
    void forgetImages() {
        Interpreter.batchMode = true;
        int[] there = Interpreter.getBatchModeImageIDs();
        for (int i = 0; there != null && i < there.length; i++) {
            Interpreter.removeBatchModeImage(WindowManager.getImage(there[i]));
        }
        assertEquals(0, Interpreter.getBatchModeImageCount());
        Interpreter.batchMode = false;
    }

    @BeforeEach
    void makeFiles() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        new NetworkWriter(-1, 8, 8, 2).op("Softmax").writeMap(folder.resolve("map"));
        ImagePlus image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
        image.getStack().getProcessor(1).setf(2, 3, 7);
        ImageFile.save(image, folder.resolve("image.tif").toString());
        ImagePlus map = IJ.createImage("map", "32-bit ramp", 8, 8, 1);
        ImageFile.save(map, folder.resolve("a map.tif").toString());
        ImagePlus labels = IJ.createImage("labels", "8-bit ramp", 8, 8, 1);
        ImageFile.save(labels, folder.resolve("labels.tif").toString());
        ImagePlus mask = IJ.createImage("mask", "8-bit black", 8, 8, 1);
        mask.getProcessor().set(2, 3, 255);
        ImageFile.save(mask, folder.resolve("mask.tif").toString());
        Files.createDirectory(folder.resolve("samples"));
        Files.writeString(
                folder.resolve("subjects.csv"),
                "id,image,label\na,image.tif,class 0\nb,image.tif,class 1\n");
    }

    private Map<String, String> inputs(String command) {
        Map<String, String> values = new HashMap<>(COMMANDS.get(command));
        values.replaceAll((k, v) -> v.startsWith("@") ? folder.resolve(v.substring(1)) + "" : v);
        return values;
    }

    @Test
    void allCommandsAreTriedHere() {
        try (CommandRunner runner = new CommandRunner(new Terminal(System.out, System.err))) {
            assertEquals(new TreeSet<>(commands()), new TreeSet<>(runner.labels()));
        }
    }

    /** In a macro, a headless Fiji shows no output: the command hands it to the macro itself. */
    @ParameterizedTest
    @MethodSource("commands")
    void outputsReachAMacro(String command) throws InterruptedException, ExecutionException {
        List<Object> inputs = new ArrayList<>();
        inputs(command)
                .forEach(
                        (key, value) -> {
                            boolean image = key.equals("input") || key.equals("map");
                            inputs.addAll(List.of(key, image ? ImageFile.open(value) : value));
                        });
        Interpreter.batchMode = true;
        try (CommandRunner runner = new CommandRunner(new Terminal(System.out, System.err));
                Context context =
                        new Context(CommandService.class, StatusService.class, TaskService.class)) {
            String name = runner.find(command).getDelegateClassName();
            CommandInfo info = context.service(CommandService.class).getCommand(name);
            Module module =
                    context.service(ModuleService.class).run(info, true, inputs.toArray()).get();
            ImagePlus last = null;
            for (ModuleItem<?> item : info.outputs()) {
                Object output = item.getValue(module);
                if (!item.isRequired() && output == null) {
                    continue;
                }
                assertNotNull(output, item.getName());
                if (output instanceof ImagePlus shown) {
                    last = shown;
                    assertEquals(shown, WindowManager.getImage(shown.getID()));
                    assertEquals(shown, WindowManager.getImage(shown.getTitle()));
                } else {
                    assertTrue(((ResultsTable) output).size() > 0);
                }
            }
            assertTrue(last == null || last == WindowManager.getCurrentImage());
        } finally {
            Interpreter.batchMode = false;
        }
        for (String file : inputs(command).values()) {
            assertTrue(
                    !file.startsWith("/") || file.contains("*") || Files.exists(Path.of(file)),
                    file);
        }
    }

    /** Runs in a process of its own: commands with their inputs, and a comma behind each. */
    public static void main(String[] arguments) {
        List<String> line = new ArrayList<>();
        for (String argument : arguments) {
            if (!argument.equals(",")) {
                line.add(argument);
                continue;
            }
            System.out.println(ManagementFactory.getRuntimeMXBean().getUptime() + " ms: " + line);
            int code = Main.run(line.toArray(String[]::new), System.out, System.err);
            if (code != 0) {
                System.exit(code);
            }
            line.clear();
        }
        System.exit(0);
    }

    /** In a process that never had to do with windows, with an image's path. */
    @Test
    void noWindowIsThoughtOf() throws IOException, InterruptedException {
        Path classes = folder.resolve("classes.txt");
        Path printed = folder.resolve("printed.txt");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.awt.headless=true",
                                "-Xlog:class+init=info:file=" + classes + ":uptimemillis",
                                "-cp",
                                System.getProperty("java.class.path"),
                                HeadlessTest.class.getName()));
        for (String command : commands()) {
            line.add(command);
            inputs(command).forEach((key, value) -> line.add(key + "=" + value));
            line.add(",");
        }
        int code =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start()
                        .waitFor();
        assertEquals(0, code, Files.readString(printed));
        List<String> windows;
        try (var lines = Files.lines(classes)) {
            windows =
                    lines.filter(each -> each.contains("Initializing '"))
                            .filter(each -> WINDOWS.matcher(each).find())
                            .toList();
        }
        assertTrue(Files.size(classes) > 100_000);
        assertEquals(List.of(), windows, Files.readString(printed));
    }
}
