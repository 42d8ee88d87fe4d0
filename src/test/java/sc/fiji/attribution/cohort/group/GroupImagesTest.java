/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;

class GroupImagesTest {

    /** Files' names leave signs out, and some systems the size of letters. */
    @Test
    void groupsOfNamesThatAreAlikeHaveFilesOfTheirOwn(@TempDir Path folder) {
        GroupImages images = new GroupImages(folder);
        ImagePlus grid = Specimens.image(32, 1, 1, 1, 1, 1, p -> 0);
        List<String> levels = List.of("A/B", "A-B", "a-b");
        for (String level : levels) {
            double[] value = {levels.indexOf(level)};
            images.save("M", level.replace('/', '-'), level, value, "t", grid, 0, ".tif");
        }
        for (String level : levels) {
            String file = images.files().get("M, " + level);
            ImagePlus image = ImageFile.open(folder.resolveSibling(file).toString());
            assertEquals(levels.indexOf(level), image.getProcessor().getf(0, 0), file);
        }
        assertEquals(3, images.files().values().stream().distinct().count());
    }
}
