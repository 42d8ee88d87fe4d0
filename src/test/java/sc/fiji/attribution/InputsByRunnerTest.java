/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.testing.Npy;
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

    private String saved(String figure, String name) {
        Npy array = Npy.readAll(Resources.bundled("inputs").resolve("figures.npz")).get(figure);
        String path = folder.resolve(name).toString();
        ImageFile.save(Specimens.of(array, name), path);
        return path;
    }

    private static String model(String name) {
        return "model=" + Resources.bundled("inputs").resolve(name);
    }

    /** The map of each lies on its own grid, in a file of its own. */
    @Test
    void aSliceAndAVolume() throws IOException {
        String slice = saved("slice_and_volume_slice", "slice.tif");
        String volume = saved("slice_and_volume_volume", "volume.nii.gz");
        String model = model("slice_and_volume.onnx");
        String others = "inputs=[slice=" + slice + ", clinic=0.7 -1.2]";
        String map = "output=" + folder.resolve("map.nii.gz");
        String[] pairs = {"input=" + volume, model, others, "target=1", "steps=16", map};
        assertEquals(0, run("Attribution Map...", pairs), printed);
        assertPrinted(
                "images volume 9×8×6, slice 12×10, 2 channels", "clinic (2 numbers)", "map-slice");
        ImagePlus first = ImageFile.open(folder.resolve("map.nii.gz").toString());
        ImagePlus second = ImageFile.open(folder.resolve("map-slice.nii.gz").toString());
        assertEquals("9x8x6", extents(first));
        assertEquals("12x10x1", extents(second));
        assertEquals(1, run("Attribution Map...", pairs), printed);
        assertPrinted("exists already", "overwrite=true");
        Files.delete(folder.resolve("map.nii.gz"));
        assertEquals(1, run("Attribution Map...", pairs), printed);
        assertPrinted("map-slice.nii.gz', for the map of a further image, exists already");
        assertFalse(Files.exists(folder.resolve("map.nii.gz")));
        String[] wrong = {"input=" + slice, model, others, "target=1", map, "overwrite=true"};
        assertEquals(1, run("Attribution Map...", wrong), printed);
        assertPrinted("12×10×1 voxels (x, y, z), but input 'volume' of the model takes 6×8×9");
        assertEquals(0, run("Classify...", "input=" + volume, model, others), printed);
        assertPrinted("probability");
    }

    private static String extents(ImagePlus image) {
        return image.getWidth() + "x" + image.getHeight() + "x" + image.getNSlices();
    }

    /** One line, the next step, nothing written. */
    @Test
    void whatIsWrongWithSeveralInputs() throws IOException {
        String t1 = saved("two_scans_t1", "t1.nii.gz");
        saved("two_scans_flair", "flair.nii.gz");
        ImagePlus elsewhere = ImageFile.open(folder.resolve("flair.nii.gz").toString());
        ImageGeometry.attach(
                elsewhere, VoxelToWorld.scaling(2, 2, 2), new double[] {2, 2, 2}, "mm", 0);
        String far = folder.resolve("far.nii.gz").toString();
        ImageFile.save(elsewhere, far);
        String mask = folder.resolve("mask.tif").toString();
        ImageFile.save(IJ.createImage("mask", 5, 5, 5, 8), mask);
        String empty = folder.resolve("empty.tif").toString();
        ImageFile.save(IJ.createImage("empty", 9, 8, 6, 8), empty);
        String flair = folder.resolve("flair.nii.gz").toString();
        String good = "inputs=[flair=" + flair + "]";
        String[][] mistakes = {
            {good, "where=" + mask, "'mask.tif' is 5x5x5", "same extents"},
            {good, "where=" + empty, "marks no voxel", ""},
            {
                good,
                "where=component 99",
                "where=component 99: there is none",
                "it sees 1 of class 1"
            },
            {good, "scores=height", "no score output 'height'", "it has out [-1, 2, 6, 8, 9]"},
            {"inputs=[flair=" + far + "]", "", "is not on the grid of", "register or resample"},
            {"inputs=[flair=none.nii]", "", "none.nii' does not exist", "check the path"},
            {"", "", "takes flair [-1, 1, 6, 8, 9], t1", "inputs=flair=…"},
            {"inputs=[t2=" + flair + "]", "", "no input 't2'", "it takes flair"},
            {"inputs=[flair=" + mask + "]", "", "is not on the grid of", "5x5x5 instead of"},
            {"input=[" + t1 + ", " + far + "]", "", "is not on the grid of", "affine"},
        };
        for (String command : List.of("Attribution Map...", "Segment...")) {
            for (String[] mistake : mistakes) {
                if (command.equals("Segment...") && mistake[1].startsWith("where")) {
                    continue;
                }
                List<Path> before = files();
                List<String> pairs =
                        new ArrayList<>(
                                List.of(
                                        model("two_scans.onnx"),
                                        "output=" + folder.resolve("result.nii.gz"),
                                        mistake[0],
                                        mistake[1]));
                if (!mistake[0].startsWith("input=")) {
                    pairs.add("input=" + t1);
                }
                if (!command.equals("Segment...")) {
                    pairs.addAll(List.of("method=Gradient", "target=1"));
                }
                pairs.removeIf(String::isEmpty);
                assertEquals(1, run(command, pairs.toArray(new String[0])), printed);
                List<String> errors =
                        printed.lines().filter(line -> line.startsWith("Error")).toList();
                assertEquals(1, errors.size(), printed);
                assertTrue(errors.get(0).contains(mistake[2]), printed);
                assertTrue(errors.get(0).contains(mistake[3]), printed);
                assertEquals(before, files(), command);
            }
        }
        String hidden = "output=" + folder.resolve("hidden.tif");
        String two = model("two_scans.onnx");
        assertEquals(0, run("Hidden Features...", "input=" + t1, two, good, hidden), printed);
        String[] images = {"input=" + t1, two, good, "baseline=images", "references=" + flair};
        String map = "output=" + folder.resolve("never.tif");
        String[] all = Stream.concat(Stream.of(images), Stream.of(map)).toArray(String[]::new);
        assertEquals(1, run("Attribution Map...", all), printed);
        assertPrinted("several inputs together", "take zero");
        String numbers = "output=" + folder.resolve("none.tif");
        String[] regression = {"input=" + t1, two, good, "head=regression", numbers};
        assertEquals(1, run("Segment...", regression), printed);
        assertPrinted("no labels: save those (probabilities=…)");
        String labels = "output=" + folder.resolve("labels.nii.gz");
        assertEquals(0, run("Segment...", "input=" + t1, model("two_scans.onnx"), good, labels));
        assertPrinted("image 9×8×6, 2 channels", "inputs t1, flair", "class 0 ");
    }

    /** A subject has one image. */
    @Test
    void aCohortOfSeveralInputsIsRefusedBeforeTheWork() throws IOException {
        String before = saved("siamese_before", "before.tif");
        Path table = folder.resolve("subjects.csv");
        Files.writeString(table, "image,label\n" + before + ",0\n" + before + ",1\n");
        String[] pairs = {
            "table=" + table,
            model("siamese.onnx"),
            "inputs=after=" + before,
            "method=Gradient",
            "output=" + folder.resolve("cohort")
        };
        assertEquals(1, run("Cohort...", pairs), printed);
        assertPrinted("takes several inputs together", "constants=", "Attribution Map...");
        assertFalse(Files.exists(folder.resolve("cohort")));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
