/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.map.Provenance;

/** A map's image is found again where it is not open: by its record's title and files. */
class OpenImagesTest {

    @TempDir Path folder;

    private String saved(String name, int value) {
        ImagePlus image = IJ.createImage(name, "32-bit black", 4, 4, 1);
        image.getProcessor().set(value);
        String path = folder.resolve(name).toString();
        ImageFile.save(image, path);
        return path;
    }

    private static ImagePlus mapOf(ImagePlus image) {
        ImagePlus map = IJ.createImage("map", "32-bit ramp", 4, 4, 1);
        map.setProp(Provenance.METHOD, "Gradient");
        map.setProp(Provenance.IMAGE, image.getTitle());
        return map;
    }

    /** A plus stands between the files of channels, and may be a part of a name. */
    @ParameterizedTest
    @ValueSource(strings = {"a.tif", "a + b.tif", "a.tif + b.tif"})
    void byTheFilesThatWereRead(String name) {
        ImagePlus image = ImageFile.open(saved(name, 3));
        ImagePlus map = mapOf(image);
        Source.remember(map, image);
        ImagePlus found = OpenImages.pair(map).image().orElseThrow();
        assertEquals(name, found.getTitle());
        assertEquals(3, found.getProcessor().getf(1, 1));
    }

    @Test
    void byTheFilesOfItsChannels() {
        String names = saved("a.tif", 3) + ", " + saved("b.tif", 5);
        ImagePlus image = ChannelFiles.of(names, ImageFile::open);
        ImagePlus map = mapOf(image);
        Source.remember(map, image);
        ImagePlus found = OpenImages.pair(map).image().orElseThrow();
        assertEquals("a.tif + b.tif", found.getTitle());
        assertEquals(5, found.getStack().getProcessor(2).getf(1, 1));
    }

    /** As a map is that was opened again. */
    @ParameterizedTest
    @ValueSource(strings = {"a.tif", "a + b.tif"})
    void besideTheMap(String name) {
        ImagePlus map = mapOf(ImageFile.open(saved(name, 3)));
        ImageFile.save(map, folder.resolve("map.tif").toString());
        ImagePlus opened = ImageFile.open(folder.resolve("map.tif").toString());
        assertEquals(name, OpenImages.pair(opened).image().orElseThrow().getTitle());
    }

    /** Only what was read for a map need not be named to find it for that map again. */
    @Test
    void whatWasReadIsKnown() {
        ImagePlus image = ImageFile.open(saved("a.tif", 3));
        ImagePlus map = mapOf(image);
        Source.remember(map, image);
        ImagePlus found = OpenImages.pair(map).image().orElseThrow();
        assertTrue(OpenImages.isFoundBy(map, found));
        assertFalse(OpenImages.isFoundBy(map, image));
        assertFalse(OpenImages.isFoundBy(mapOf(map), found));
    }

    @Test
    void whatIsNotThere() {
        ImagePlus map = mapOf(IJ.createImage("gone.tif", "32-bit black", 4, 4, 1));
        assertEquals(Optional.empty(), OpenImages.pair(map).image());
        ImagePlus alone = IJ.createImage("alone", "32-bit black", 4, 4, 1);
        assertSame(alone, OpenImages.pair(alone).image().orElseThrow());
    }
}
