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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.LoadedModels;

/** A zipped package through the commands, as a user types it. */
class PackageCommandTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private List<Path> before;

    @BeforeEach
    void makePackage() throws IOException {
        Path model = Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        Files.writeString(
                model.resolve("attribution.yaml"),
                "axes: byxc\nrange: [0, 1]\nlabels: [healthy, lesions]\ncolour: red\n"
                        + "preprocessing:\n  - zero_mean_unit_variance: {axes: yx}\n");
        Packages.zip(model, folder.resolve("zip/net.zip"));
        ImagePlus image = IJ.createHyperStack("image", 10, 9, 2, 1, 1, 32);
        image.getStack().getProcessor(1).setf(2, 3, 7);
        image.getStack().getProcessor(2).setf(5, 1, 3);
        ImageFile.save(image, folder.resolve("image.tif").toString());
        LoadedModels.SHARED.close();
        before = Packages.leftovers();
    }

    private String run(int code, String command, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = command;
        arguments[1] = "input=" + folder.resolve("image.tif");
        arguments[2] = "model=" + folder.resolve("zip/net.zip");
        System.arraycopy(options, 0, arguments, 3, options.length);
        int actual = Main.run(arguments, new PrintStream(out), new PrintStream(err));
        String all = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
        assertEquals(code, actual, all);
        LoadedModels.SHARED.close();
        assertEquals(before, Packages.leftovers());
        return all;
    }

    private static void checkWarnings(String text) {
        assertTrue(text.contains("the key colour is not known"), text);
        assertTrue(text.contains("values from 0.0 to"), text);
    }

    @Test
    void classify() {
        String text = run(0, "Classify...");
        assertTrue(text.contains("image.tif: "), text);
        assertTrue(text.contains("(probability 0.5000)"), text);
        checkWarnings(text);
    }

    @Test
    void map() {
        Path map = folder.resolve("map.tif");
        checkWarnings(run(0, "Attribution Map...", "steps=5", "output=" + map));
        ImagePlus image = ImageFile.open(map.toString());
        assertEquals(
                "zero_mean_unit_variance(axes yx, eps 1.0E-6)",
                image.getProp("attribution.preprocessing"));
        assertEquals(
                "attribution.yaml (Attribution for Fiji)",
                image.getProp("attribution.model.description"));
        assertEquals("linear, 10x9 to 8x8", image.getProp("attribution.resampling"));
    }

    @Test
    void failureLeavesNothing() {
        assertTrue(run(1, "Classify...", "labels=a,b,c").contains("names 3 classes"));
    }

    /** The model stays loaded until the process ends, and what was unpacked for it then goes. */
    @Tag("long")
    @Test
    void aProcessLeavesNothing() throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "Classify...",
                                "input=" + folder.resolve("image.tif"),
                                "model=" + folder.resolve("zip/net.zip"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output.txt").toFile())
                        .start();
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("output.txt")));
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(), files.filter(Files::isDirectory).toList());
        }
    }
}
