/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.FloatProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.Provenance;

/** The image beside a map that was opened again. */
class MapSourceTest {

    @TempDir Path folder;

    private ImagePlus image;

    @BeforeEach
    void make() {
        image = image("image of a map.tif", 1);
        ImageFile.save(image, folder.resolve(image.getTitle()).toString());
    }

    private static ImagePlus image(String title, float factor) {
        FloatProcessor values = new FloatProcessor(6, 5);
        for (int i = 0; i < values.getPixelCount(); i++) {
            values.setf(i, factor * i);
        }
        return new ImagePlus(title, values);
    }

    private ImagePlus map(String name) {
        ImagePlus map = image(name, -1);
        map.setProp(Provenance.METHOD, "Gradient");
        map.setProp(Provenance.IMAGE, image.getTitle());
        map.setProp("attribution.image.crc32c", ImageView.of(image).checksum());
        String file = folder.resolve(name).toString();
        ImageFile.save(map, file);
        return ImageFile.open(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"map.tif", "map.nii.gz", "map.nii"})
    void besideTheMap(String name) {
        ImagePlus map = map(name);
        ImagePlus found = OpenImages.requireSourceOf(map);
        assertEquals(image.getTitle(), found.getTitle());
        assertTrue(Provenance.hasValuesOf(found, map));
        assertFalse(Provenance.hasValuesOf(image(image.getTitle(), 2), map));
    }

    @ParameterizedTest
    @ValueSource(strings = {"map.tif", "map.nii.gz"})
    void missing(String name) throws IOException {
        ImagePlus map = map(name);
        Files.delete(folder.resolve(image.getTitle()));
        String message =
                assertThrows(ImageException.class, () -> OpenImages.requireSourceOf(map))
                        .getMessage();
        assertTrue(message.contains("'" + name + "' was made of 'image of a map.tif'"), message);
        assertTrue(message.contains("does not lie in " + folder), message);
    }

    /** What is wrong with it is said, rather than that it is missing. */
    @ParameterizedTest
    @ValueSource(strings = {"map.tif", "map.nii.gz"})
    void damaged(String name) throws IOException {
        ImagePlus map = map(name);
        Path file = folder.resolve(image.getTitle());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 20));
        String message =
                assertThrows(ImageException.class, () -> OpenImages.requireSourceOf(map))
                        .getMessage();
        assertTrue(message.contains(file.toString()) && message.contains("cut short"), message);
    }
}
