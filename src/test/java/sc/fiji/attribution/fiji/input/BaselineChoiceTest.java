/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.util.List;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/** Images that others are measured against, voxel by voxel. */
class BaselineChoiceTest {

    private static ImagePlus image(double... rows) {
        ImagePlus image = Specimens.image(32, 4, 4, 1, 4, 1, p -> 1);
        if (rows.length > 0) {
            ImageGeometry.attach(image, new VoxelToWorld(rows), new double[] {2, 2, 2}, "mm", 0);
        }
        return image;
    }

    private static List<String> doubts(ImagePlus image, ImagePlus reference) {
        return new BaselineChoice("images", 0, 1, List.of(reference)).doubts(image);
    }

    @Test
    void leftIsNotComparedWithRight() {
        ImagePlus right = image(2, 0, 0, -4, 0, 2, 0, -4, 0, 0, 2, -4);
        ImagePlus left = image(-2, 0, 0, 2, 0, 2, 0, -4, 0, 0, 2, -4);
        String message = assertThrows(ImageException.class, () -> doubts(right, left)).getMessage();
        assertTrue(message.contains("stored along other axes of the body"), message);
        assertEquals(List.of(), doubts(right, right));
    }

    @Test
    void anotherPlaceIsSaid() {
        ImagePlus here = image(2, 0, 0, -4, 0, 2, 0, -4, 0, 0, 2, -4);
        ImagePlus moved = image(2, 0, 0, -4, 0, 2, 0, -4, 0, 0, 2, 16);
        assertEquals(1, doubts(here, moved).size());
        // Where one says nothing of its place there is nothing to compare.
        assertEquals(List.of(), doubts(here, image()));
    }
}
