/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks that put out maps and numbers, and that take two images, from ImageJ's dialogs and
 * macros: the keys {@code where}, {@code pooling}, {@code head} and {@code inputs}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MapOutputsTest {

    @TempDir static Path folder;
    private PlainImageJ imagej;

    @BeforeAll
    void open() throws IOException {
        ImageFile.save(Specimens.image(32, 16, 12, 1, 8, 1, MapOutputsTest::value), path("scan"));
        ImageFile.save(
                Specimens.image(8, 16, 12, 1, 8, 1, p -> p[0] > 3 && p[0] < 9 ? 1 + p[3] / 4 : 0),
                path("labels"));
        ImageFile.save(Specimens.image(32, 12, 10, 1, 1, 1, MapOutputsTest::value), path("slice"));
        imagej = PlainImageJ.in(folder);
    }

    private static double value(int[] p) {
        return 0.5 + 0.5 * Math.sin(p[0] + 2.3 * p[1] + 1.7 * p[3]);
    }

    private static String path(String name) {
        return folder.resolve(name + ".tif").toString();
    }

    @AfterAll
    void close() {
        if (imagej != null) {
            imagej.close();
        }
    }

    private static Path unet() {
        return Resources.bundled("golden/maps").resolve("unet3d.keras").toAbsolutePath();
    }

    private static ImagePlus map(String name) {
        return IJ.openImage(path(name));
    }

    /** As a user says it in the dialog; the line that is recorded makes the identical map. */
    @Tag("long")
    @Test
    void aPartByTheDialog() throws IOException, InterruptedException {
        Path script = folder.resolve("script.txt");
        Files.writeString(
                script,
                """
                open SCAN
                record
                command Attribution Map...
                set Model=MODEL
                set Method=Gradient
                ok
                set Where=nowhere.tif
                set Pooling=sum
                ok
                expect nowhere.tif
                set Where=LABELS label 2
                ok
                end
                images 3
                save FOLDER/byhand.tif
                recorded FOLDER/recorded.txt
                """
                        .replace("SCAN", path("scan"))
                        .replace("LABELS", path("labels"))
                        .replace("MODEL", unet().toString())
                        .replace("FOLDER", folder.toString()));
        imagej.drive(Driver.class, script.toString());
        String line =
                Files.readAllLines(folder.resolve("recorded.txt")).stream()
                        .filter(each -> each.startsWith("run("))
                        .findFirst()
                        .orElseThrow();
        assertTrue(line.contains(" where=[" + path("labels") + " label 2]"), line);
        assertTrue(line.contains(" pooling=sum"), line);
        imagej.run(
                "open('%s');\n%s\nsaveAs('tiff', '%s'); File.append('done', report);"
                        .formatted(path("scan"), line, path("replayed")));
        ImagePlus first = map("byhand");
        ImagePlus second = map("replayed");
        for (int z = 1; z <= first.getStackSize(); z++) {
            assertArrayEquals(
                    (float[]) first.getStack().getPixels(z),
                    (float[]) second.getStack().getPixels(z),
                    0);
        }
        String where = first.getProp("attribution.where");
        assertTrue(where.startsWith("sum inside labels.tif label 2"), where);
        assertEquals(where, second.getProp("attribution.where"));
    }

    /** Lines as they stand in macros, one after the other; each saves its map. */
    @Test
    void linesOfMacros() throws IOException, InterruptedException {
        Path heads = Resources.bundled("heads").toAbsolutePath();
        StringBuilder macro = new StringBuilder();
        String scan = "run('Attribution Map...', 'input=[" + path("scan") + "] model=[" + unet();
        String slice = "run('Attribution Map...', 'input=[" + path("slice") + "] model=[" + heads;
        for (String[] run :
                new String[][] {
                    {"mean", scan + "] method=Gradient target=1"},
                    {"sum", scan + "] method=Gradient target=1 pooling=sum"},
                    {
                        "labelled",
                        scan + "] method=Gradient target=1 where=[" + path("labels") + "]"
                    },
                    {"voxel", scan + "] method=Gradient target=[1[5, 6, 3]]"},
                    {"number", slice + "/one.keras] method=Gradient"},
                    {"numbers", slice + "/two.keras] method=Gradient head=regression target=1"},
                    {"classes", slice + "/two.keras] method=Gradient head=classes target=1"},
                    // As lines were recorded before there were maps of scores and numbers.
                    {"old", slice + "/share.keras] method=[Integrated Gradients] steps=5"},
                }) {
            macro.append(run[1]).append(" output=[").append(path(run[0])).append("]');\n");
        }
        macro.append("File.append('done', report);");
        List<String> log = imagej.run(macro.toString());
        assertEquals(List.of("done"), log);
        double mean = Specimens.sum(map("mean"));
        assertEquals(
                16 * 12 * 8 * mean, Specimens.sum(map("sum")), 1e-4 * Math.abs(16 * 12 * 8 * mean));
        assertTrue(map("labelled").getProp("attribution.where").contains("labels.tif"));
        assertEquals("mean at 5, 6, 3", map("voxel").getProp("attribution.where"));
        assertNull(map("number").getProp("attribution.probabilities"));
        assertNull(map("numbers").getProp("attribution.probabilities"));
        assertNotNull(map("classes").getProp("attribution.probabilities"));
        assertNotNull(map("old").getProp("attribution.probabilities"));
        assertArrayEquals(
                (float[]) map("numbers").getProcessor().getPixels(),
                (float[]) map("classes").getProcessor().getPixels(),
                1e-6f);
    }

    /** What cannot be ends the macro with one line, and nothing is written; an ImageJ for each. */
    @Test
    @Tag("long")
    void mistakesWriteNothing() throws IOException, InterruptedException {
        String line =
                "run('Attribution Map...', 'input=[%s] model=[%s] method=Gradient target=1 %s"
                        + " output=[%s]');\nFile.append('went on', report);";
        String before = "File.append('begun', report);\n";
        for (String wrong :
                List.of(
                        "where=[component 900]",
                        "where=[" + path("slice") + "]",
                        "where=[component at 99, 0, 0]",
                        "pooling=median",
                        "head=classes where=selection",
                        "head=segmentation",
                        "inputs=[flair=" + path("scan") + "]")) {
            List<String> log =
                    imagej.run(before + line.formatted(path("scan"), unet(), wrong, path("wrong")));
            assertEquals(List.of("begun"), log, wrong + ": " + imagej.printed());
            assertFalse(Files.exists(Path.of(path("wrong"))), wrong);
        }
    }

    @Test
    void twoImagesByName() throws IOException, InterruptedException {
        Path cases = Resources.shared("cases").toAbsolutePath().normalize();
        String image = cases.resolve("g32x40.tif").toString();
        imagej.run(
                """
                open('%1$s');
                rename('t1');
                run('Duplicate...', 'title=other');
                run('Attribution Map...', 'input=t1 model=[%2$s] method=[Integrated Gradients] \
                steps=8 inputs=[flair=other]');
                saveAs('tiff', '%3$s');
                File.append('done', report);
                """
                        .formatted(image, cases.resolve("m_twoimg"), path("two")));
        ImagePlus two = map("two");
        assertEquals(2, two.getNChannels());
        assertTrue(two.getStack().getSliceLabel(1).startsWith("t1"));
        assertTrue(two.getStack().getSliceLabel(2).startsWith("flair"));
    }
}
