/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Label images that do not lie on the images: that is known before the model runs. */
class UnfitAtlasTest {

    @TempDir Path folder;

    private Path flat() {
        ImagePlus flat = IJ.createImage("flat", "8-bit black", 48, 64, 1);
        flat.getProcessor().set(20, 30, 2);
        Path file = folder.resolve("flat.tif");
        ImageFile.save(flat, file.toString());
        return file;
    }

    @Test
    void anAtlasOnNoneOfTheImagesIsRefused() throws IOException {
        Path table = SmallCohort.write(folder, 2);
        CohortSettings settings =
                SmallCohort.settings(table, folder.resolve("out"), "atlas", flat().toString());
        try (Classifier classifier = Engines.open(SmallCohort.model(), ModelOptions.NONE)) {
            CohortTool tool = new CohortTool(classifier, settings);
            String refused =
                    assertThrows(OptionException.class, () -> tool.run(Progress.NONE)).getMessage();
            assertTrue(refused.startsWith("The atlas lies on none of the images"), refused);
            assertTrue(refused.contains("'flat.tif' is 48x64x1"), refused);
            assertFalse(Files.exists(folder.resolve("out")), "nothing was written");
            CohortTool.Outlook outlook = tool.check(Progress.NONE);
            assertEquals(2, outlook.failing());
            List<String> lines = outlook.lines();
            assertTrue(lines.get(1).startsWith("2 cannot be run: s0 (Label image"), lines.get(1));
        }
    }

    /** One subject's mask is that subject's failure, and costs no pass. */
    @Test
    void aMaskThatDoesNotLieOnItsImage() throws IOException {
        Path table = SmallCohort.write(folder, 4);
        Files.copy(
                flat(),
                folder.resolve("images/s2-mask.tif"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        CohortSettings settings = SmallCohort.settings(table, folder.resolve("out"));
        try (Classifier classifier = Engines.open(SmallCohort.model(), ModelOptions.NONE)) {
            CohortTool tool = new CohortTool(classifier, settings);
            SubjectTask task =
                    new SubjectTask(
                            classifier,
                            settings,
                            tool.table(),
                            RunFolder.create(folder.resolve("out")),
                            new RegionSums(settings));
            String error = task.read(tool.table().subjects().get(2)).error();
            assertTrue(error.contains("is 48x64x1"), error);
            assertEquals(null, task.read(tool.table().subjects().get(0)).error());
        }
    }
}
