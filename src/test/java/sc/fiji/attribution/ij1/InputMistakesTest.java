/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.testing.Resources;

/**
 * What goes wrong with masks, parts, outputs and further images, in a macro of the real ImageJ: one
 * line that says the next step, and nothing is written.
 */
@Tag("long")
class InputMistakesTest {

    @TempDir Path folder;

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private String at(String name, double size) {
        ImagePlus image = Specimens.image(32, 9, 8, 1, 6, 1, p -> 0.1 * p[0] + 0.05 * p[1]);
        double[] sizes = {size, size, size};
        ImageGeometry.attach(image, VoxelToWorld.scaling(size, size, size), sizes, "mm", 0);
        ImageFile.save(image, path(name));
        return path(name);
    }

    @Test
    void oneLineAndTheNextStep() throws IOException, InterruptedException {
        String t1 = at("t1.nii", 1);
        String flair = at("flair.nii", 1);
        String far = at("far.nii", 2);
        ImageFile.save(IJ.createImage("mask", 5, 5, 5, 8), path("mask.tif"));
        ImageFile.save(IJ.createImage("empty", 9, 8, 6, 8), path("empty.tif"));
        String good = "input=[" + t1 + "] inputs=[flair=" + flair + "]";
        String[][] mistakes = {
            {good + " where=[" + path("mask.tif") + "]", "is 5x5x5", "same extents"},
            {good + " where=[" + path("empty.tif") + "]", "marks no voxel", ""},
            {good + " where=[component 99]", "component 99: there is none", "it sees"},
            {good + " where=[component at 40, 0, 0]", "40, 0, 0", "count from 0 to 8, 7, 5"},
            {good + " scores=height", "no score output 'height'", "it has out [-1, 2, 6, 8, 9]"},
            {good.replace("flair.nii", "far.nii"), "is not on the grid", "register or resample"},
            {"input=[" + t1 + "] inputs=[flair=none.nii]", "does not exist", "check the path"},
            {"input=[" + t1 + "]", "takes flair [-1, 1, 6, 8, 9], t1", "inputs=flair=…"},
            {"input=[" + t1 + ", " + far + "]", "is not on the grid", "affine"},
        };
        String model = Resources.bundled("inputs").resolve("two_scans.onnx").toAbsolutePath() + "";
        StringBuilder macro = new StringBuilder("run('Attribution Extensions');\n");
        for (String[] mistake : mistakes) {
            macro.append("why = Ext.attempt('Attribution Map...', 'model=[")
                    .append(model)
                    .append("] method=Gradient target=1 output=[")
                    .append(path("result.tif"))
                    .append("] ")
                    .append(mistake[0])
                    .append("');\nFile.append(replace(why, '\\n', '|'), report);\n");
        }
        macro.append("File.append('' + nImages, report);\n");
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            List<String> log = imagej.run(macro.toString());
            assertEquals(mistakes.length + 1, log.size(), imagej.printed());
            for (int i = 0; i < mistakes.length; i++) {
                String line = log.get(i);
                assertTrue(line.contains(mistakes[i][1]), mistakes[i][0] + ": " + line);
                assertTrue(line.contains(mistakes[i][2]), mistakes[i][0] + ": " + line);
                assertFalse(line.contains("|"), line);
            }
            // Nothing is left open, or written.
            assertEquals("0", log.get(mistakes.length));
            try (Stream<Path> files = Files.list(folder)) {
                assertFalse(files.anyMatch(file -> file.toString().contains("result")));
            }
        }
    }

    /** Colours go into three channels, grey where it is said, turned images as they lie. */
    @Test
    void coloursGreyAndTurnedImages() throws IOException, InterruptedException {
        Path cases = Resources.shared("cases").toAbsolutePath().normalize();
        String grey = "input=[CASES/g32x40.tif] model=[CASES/r_numbered] output=[FOLDER/grey.tif]";
        String line = "input=[CASES/i1x60.tif] model=[CASES/n_60x1] output=[FOLDER/line.tif]";
        StringBuilder lines = new StringBuilder("run('Attribution Extensions');\n");
        lines.append("open('CASES/rgb.png');\n");
        for (String options :
                List.of(
                        "model=[CASES/r_numbered] output=[FOLDER/rgb.tif]",
                        grey,
                        grey + " grey=repeat",
                        line,
                        line + " axes=bxyc")) {
            lines.append("why = Ext.attempt('Attribution Map...', '")
                    .append(options)
                    .append(" method=Gradient target=1');\nFile.append('why: ' + why, report);\n");
        }
        String macro =
                lines.toString()
                        .replace("CASES", cases.toString())
                        .replace("FOLDER", folder.toString());
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            List<String> log = imagej.run(macro);
            assertEquals("why: ", log.get(0), imagej.printed());
            assertTrue(log.get(1).contains("grey=repeat"), log.get(1));
            assertEquals("why: ", log.get(2));
            assertTrue(log.get(3).contains("axes=bxyc"), log.get(3));
            assertEquals("why: ", log.get(4));
        }
        String colours = said("rgb");
        assertTrue(colours.contains("3 channels") && colours.contains("red green blue"), colours);
        assertTrue(said("grey").contains("grey in 3 channels"), said("grey"));
        assertFalse(said("line").contains("resampled"), said("line"));
    }

    private String said(String map) {
        return ImageFile.open(path(map + ".tif")).getProp("attribution.input");
    }
}
