/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.overlay.PlaneView.Convention;

/** Where a voxel comes to lie in a picture, for each way in which a volume can be stored. */
class PlaneViewTest {

    private static final int[][] ORDERS = {
        {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
    };
    private static final int N = 12;

    /** A volume whose voxel axis {@code order[w]} runs along world axis w, with a slight tilt. */
    private static VoxelToWorld affine(int[] order, int signs) {
        double[] rows = new double[12];
        for (int world = 0; world < 3; world++) {
            for (int axis = 0; axis < 3; axis++) {
                rows[4 * world + axis] = 0.1;
            }
            rows[4 * world + order[world]] = (signs >> world & 1) == 0 ? 2 : -2;
        }
        return new VoxelToWorld(rows);
    }

    /** All 48 ways: a voxel to the right, in front and above is drawn where readers expect it. */
    @ParameterizedTest
    @ValueSource(strings = {"RADIOLOGICAL", "NEUROLOGICAL"})
    void aSpotLiesWhereItLiesInTheBody(String name) {
        Convention convention = Convention.valueOf(name);
        for (int[] order : ORDERS) {
            for (int signs = 0; signs < 8; signs++) {
                VoxelToWorld affine = affine(order, signs);
                // The corner towards right, front and up.
                int[] spot = new int[3];
                for (int world = 0; world < 3; world++) {
                    spot[order[world]] = (signs >> world & 1) == 0 ? N - 3 : 2;
                }
                ImagePlus anatomy = Specimens.image(32, N, N, 1, N, 1, p -> 1 + p[0] % 2);
                ImagePlus map =
                        Specimens.image(
                                32,
                                N,
                                N,
                                1,
                                N,
                                1,
                                p -> p[0] == spot[0] && p[1] == spot[1] && p[3] == spot[2] ? 7 : 0);
                for (ImagePlus image : List.of(anatomy, map)) {
                    ImageGeometry.attach(image, affine, new double[] {2, 2, 2}, "mm", 0);
                }
                Overlay overlay = Overlay.of(anatomy, map);
                OverlayVolume volume = OverlayVolume.of(overlay, 0);
                assertArrayEquals(spot, volume.peak());
                List<PlaneView> views = PlaneView.of(BodyAxes.of(anatomy), convention);
                boolean rightIsLeft = convention == Convention.RADIOLOGICAL;
                String way = order[0] + " " + order[1] + " " + order[2] + " " + signs;
                check(volume, overlay, views.get(0), spot, rightIsLeft, way + " axial");
                check(volume, overlay, views.get(1), spot, rightIsLeft, way + " coronal");
                check(volume, overlay, views.get(2), spot, true, way + " sagittal");
                assertEquals(rightIsLeft ? "R" : "L", views.get(0).marks().get(0));
                assertEquals("A", views.get(0).marks().get(2));
                assertEquals("S", views.get(1).marks().get(2));
                assertEquals("A", views.get(2).marks().get(0));
            }
        }
    }

    /** The spot is in the upper half, and on that side. */
    private static void check(
            OverlayVolume volume,
            Overlay overlay,
            PlaneView view,
            int[] spot,
            boolean left,
            String what) {
        BufferedImage drawn = volume.draw(view, spot[view.through()], 4, overlay.colours());
        double x = 0;
        double y = 0;
        double weight = 0;
        for (int i = 0; i < drawn.getWidth() * drawn.getHeight(); i++) {
            int rgb = drawn.getRGB(i % drawn.getWidth(), i / drawn.getWidth());
            double red = Math.max(0, (rgb >> 16 & 0xff) - (rgb & 0xff) - 40);
            x += red * (i % drawn.getWidth());
            y += red * (i / drawn.getWidth());
            weight += red;
        }
        assertTrue(weight > 0, what);
        assertEquals(left, x / weight < drawn.getWidth() / 2.0, what);
        assertTrue(y / weight < drawn.getHeight() / 2.0, what);
        double across = volume.place(view.right(), view.mirrored(), spot[view.right()]);
        assertEquals(x / weight, across * drawn.getWidth() - 0.5, 1, what);
    }

    @Test
    void withoutAnAffineAsStored() {
        ImagePlus image = Specimens.image(32, N, N, 1, N, 1, p -> 1);
        PlaneView first = PlaneView.of(BodyAxes.of(image), Convention.RADIOLOGICAL).get(0);
        assertEquals(new PlaneView(0, false, 1, false, 2, List.of()), first);
    }

    /** The strongest, no neighbours of many; evenly where there is nothing to choose by. */
    @Test
    void slicesAreTheStrongest() {
        ImagePlus image = Specimens.image(32, 8, 8, 1, 40, 1, p -> 1 + p[0] % 2);
        double[] amount = new double[40];
        amount[5] = 9;
        amount[6] = 8;
        amount[7] = 7;
        amount[30] = 6;
        amount[20] = 5;
        ImagePlus map = Specimens.image(32, 8, 8, 1, 40, 1, p -> amount[p[3]] - 0.001 * p[3]);
        OverlayVolume volume = OverlayVolume.of(Overlay.of(image, map), 0);
        assertArrayEquals(new int[] {5, 7, 20, 30}, volume.strongest(2, 4));
        ImagePlus zero = Specimens.image(32, 8, 8, 1, 40, 1, p -> 0);
        OverlayVolume none = OverlayVolume.of(Overlay.of(image, zero), 0);
        assertArrayEquals(new int[] {5, 15, 25, 35}, none.strongest(2, 4));
        assertEquals(40, none.strongest(2, 99).length);
    }
}
