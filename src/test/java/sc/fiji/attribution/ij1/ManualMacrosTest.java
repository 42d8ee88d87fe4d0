/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The macros in the text of the manual, as they stand there, in ImageJ's own interpreter. */
@Tag("long")
class ManualMacrosTest {

    private static final Pattern MACRO = Pattern.compile("(?ms)^```ijm\n(.*?)^```");

    @TempDir static Path folder;

    @Test
    void theTutorialEndsWithItsNumber() throws IOException, InterruptedException {
        List<String> macros = new ArrayList<>();
        for (String page : List.of("docs/headless.md", "docs/tutorial.md")) {
            MACRO.matcher(Files.readString(Path.of(page)))
                    .results()
                    .forEach(found -> macros.add(found.group(1)));
        }
        assertEquals(2, macros.size(), "each is run here");
        String all = String.join("\nclose('*');\n", macros);
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            List<String> report =
                    imagej.run(
                            all
                                    + "\nFile.append(Table.get('Share', 0,"
                                    + " 'Attribution in regions'), report);\n"
                                    + "File.append(Table.size('Attribution objects'), report);\n"
                                    + "File.append(getTitle() + ' ' + nImages, report);\n");
            // The share of the absolute values; of the positive ones 22.6 %, as the tutorial says.
            assertEquals(0.1152, Double.parseDouble(report.get(0)), 0.002);
            assertTrue(Double.parseDouble(report.get(1)) >= 2, report.toString());
            assertTrue(report.get(2).startsWith("Attribution Picture"), report.toString());
            Matcher printed =
                    Pattern.compile("In the lesions: 0\\.1\\d*").matcher(imagej.printed());
            assertTrue(printed.find(), imagej.printed());
        }
    }
}
