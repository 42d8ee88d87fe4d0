/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The macros that users copy, as they are, in ImageJ's own interpreter. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MacrosTest {

    private static final Path MACROS = Path.of("macros").toAbsolutePath();

    /** What each macro is given, and what is saved of it. A new macro needs a line here. */
    private static final List<String[]> RUNS =
            List.of(
                    new String[] {"attribution-map", "", "saveAs('tiff', folder + 'map.tif');"},
                    new String[] {
                        "attribution-objects", "", "saveAs('results', folder + 'objects.csv');"
                    },
                    new String[] {"overlay-montage", "", "saveAs('png', folder + 'montage.png');"},
                    new String[] {"batch-folder", "%s/brains", ""},
                    // Again: what is finished is left alone, what failed is tried.
                    new String[] {"batch-folder", "%s/brains", ""},
                    new String[] {"scanner-study", "%s/scanner-study", ""},
                    new String[] {
                        "learned-features", "8", "saveAs('png', folder + 'learned.png');"
                    },
                    new String[] {
                        "compare-methods",
                        "",
                        "saveAs('png', folder + 'methods.png');"
                                + " Table.save(folder + 'methods.csv', 'Comparison of methods');"
                    },
                    new String[] {"site-study", "%s/ms-study", ""},
                    new String[] {"site-study", "%s/tumour-study", ""});

    @TempDir static Path folder;
    private String printed;

    /** One after the other, each with nothing open. */
    @BeforeAll
    void runThem() throws IOException, InterruptedException {
        Path brains = Files.createDirectories(folder.resolve("brains"));
        for (String brain : List.of("brain-healthy-2.tif", "brain-lesions-2.tif")) {
            Files.copy(Path.of("sample-images", brain), brains.resolve(brain));
        }
        Files.copy(
                Path.of("sample-images", "brain-lesions-2-mask.tif"),
                brains.resolve("brain-lesions-2-mask.tif"));
        Files.writeString(brains.resolve("broken-9.tif"), "no image");
        for (String study : List.of("scanner-study", "ms-study", "tumour-study")) {
            copy(Path.of("sample-images", study), folder.resolve(study));
        }
        StringBuilder all = new StringBuilder("folder = '" + folder + "/';\n");
        for (String[] run : RUNS) {
            String argument = String.format(run[1], folder);
            all.append(
                    String.format(
                            "close('*'); runMacro('%s/%s.ijm', '%s');\n%s\n",
                            MACROS, run[0], argument, run[2]));
        }
        all.append("File.append('done', report);");
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            imagej.run(all.toString());
            printed = imagej.printed();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Test
    void theScannerThatWasLearnedIsFound() {
        assertTrue(printed.contains("clean: score by confound within class"), printed);
        assertTrue(printed.matches("(?s).*clean: [^\n]*no sign of it.*"), printed);
        assertTrue(printed.matches("(?s).*biased: [^\n]*uses the signature strongly.*"), printed);
    }

    /** Most of the twelve subjects are told, and each method has a row for each metric. */
    @Test
    void aStudyOfSeveralSitesIsRun() {
        assertTrue(printed("\nmaps: ") >= 10, printed);
        for (String study : List.of("ms-study", "tumour-study")) {
            ResultsTable table = ResultsTable.open2(folder + "/" + study + "/methods-maps.csv");
            List<String> methods = List.of(table.getColumnAsStrings("method"));
            // Beside the five, random maps and the images' edges.
            assertEquals(7, methods.stream().distinct().count(), "" + methods);
        }
    }

    @Test
    void allMacrosAreRunHere() throws IOException {
        try (Stream<Path> files = Files.list(MACROS)) {
            Set<String> macros =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".ijm"))
                            .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(
                    RUNS.stream()
                            .map(run -> run[0] + ".ijm")
                            .collect(Collectors.toCollection(TreeSet::new)),
                    macros);
        }
    }

    /** The number behind a text in what was printed. */
    private double printed(String text) {
        Matcher matcher = Pattern.compile(text + "(-?[0-9.E-]+)").matcher(printed);
        assertTrue(matcher.find(), printed);
        return Double.parseDouble(matcher.group(1));
    }

    private static Classification classify(String image) {
        Path model = Path.of("sample-images/lesion-classifier");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            return Classification.of(classifier, ImageFile.open("sample-images/" + image)).get(0);
        }
    }

    private static ImagePlus open(String name) {
        return ImageFile.open(folder.resolve(name).toString());
    }

    @Test
    void oneImage() {
        Classification expected = classify("brain-lesions-1.tif");
        assertEquals("lesions", expected.predicted());
        assertEquals(
                expected.probabilities()[1],
                printed("brain-lesions-1.tif: lesions, probability "),
                5e-5);
        ImagePlus map = open("map.tif");
        assertEquals(
                expected.logits()[1], Double.parseDouble(map.getProp("attribution.score")), 1e-4);
        assertEquals("50", map.getProp("attribution.option.steps"));
        double difference =
                expected.logits()[1]
                        - Double.parseDouble(map.getProp("attribution.baseline.score"));
        double error = printed("score [0-9.]+, completeness error ");
        assertEquals(Specimens.sum(map) - difference, error, 1e-4);
        assertTrue(
                printed.contains(String.format("(%.1f %%)", 100 * Math.abs(error / difference))));
    }

    @Test
    void folderOfImages() {
        assertTrue(printed.contains("Failed: broken-9.tif: "), printed);
        assertTrue(printed.contains("2 maps made, 0 were there, 1 failed."), printed);
        assertTrue(printed.contains("0 maps made, 2 were there, 1 failed."), printed);
        ResultsTable table = ResultsTable.open2(folder + "/brains/attribution/attribution.csv");
        assertEquals(2, table.size());
        List<String> classes = List.of("healthy", "lesions");
        for (int row = 0; row < 2; row++) {
            String image = "brain-" + classes.get(row) + "-2.tif";
            assertEquals(image, table.getStringValue("Image", row));
            assertEquals(classes.get(row), table.getStringValue("Class", row));
            ImagePlus map = open("brains/attribution/" + image);
            assertEquals("lesions", map.getProp("attribution.target"));
            assertEquals(image, map.getProp("attribution.image"));
            assertEquals(Specimens.sum(map), table.getValue("Sum", row), 1e-5);
            assertEquals(
                    Double.parseDouble(map.getProp("attribution.completeness.error")),
                    table.getValue("Completeness error", row),
                    1e-5);
            Classification expected = classify(image);
            assertEquals(expected.probabilities()[row], table.getValue("Probability", row), 1e-5);
        }
    }

    /** Against a flood fill in each slice. */
    @Test
    void objectsAboveAThreshold() {
        ImagePlus map = open("map.tif");
        List<double[]> expected = new ArrayList<>();
        double max = 0;
        for (int z = 1; z <= map.getStackSize(); z++) {
            for (float value : (float[]) map.getStack().getPixels(z)) {
                max = Math.max(max, value);
            }
        }
        for (int z = 1; z <= map.getStackSize(); z++) {
            float[] pixels = ((float[]) map.getStack().getPixels(z)).clone();
            for (int i = 0; i < pixels.length; i++) {
                double[] found = new double[3];
                fill(pixels, map.getWidth(), i, 0.2 * max, found);
                if (found[0] >= 2) {
                    expected.add(new double[] {found[0], found[1], z});
                }
            }
        }
        ResultsTable table = ResultsTable.open2(folder + "/objects.csv");
        assertEquals(expected.size(), table.size());
        double total = 0;
        double voxels = 0;
        for (double[] object : expected) {
            voxels += object[0];
            total += object[1];
        }
        assertEquals(voxels * 9, Arrays.stream(table.getColumn("Area")).sum(), 0.01);
        assertEquals(total, Arrays.stream(table.getColumn("RawIntDen")).sum(), 1e-4);
        assertEquals(voxels * 27, printed(table.size() + " objects, "), 0.01);
        assertEquals(total, printed(" mm\\^3, "), 1e-4);
    }

    /** Takes an object of pixels that touch at an edge or a corner out, and adds it up. */
    private static void fill(float[] pixels, int width, int i, double threshold, double[] found) {
        if (pixels[i] < threshold) {
            return;
        }
        found[0]++;
        found[1] += pixels[i];
        pixels[i] = Float.NEGATIVE_INFINITY;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                int x = i % width + dx;
                int y = i / width + dy;
                if (x >= 0 && x < width && y >= 0 && y < pixels.length / width) {
                    fill(pixels, width, y * width + x, threshold, found);
                }
            }
        }
    }

    /** How many pixels of a picture are red and how many blue; the brain is grey. */
    private static int[] colours(ImagePlus picture) {
        int[] counts = new int[2];
        for (int pixel : (int[]) picture.getProcessor().getPixels()) {
            int red = pixel >> 16 & 255;
            int blue = pixel & 255;
            counts[0] += red > blue + 40 ? 1 : 0;
            counts[1] += blue > red + 40 ? 1 : 0;
        }
        return counts;
    }

    /** Four images of three channels, and what they are scored. */
    @Test
    void learnedFeatures() {
        ImagePlus picture = IJ.openImage(folder + "/learned.png");
        assertEquals(4 * 4 * 48, picture.getWidth());
        assertEquals(4 * (64 + 5), picture.getHeight());
        for (String target : List.of("lesions", "block1\\[2]", "block4\\[11]")) {
            double score = printed("\n" + target + ": ");
            assertEquals(printed("\n" + target + ": score "), score, 0.06);
            assertTrue(score > printed("\n" + target + ": score [0-9.]+, from "), target);
        }
        int[] colours = colours(picture);
        assertTrue(colours[0] > 1000 && colours[1] > 1000, Arrays.toString(colours));
    }

    @Test
    void montageOfTheOverlay() {
        ImagePlus montage = IJ.openImage(folder + "/montage.png");
        assertEquals(4 * 3 * 48, montage.getWidth());
        assertEquals(3 * 3 * 64, montage.getHeight());
        int[] counts = colours(montage);
        assertTrue(counts[0] > 100 && counts[1] > 100, counts[0] + " " + counts[1]);
    }

    @Test
    void comparisonOfMethods() {
        ResultsTable table = ResultsTable.open2(folder + "/methods.csv");
        List<String> methods = List.of(table.getColumnAsStrings("method"));
        // Beside the four, random maps and the image's edges.
        assertEquals(6, methods.stream().distinct().count());
        assertTrue(methods.contains("Integrated Gradients (steps=20)"), methods + "");
        for (int row = 0; row < table.size(); row++) {
            boolean ofNone = List.of("random", "edges").contains(methods.get(row));
            if (table.getStringValue("metric", row).equals("Absolute Mass") && !ofNone) {
                // What Measure Attribution says of the same map and mask.
                double share = table.getValue("value", row);
                assertTrue(share > table.getValue("random", row) && share < 1, "" + share);
            }
        }
        ImagePlus picture = IJ.openImage(folder + "/methods.png");
        assertTrue(picture.getWidth() > 600 && picture.getHeight() > 600, picture + "");
        assertTrue(colours(picture)[0] > 100);
    }
}
