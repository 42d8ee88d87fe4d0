/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.method.evaluation.randomisation.Similarity;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** A second network, which learned something else, through the runner. */
class EvaluationByRunnerTest {

    private static final String STUDY = "sample-images/scanner-study/";
    private static final String IMAGE =
            "[" + STUDY + "sub-121b_T1.tif, " + STUDY + "sub-121b_FLAIR.tif]";

    @TempDir Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int compare(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "Compare Methods...",
                                "input=" + IMAGE,
                                "model=" + STUDY + "biased",
                                "methods=Gradient",
                                "metrics=Random Labels",
                                "target=lesions",
                                "output=" + folder.resolve("table.csv")));
        for (String option : more) {
            arguments.removeIf(o -> o.startsWith(option.substring(0, option.indexOf('=') + 1)));
            arguments.add(option);
        }
        err.reset();
        return Main.run(
                arguments.toArray(new String[0]),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static Tensor map(String model) {
        try (Classifier network = Engines.open(Path.of(STUDY + model), ModelOptions.NONE)) {
            ImagePlus map =
                    new AttributionTool(network)
                            .method("Gradient")
                            .target("lesions")
                            .run(ChannelFiles.of(IMAGE, ImageFile::open), Progress.NONE)
                            .image();
            ImageView view = ImageView.of(map);
            int plane = map.getWidth() * map.getHeight();
            float[] values = new float[plane * map.getStackSize()];
            for (int i = 0; i < map.getStackSize(); i++) {
                System.arraycopy(view.values(i + 1), 0, values, i * plane, plane);
            }
            return new Tensor(new Axes("bx"), new int[] {1, values.length}, values);
        }
    }

    @Test
    void likenessOfTheirMaps() throws Exception {
        assertEquals(0, compare("randomised=" + STUDY + "clean"), err::toString);
        List<String> lines = Files.readAllLines(folder.resolve("table.csv"));
        int value = List.of(lines.get(0).split(",")).indexOf("value");
        String row =
                lines.stream().filter(l -> l.contains("Random Labels")).findFirst().orElseThrow();
        double expected = Similarity.spearman(map("biased"), map("clean"));
        assertEquals(expected, Double.parseDouble(row.split(",")[value]), 1e-3, row);
    }

    /** A family means it where the second network is given. */
    @Test
    void aFamilyWithASecondNetwork() throws Exception {
        assertEquals(
                0,
                compare("metrics=randomisation", "randomised=" + STUDY + "clean"),
                err::toString);
        String table = Files.readString(folder.resolve("table.csv"));
        assertTrue(table.contains("Random Labels") && table.contains("Cascade SSIM"), table);
    }

    @Test
    void aNetworkThatIsNotThere() {
        assertEquals(1, compare("randomised=" + folder.resolve("none")));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).strip().lines().count());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("does not exist"), err::toString);
        assertFalse(Files.exists(folder.resolve("table.csv")));
    }
}
