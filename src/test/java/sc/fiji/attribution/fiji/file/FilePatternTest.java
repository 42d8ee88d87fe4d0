/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;

/** Brackets choose between letters and, where no name is meant so, are letters themselves. */
class FilePatternTest {

    @TempDir Path folder;

    @BeforeEach
    void files() throws IOException {
        for (String name :
                new String[] {
                    "a1.tif",
                    "a2.tif",
                    "a3.tif",
                    "b[1].tif",
                    "b[2].tif",
                    "c[.tif",
                    ".a4.tif",
                    "e{x,y}.tif"
                }) {
            Files.writeString(folder.resolve(name), name);
        }
        Files.createDirectory(folder.resolve("a5.tif"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'a1.tif a2.tif a3.tif b[1].tif b[2].tif c[.tif e{x,y}.tif'",
        "a*, a1.tif a2.tif a3.tif",
        "a[13].tif, a1.tif a3.tif",
        "a[!1].tif, a2.tif a3.tif",
        "'b[[]1].tif', b[1].tif",
        "b[*].tif, b[1].tif b[2].tif",
        "b[?].tif, b[1].tif b[2].tif",
        "'c[*', c[.tif",
        "'e{x,y}*', 'e{x,y}.tif'",
        "'a{1,2}*', ''",
        "d*, ''",
        "'d[', ''",
        "'b[[]2]*', b[2].tif"
    })
    void names(String pattern, String names) throws IOException {
        assertEquals(names, found(folder + "/" + pattern), pattern);
    }

    private static String found(String text) throws IOException {
        return FilePattern.files(text).stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.joining(" "));
    }

    @Test
    void aFileOfThatNameIsNoPattern() {
        assertFalse(FilePattern.isOne(folder + "/b[1].tif"));
        assertTrue(FilePattern.isOne(folder + "/b[3].tif"));
        assertFalse(FilePattern.isOne(folder + "[1]/a1.tif"));
        assertFalse(FilePattern.isOne(folder + "/a]"), "a bracket that nothing opened");
    }

    @Test
    void aFolderThatIsNotThere() {
        assertThrows(IOException.class, () -> FilePattern.files(folder + "/none/a*"));
        assertThrows(IOException.class, () -> FilePattern.files("a\0/b*"));
    }

    /** As references=. */
    @Test
    void imagesOfAPattern() {
        for (String name : new String[] {"r[1].tif", "r[2].tif"}) {
            ImagePlus image = IJ.createImage(name, "8-bit ramp", 4, 4, 1);
            ImageFile.save(image, folder.resolve(name).toString());
        }
        assertEquals(2, OpenImages.titledOrFiles(folder + "/r[*].tif").size());
        assertEquals(1, OpenImages.titledOrFiles(folder + "/r[1].tif").size());
        String message =
                assertThrows(
                                ImageException.class,
                                () -> OpenImages.titledOrFiles(folder + "/q[12].tif"))
                        .getMessage();
        assertTrue(message.contains("there are no such files"), message);
    }
}
