/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static sc.fiji.attribution.fiji.input.ImageViewTest.assertMessage;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;

class ChannelFilesTest {

    @TempDir Path folder;

    private String save(String name, int z, VoxelToWorld affine, int number) {
        ImagePlus image =
                Specimens.image(32, 5, 4, 1, z, 2, p -> 1000 * number + Specimens.number(p));
        ImageGeometry.attach(image, affine, new double[] {1, 1, 2}, "mm", 1);
        String path = folder.resolve(name).toString();
        ImageFile.save(image, path);
        return path;
    }

    private static VoxelToWorld at(double x) {
        return new VoxelToWorld(new double[] {1, 0, 0, x, 0, 1, 0, -7, 0, 0, 2, 3});
    }

    @Test
    void filesAreChannelsInTheOrderOfTheirNames() {
        String a = save("c1 of a.nii.gz", 3, at(-2), 1);
        String b = save("c2.nii.gz", 3, at(-2), 2);
        for (String text : List.of(a + ", " + b, "[" + a + "," + b + "]")) {
            ImagePlus joined = ChannelFiles.of(text, ImageFile::open);
            assertArrayEquals(new int[] {5, 4, 2, 3, 2}, joined.getDimensions());
            ImageView view = ImageView.of(joined);
            for (int c = 0; c < 2; c++) {
                double first = 1000 * (c + 1) + Specimens.number(new int[] {0, 0, 0, 2, 1});
                assertEquals(first, view.slice(c, 2, 1)[0]);
            }
            assertEquals(at(-2).toString(), ImageGeometry.of(joined).affine().toString());
            Source source = Source.of(joined).orElseThrow();
            assertEquals(
                    "channel 1: c1 of a.nii.gz, NIfTI; channel 2: c2.nii.gz, NIfTI",
                    source.reader());
            assertEquals(List.of(Path.of(a), Path.of(b)), source.files());
            assertEquals(
                    "c2.nii.gz", joined.getStack().getSliceLabel(joined.getStackIndex(2, 1, 1)));
        }
    }

    /** A comma belongs to a name where the longer text is one, or a pattern of some. */
    @Test
    void namesWithCommasInLists() throws IOException {
        Path study = Files.createDirectory(folder.resolve("study, 2024"));
        for (String name : List.of("a,1.tif", "a.tif", "b.tif")) {
            Files.writeString(study.resolve(name), name);
        }
        String a1 = study + "/a,1.tif";
        String b = study + "/b.tif";
        assertEquals(List.of(a1, b), ChannelFiles.names("[" + a1 + ", " + b + "]"));
        assertEquals(List.of(b, a1), ChannelFiles.names(b + "," + a1));
        assertEquals(List.of(study + "/*.tif"), ChannelFiles.names(study + "/*.tif"));
        assertEquals(
                List.of(study + "/a*.tif", study + "/b*.tif"),
                ChannelFiles.names(study + "/a*.tif, " + study + "/b*.tif"));
        assertEquals(List.of("c.tif", "d.tif"), ChannelFiles.names("c.tif,, d.tif"));
    }

    @Test
    void aNameWithACommaIsOneFile() {
        String path = save("left, right.tif", 3, null, 1);
        assertEquals(1, ChannelFiles.of(path, ImageFile::open).getNChannels());
    }

    @Test
    void channelsOfOtherGridsAreRefused() {
        String a = save("a.nii", 3, at(-2), 1);
        String moved = save("moved.nii", 3, at(-2.5), 2);
        String longer = save("longer.nii", 4, at(-2), 3);
        String nowhere = save("nowhere.nii", 3, null, 4);
        assertMessage(
                () -> ChannelFiles.of(a + "," + moved, ImageFile::open),
                "'moved.nii' is not on the grid of 'a.nii'",
                "row 1, column 4: -2.5 instead of -2.0",
                "register");
        assertMessage(
                () -> ChannelFiles.of(a + "," + longer, ImageFile::open),
                "longer.nii",
                "5x4x4 instead of 5x4x3");
        assertMessage(
                () -> ChannelFiles.of(a + "," + nowhere, ImageFile::open), "nowhere.nii", "none");
        assertMessage(
                () -> ChannelFiles.of(a + ",missing.nii", ImageFile::open),
                "missing.nii' does not exist");
        ImageException nothing =
                org.junit.jupiter.api.Assertions.assertThrows(
                        ImageException.class, () -> ChannelFiles.of(",", ImageFile::open));
        assertEquals(1, nothing.getMessage().lines().count());
    }
}
