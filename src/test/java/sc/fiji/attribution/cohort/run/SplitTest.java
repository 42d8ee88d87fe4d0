/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.table.SubjectTable;

class SplitTest {

    @TempDir Path folder;

    private Optional<String> odd(String... splits) throws IOException {
        StringBuilder rows = new StringBuilder("image,split\n");
        for (int i = 0; i < splits.length; i++) {
            rows.append(i).append(".tif,").append(splits[i]).append('\n');
        }
        Path file = Files.writeString(folder.resolve("t.csv"), rows);
        return Cohort.oddSplit(SubjectTable.read(file));
    }

    @Test
    void subjectsOfTheTrainingAreNotAskedInSilence() throws IOException {
        String line = odd("training", "Train", "testing", "").orElseThrow();
        assertTrue(line.contains("2 of the training"), line);
        assertEquals(Optional.empty(), odd("train", "Test"));
        assertEquals(Optional.empty(), odd("fold 1", "fold 2", ""));
    }
}
