/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;

class ImageListTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "a/b/lesions-*_maps.tif, lesions-060_maps.tif, 060",
        "C:\\data\\lesions-*_maps.tif, lesions-060_maps.tif, 060",
        "*.tif, brain.tif, brain",
        "brain*, brain, ''",
        "a*a, a,",
        "lesions-*_maps.tif, healthy-060_maps.tif,",
        "*-*.tif, a-b.tif, a-b",
        "brain-?.tif, brain-1.tif, 1",
        "sub-*[13579]_T1.tif, sub-121_T1.tif, 121",
        "sub-*_T1.tif, sub-7_T1.tif + sub-7_FLAIR.tif, 7",
        "folder, brain-1.tif,"
    })
    void whatAStarStandsFor(String pattern, String name, String part) {
        assertEquals(part, ImageList.part(pattern, name).orElse(null));
    }

    /** Masks are named like the image, or like what differs between the images. */
    @Test
    void masksOfPatterns() throws IOException {
        ImagePlus image = Specimens.image(8, 4, 4, 1, 1, 1, p -> p[0]);
        image.setTitle("sub-7_T1.tif");
        for (String name : new String[] {"sub-7_T1-mask.tif", "sub-7_mask.tif"}) {
            ImageFile.save(Specimens.image(8, 4, 4, 1, 1, 1, p -> p[0]), path(name));
        }
        assertEquals("sub-7_T1-mask.tif", mask("*-mask.tif", "sub-*_T1.tif", image));
        assertEquals("sub-7_mask.tif", mask("sub-*_mask.tif", "sub-*_T1.tif", image));
        assertThrows(ImageException.class, () -> mask("sub-*_mask.tif", "man-?_T1.tif", image));
    }

    /** As tissue maps are called. */
    @Test
    void aMaskOfChannelsInFilesOfTheirOwn() throws IOException {
        ImagePlus image = Specimens.image(8, 4, 4, 1, 1, 1, p -> p[0]);
        image.setTitle("c1sub-7.nii.gz + c2sub-7.nii.gz + c3sub-7.nii.gz");
        ImageFile.save(Specimens.image(8, 4, 4, 1, 1, 1, p -> p[0]), path("sub-7_mask.tif"));
        assertEquals(
                "sub-7_mask.tif",
                TestImage.mask(path("*_mask.tif"), "", 0, image).orElseThrow().getTitle());
        assertEquals(List.of("c1sub-7", "sub-7"), ImageList.stems(image.getTitle()));
        assertEquals(List.of("brain", "brain"), ImageList.stems("brain.nii"));
    }

    /** The channels' files of each image, but those of one that is there. */
    @Test
    void channelsInFilesOfTheirOwn() throws IOException {
        for (String subject : new String[] {"1", "2", "3"}) {
            for (String channel : new String[] {"T1", "FLAIR"}) {
                ImageFile.save(
                        Specimens.image(8, 4, 4, 1, 1, 1, p -> p[0]),
                        path("sub-" + subject + "_" + channel + ".tif"));
            }
        }
        ImagePlus first = ImageFile.open(path("sub-1_T1.tif"));
        List<String> others =
                ImageList.besides(first, path("sub-*[13]_T1.tif") + ", " + path("sub-*_FLAIR.tif"));
        assertEquals(1, others.size());
        ImagePlus joined = ChannelFiles.of(others.get(0), ImageFile::open);
        assertEquals("sub-3_T1.tif + sub-3_FLAIR.tif", joined.getTitle());
        assertEquals(2, joined.getNChannels());
        assertThrows(
                ImageException.class,
                () -> ImageList.besides(first, path("sub-2_T1.tif") + ", " + path("x_FLAIR.tif")));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private String mask(String text, String images, ImagePlus image) {
        return TestImage.mask(path(text), path(images), 0, image).orElseThrow().getTitle();
    }
}
