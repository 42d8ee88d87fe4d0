/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.bioformats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.testing.Resources;

/**
 * The adapter on doubles of the five public classes and methods that it calls, since Bio-Formats is
 * on no registry: they imitate signatures, series and failures, and read nothing. They are compiled
 * into a class loader of their own, so that elsewhere Bio-Formats is absent.
 */
class BioFormatsTest {

    @TempDir static Path folder;

    private static URLClassLoader loader;

    @BeforeAll
    static void compile() throws IOException, URISyntaxException {
        List<String> sources = new ArrayList<>();
        for (String name : new String[] {"in/ImporterOptions", "in/ImportProcess", "BF"}) {
            Path file = folder.resolve("loci/plugins").resolve(name + ".java");
            Files.createDirectories(file.getParent());
            String text = "fiji/format/bioformats/" + name.replace("in/", "") + ".java.txt";
            Files.copy(Resources.bundled(text), file);
            sources.add(file.toString());
        }
        Path imagej =
                Path.of(
                        ImagePlus.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        sources.addAll(List.of("-proc:none", "-cp", imagej.toString()));
        int code =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, sources.toArray(new String[0]));
        assertEquals(0, code);
        URL[] classes = {folder.toUri().toURL()};
        loader = new URLClassLoader(classes, BioFormatsTest.class.getClassLoader());
    }

    @AfterAll
    static void close() throws IOException {
        loader.close();
    }

    private static Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? file : Files.writeString(file, "no format that we know");
    }

    @Test
    void seriesByNumberAndName() throws IOException {
        BioFormats reader = new BioFormats(loader);
        assertTrue(reader.isThere());
        ImagePlus image = reader.read(file("a.lif"), Series.ANY);
        assertEquals("series 0", image.getTitle());
        String note = Source.of(image).orElseThrow().notes().get(0);
        assertTrue(note.startsWith("Series 1 of 3"), note);
        for (String choice : new String[] {"2", "position B", "Series_2: position B"}) {
            image = reader.read(file("a.lif"), new Series(choice));
            assertEquals("series 1", image.getTitle());
        }
        assertThrows(ImageException.class, () -> reader.read(file("a.lif"), new Series("4")));
        assertThrows(ImageException.class, () -> reader.read(file("a.lif"), new Series("pos")));
    }

    @Test
    void whatIsLargeIsVirtual() throws IOException {
        ImagePlus image = new BioFormats(loader).read(file("a.lif"), new Series("3"));
        assertEquals("series 2 virtual", image.getTitle());
    }

    @Test
    void itsOwnReasonIsTold() throws IOException {
        Path broken = file("broken.lif");
        String message =
                assertThrows(
                                ImageException.class,
                                () -> new BioFormats(loader).read(broken, Series.ANY))
                        .getMessage();
        assertTrue(
                message.contains("broken.lif") && message.contains("Unsupported header"), message);
    }

    /** What nobody else reads goes there; without it, that is said. */
    @Test
    void lastOfThree() throws IOException {
        assertFalse(new BioFormats(BioFormatsTest.class.getClassLoader()).isThere());
        String path = file("b.lif").toString();
        String message =
                assertThrows(ImageException.class, () -> ImageFile.open(path)).getMessage();
        assertTrue(message.contains("could not be read as an image"), message);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            ImagePlus image = ImageFile.open(path, new Series("3"));
            assertEquals("series 2 virtual", image.getTitle());
            assertEquals("Bio-Formats", Source.of(image).orElseThrow().reader());
            assertEquals("series 0", ImageFile.open(path).getTitle());
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
