/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Printable;

class OutputsTest {

    @TempDir Path folder;

    private Path data;
    private ImagePlus image;

    @BeforeEach
    void make() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        ImageFile.save(
                IJ.createImage("a", "32-bit ramp", 4, 3, 2), data.resolve("a.nii").toString());
        Files.createSymbolicLink(folder.resolve("link"), data);
        Files.createSymbolicLink(folder.resolve("a-link.nii"), data.resolve("a.nii"));
        Files.createLink(folder.resolve("hard.nii"), data.resolve("a.nii"));
        image = ImageFile.open(data.resolve("a.nii").toString());
    }

    private String refused(Outputs outputs) {
        return assertThrows(ImageException.class, outputs::requireApart).getMessage();
    }

    /** One file, whatever way leads to it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "data/a.nii",
                "link/a.nii",
                "a-link.nii",
                "hard.nii",
                "link/../data/./a.nii"
            })
    void noOutputIsTheInput(String name) {
        String path = folder.resolve(name).toString();
        String message = refused(new Outputs().reads("input", image).writes("output", path));
        assertTrue(message.contains("(output=)") && message.contains("input= reads"), message);
        for (String key :
                new String[] {"references", "regions", "inside", "model", "start", "map"}) {
            message =
                    refused(
                            new Outputs()
                                    .reads(key, data.resolve("a.nii").toString())
                                    .writes("table", path));
            assertTrue(message.contains(key + "= reads"), message);
        }
        assertThrows(ImageException.class, () -> ImageFile.requireOther(path, image));
    }

    /**
     * A folder of references or of a model: its files are inputs, new files beside them are not.
     */
    @Test
    void filesOfFoldersThatAreRead() {
        Outputs outputs = new Outputs().reads("model", folder.resolve("link").toString());
        String inside = data.resolve("a.nii").toString();
        assertTrue(refused(outputs.writes("output", inside)).contains("model= reads"));
        Outputs beside = new Outputs().reads("model", data.toString());
        assertDoesNotThrow(
                beside.writes("output", data.resolve("new.nii").toString())::requireApart);
    }

    @Test
    void noTwoOutputsAreOneFile() {
        Outputs outputs =
                new Outputs()
                        .writes("output", folder.resolve("data/map.tif").toString())
                        .writes("overlay", folder.resolve("link/map.tif").toString());
        assertTrue(refused(outputs).contains("output= writes"));
        new Outputs().reads("method", "Integrated Gradients").writes("table", "").requireApart();
    }

    @Test
    void whatIsThereIsAskedFor() throws IOException {
        Path there = Files.writeString(folder.resolve("map.tif"), "old");
        Outputs outputs = new Outputs().writes("output", there.toString());
        assertEquals("'" + there + "' exists already. Replace it?", outputs.question());
        String message = assertThrows(OptionException.class, outputs::requireNew).getMessage();
        assertTrue(message.contains("overwrite=true"), message);
        Outputs fresh = new Outputs().writes("output", folder.resolve("new.tif").toString());
        fresh.requireNew();
        assertEquals("", fresh.question());
    }

    /** No formula, no second line, no control character; numbers stay numbers. */
    @Test
    void tablesHoldTextsAsTexts() throws IOException {
        ResultsTable table = new ResultsTable();
        String[] names = {
            "=1+1",
            "+cmd",
            "@x",
            "-2+3",
            "a\nattribution.class: ill",
            "a\u001b[31mred",
            "x\u202ey",
            "7,5"
        };
        for (String name : names) {
            table.addRow();
            table.addValue("Name", name);
            table.addValue("Value", -1.5);
        }
        Path file = folder.resolve("t.csv");
        TableFile.save(table, file.toString());
        assertEquals(
                "Name,Value\n'=1+1,-1.500\n'+cmd,-1.500\n'@x,-1.500\n'-2+3,-1.500\n"
                        + "a\\nattribution.class: ill,-1.500\na?[31mred,-1.500\nx?y,-1.500\n\"7,5\",-1.500\n",
                Files.readString(file).replace(" ,", ","));
        assertEquals("Größe ü 漢 \u200d", Printable.line("Größe ü 漢 \u200d"));
    }
}
