/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Packages;

/** Several images, and several commands, in one process. */
class BatchTest {

    @TempDir Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createDirectory(folder.resolve("images"));
        for (String name : List.of("a.tif", "b.tif")) {
            ImagePlus image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
            image.getStack().getProcessor(1).setf(2, 3, 7);
            ImageFile.save(image, folder.resolve("images").resolve(name).toString());
        }
    }

    private Batch batch(String... arguments) {
        return Batch.of(List.of(arguments), "output"::equals);
    }

    /** A line for many images does for one of them. */
    @Test
    void oneFileHasItsNameToo() {
        String image = folder.resolve("images/a.tif").toString();
        assertEquals(
                List.of(java.util.Map.of("input", image, "output", "a.csv")),
                batch("input=" + image, "output={name}.csv").runs());
    }

    @Test
    void whatIsNoFileIsAsItWas() {
        assertEquals(
                List.of(java.util.Map.of("input", "a.tif", "output", "{name}")),
                batch("input=a.tif", "output={name}").runs());
    }

    @Test
    void aFolderStarsAndRepetitions() {
        String images = folder.resolve("images").toString();
        List<String> inputs = List.of(images + "/a.tif", images + "/b.tif");
        assertEquals(inputs, inputs(batch("input=" + images, "output={name}.csv")));
        assertEquals(inputs, inputs(batch("input=" + images + "/*.tif")));
        assertEquals(inputs, inputs(batch("input=" + inputs.get(0), "input=" + inputs.get(1))));
        assertEquals(
                List.of("a.csv", "b.csv"),
                batch("input=" + images, "output={name}.csv").runs().stream()
                        .map(run -> run.get("output"))
                        .toList());
    }

    @Test
    void aFolderWithACommaInItsName() throws IOException {
        Path folder = Files.move(this.folder.resolve("images"), this.folder.resolve("im, ages"));
        List<String> inputs = List.of(folder + "/a.tif", folder + "/b.tif");
        assertEquals(inputs, inputs(batch("input=" + folder + "/*.tif")));
        assertEquals(inputs, inputs(batch("input=" + folder, "output={name}.csv")));
        String list = "[" + String.join(", ", inputs) + "]";
        assertEquals(List.of(list), inputs(batch("input=" + list)));
    }

    private static List<String> inputs(Batch batch) {
        return batch.runs().stream().map(run -> run.get("input")).toList();
    }

    @Test
    void namesLoseTheirWholeEnding() {
        Batch batch = batch("input=x/one.nii.gz", "input=two.ome.tif", "output={name}");
        assertEquals(
                List.of("one", "two"),
                batch.runs().stream().map(run -> run.get("output")).toList());
    }

    @Test
    void whatCannotBeMeant() {
        String images = "input=" + folder.resolve("images");
        assertThrows(OptionException.class, () -> batch(images, "output=map.tif"));
        assertThrows(OptionException.class, () -> batch("input=a", "steps=1", "steps=2"));
        assertThrows(OptionException.class, () -> batch("input=a", "steps"));
        assertThrows(ImageException.class, () -> batch(images + "/*.png"));
    }

    @Test
    void twoCommandsOverAFolderWithADamagedImage() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        Files.writeString(folder.resolve("images/damaged.tif"), "no image");
        String input = "input=" + folder.resolve("images");
        String model = "model=" + folder.resolve("net");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] arguments = {
            "Classify...",
            input,
            model,
            "output=" + folder.resolve("{name}.csv"),
            "--",
            "Attribution Map...",
            input,
            model,
            "steps=2",
            "output=" + folder.resolve("{name}.tif")
        };
        assertEquals(1, Main.run(arguments, new PrintStream(out), new PrintStream(err)));
        for (String name : List.of("a.csv", "b.csv", "a.tif", "b.tif")) {
            assertTrue(Files.exists(folder.resolve(name)), name);
        }
        assertEquals(1, err.toString().lines().filter(l -> l.contains("damaged.tif")).count());
        assertTrue(out.toString().contains("2 of 3 images done"), out.toString());
    }
}
