/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.testing.Resources;

/** What goes into a model, as a terminal says it: files of channels, colours, orders, inputs. */
class InputsByRunnerTest {

    private static final String SAMPLES = "sample-images/";

    @TempDir Path folder;

    private String printed = "";

    private int run(String command, String... pairs) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(pairs));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code = Main.run(arguments.toArray(new String[0]), stream, stream);
        printed = out.toString(StandardCharsets.UTF_8);
        return code;
    }

    private void assertPrinted(String... parts) {
        for (String part : parts) {
            assertTrue(printed.contains(part), "'" + part + "' is not in: " + printed);
        }
    }

    /** One channel of a sample as a file. */
    private String channel(ImagePlus image, int channel) {
        ImageStack stack = new ImageStack(image.getWidth(), image.getHeight());
        for (int z = 1; z <= image.getNSlices(); z++) {
            int index = image.getStackIndex(channel, z, 1);
            stack.addSlice(image.getStack().getProcessor(index).convertToFloat());
        }
        ImagePlus one = new ImagePlus("c" + channel, stack);
        one.setCalibration(image.getCalibration().copy());
        String path = folder.resolve("c" + channel + ".tif").toString();
        ImageFile.save(one, path);
        return path;
    }

    @Test
    void tissueMapsInFilesOfTheirOwnScoreAsInOne() throws IOException {
        String model = "model=" + SAMPLES + "lesion-classifier";
        assertEquals(0, run("Classify...", "input=" + SAMPLES + "brain-lesions-1.tif", model));
        String expected = printed.substring(printed.indexOf("(probability"));
        assertPrinted("image 48×64×56, 3 channels, 0…255 → model bzyxc 56×64×48");
        ImagePlus image = ImageFile.open(SAMPLES + "brain-lesions-1.tif");
        String[] files = {channel(image, 1), channel(image, 2), channel(image, 3)};
        String list = "input=[" + String.join(", ", files) + "]";
        assertEquals(0, run("Classify...", list, model), printed);
        assertPrinted(expected, "channel 1: c1.tif", "channel 3: c3.tif");
        assertFalse(printed.contains("arning"), printed);
        String missing = "input=" + files[0] + "," + files[1] + "," + folder.resolve("c4.tif");
        assertEquals(1, run("Classify...", missing, model));
        assertPrinted("c4.tif' does not exist");
        String out = "output=" + files[1];
        assertEquals(1, run("Attribution Map...", list, model, out, "steps=2", "overwrite=true"));
        assertPrinted("that is the image itself");
        assertTrue(Files.size(Path.of(files[1])) > 600000, "still there");
    }

    @Test
    void referencesMayBeFilesOfChannelsToo() {
        String lesions = SAMPLES + "brain-lesions-1.tif";
        ImagePlus reference = ImageFile.open(SAMPLES + "brain-reference.tif");
        String[] options = {
            "input=" + lesions,
            "model=" + SAMPLES + "lesion-classifier",
            "steps=2",
            "baseline=images",
            "output=" + folder.resolve("a.tif"),
            "references=" + SAMPLES + "brain-reference.tif",
        };
        assertEquals(0, run("Attribution Map...", options), printed);
        String expected = printed.substring(printed.indexOf("Class:"), printed.indexOf("Map:"));
        options[4] = "output=" + folder.resolve("b.tif");
        options[5] =
                "references=["
                        + String.join(
                                ", ",
                                channel(reference, 1),
                                channel(reference, 2),
                                channel(reference, 3))
                        + "]";
        assertEquals(0, run("Attribution Map...", options), printed);
        assertPrinted(expected);
    }

    @Test
    void nothingIsComputedThatWouldBeLost() {
        String image = "input=" + SAMPLES + "brain-lesions-1.tif";
        String model = "model=" + SAMPLES + "lesion-classifier";
        assertEquals(1, run("Attribution Map...", image, model), printed);
        assertPrinted("name a file for it", "output=…", "overlay=…");
        assertFalse(printed.contains("Class:"), printed);
        assertEquals(1, run("Attribution Picture...", "map=a.tif"), printed);
        assertPrinted("name a file for it");
    }

    @Test
    void coloursAndTransposedImages() {
        Path cases = Resources.shared("cases");
        String rgb = "input=" + cases.resolve("rgb.png");
        assertEquals(0, run("Classify...", rgb, "model=" + cases.resolve("r_numbered")), printed);
        assertPrinted("image 40×32, 3 channels", "channels red green blue");
        String grey = "input=" + cases.resolve("g32x40.tif");
        String numbered = "model=" + cases.resolve("r_numbered");
        assertEquals(1, run("Classify...", grey, numbered));
        assertPrinted("grey=repeat");
        assertEquals(0, run("Classify...", grey, numbered, "grey=repeat"), printed);
        String line = "input=" + cases.resolve("i1x60.tif");
        String model = "model=" + cases.resolve("n_60x1");
        assertEquals(1, run("Classify...", line, model), printed);
        assertPrinted("axes=bxyc");
        assertEquals(1, printed.lines().filter(l -> l.startsWith("Error")).count(), printed);
        assertEquals(0, run("Classify...", line, model, "axes=bxyc"), printed);
        assertFalse(printed.contains("resampled"), printed);
        assertEquals(0, run("Classify...", line, model, "axes=byxc"), printed);
        assertPrinted("resampled", "60 → 1");
    }

    @Test
    void twoImagesByName() {
        Path cases = Resources.shared("cases");
        String model = "model=" + cases.resolve("m_twoimg");
        String image = cases.resolve("g32x40.tif").toString();
        String map = folder.resolve("map.tif").toString();
        String both = "inputs=[flair=" + image + "]";
        String[] pairs = {"input=" + image, model, both, "steps=8", "output=" + map};
        assertEquals(0, run("Attribution Map...", pairs), printed);
        assertPrinted("inputs t1, flair");
        ImagePlus made = ImageFile.open(map);
        assertEquals(2, made.getNChannels());
        assertTrue(made.getStack().getSliceLabel(1).startsWith("t1"), "named");
        assertEquals(1, run("Classify...", "input=" + image, model));
        assertPrinted("inputs=flair=…,t1=…");
        assertEquals(1, run("Classify...", "input=" + image, model, "inputs=flair=none.tif"));
        assertPrinted("none.tif' does not exist");
        assertEquals(1, run("Classify...", "input=" + image, model, "inputs=flair"));
        assertPrinted("'flair' is not a name with its image");
    }

    @Test
    void numbersHaveATable() throws IOException {
        Path model = Resources.shared("models/generated").resolve("multi_input/saved_model");
        ImagePlus image = Specimens.image(32, 32, 32, 3, 1, 1, p -> 0.01 * p[0]);
        String path = folder.resolve("scan.tif").toString();
        ImageFile.save(image, path);
        String table = folder.resolve("numbers.csv").toString();
        String numbers = "inputs=age=41, lab_value=0.4";
        String[] pairs = {"input=" + path, "model=" + model, numbers, "steps=8", "table=" + table};
        assertEquals(0, run("Attribution Map...", pairs), printed);
        assertPrinted("input.age: ", "input.lab_value: ");
        String rows = Files.readString(Path.of(table));
        assertTrue(rows.contains("age") && rows.contains("lab_value"), rows);
        assertEquals(1, run("Classify...", "input=" + path, "model=" + model, "inputs=age=41 3"));
        assertPrinted("lab_value");
        String wrong = "inputs=age=41 3, lab_value=1";
        assertEquals(1, run("Classify...", "input=" + path, "model=" + model, wrong));
        assertPrinted("'age' takes a number, and 2 were given: write inputs=[age=1]");
        for (String word : List.of("NaN", "Infinity", "x")) {
            String bad = "inputs=age=" + word + ", lab_value=1";
            assertEquals(1, run("Classify...", "input=" + path, "model=" + model, bad));
            assertPrinted("'age' takes a number, and '" + word + "' is no");
            assertFalse(printed.contains("pixel"), printed);
        }
    }
}
