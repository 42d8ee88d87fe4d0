/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ImageViewTest;

/** Objects of maps against labels that spread one step at a time until nothing changes. */
class MapObjectsTest {

    private static final int X = 9;
    private static final int Y = 7;
    private static final int Z = 6;

    private static ImagePlus noise(long seed) {
        Random random = new Random(seed);
        return Specimens.image(32, X, Y, 1, Z, 1, p -> random.nextGaussian());
    }

    /** A number for each voxel: the smallest index that it is connected with; -1 outside. */
    private static int[] spread(float[] values, double limit, int steps) {
        int[] label = new int[values.length];
        for (int i = 0; i < label.length; i++) {
            label[i] = Math.abs(values[i]) >= limit ? i : -1;
        }
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int i = 0; i < label.length; i++) {
                for (int k = 0; k < label.length; k++) {
                    int dx = Math.abs(i % X - k % X);
                    int dy = Math.abs(i / X % Y - k / X % Y);
                    int dz = Math.abs(i / X / Y - k / X / Y);
                    boolean near = Math.max(dx, Math.max(dy, dz)) == 1 && dx + dy + dz <= steps;
                    if (near
                            && label[i] >= 0
                            && label[k] >= 0
                            && values[i] * values[k] > 0
                            && label[k] < label[i]) {
                        label[i] = label[k];
                        changed = true;
                    }
                }
            }
        }
        return label;
    }

    private static float[] all(ImagePlus image) {
        float[] values = new float[X * Y * Z];
        for (int z = 0; z < Z; z++) {
            System.arraycopy(ImageView.of(image).slice(0, z, 0), 0, values, z * X * Y, X * Y);
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"6,1", "18,2", "26,3"})
    void asBySpreading(int neighbours, int steps) {
        ImagePlus map = noise(neighbours);
        MapThreshold strong = new MapThreshold(0.9, MapThreshold.Sign.BOTH);
        MapObjects found = MapObjects.of(map, strong, 1, neighbours, Progress.NONE);
        float[] values = all(map);
        int[] expected = spread(values, 0.9, steps);
        float[] labels = all(found.labels());
        for (int i = 0; i < labels.length; i++) {
            assertEquals(expected[i] < 0, labels[i] == 0, "voxel " + i);
            for (int k = 0; k < i; k++) {
                if (expected[i] >= 0 && expected[k] >= 0) {
                    assertEquals(expected[i] == expected[k], labels[i] == labels[k]);
                }
            }
        }
        ResultsTable table = found.table();
        assertTrue(table.size() > 3, "objects " + table.size());
        for (int row = 0; row < table.size(); row++) {
            double sum = 0;
            int voxels = 0;
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == row + 1) {
                    sum += values[i];
                    voxels++;
                }
            }
            assertEquals(sum, table.getValue("Sum", row), 1e-5);
            assertEquals(voxels, table.getValue("Voxels", row));
            assertEquals(sum > 0 ? "for" : "against", table.getStringValue("Sign", row));
            if (row > 0) {
                double before = Math.abs(table.getValue("Sum", row - 1));
                assertTrue(before >= Math.abs(sum), "the strongest first");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"both", "for", "against"})
    void masksOfASign(String sign) {
        ImagePlus map = noise(3);
        MapThreshold strong = MapThreshold.of(map, 90, 0, MapThreshold.Sign.named(sign));
        float[] values = all(map);
        float[] mask = all(strong.mask(map));
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            boolean counts =
                    Math.abs(values[i]) >= strong.limit()
                            && !(sign.equals("for") && values[i] < 0)
                            && !(sign.equals("against") && values[i] > 0);
            assertEquals(counts ? 255 : 0, mask[i]);
            count += counts ? 1 : 0;
        }
        if (sign.equals("both")) {
            // The percentile itself is in: of 378 values, those from number 341 on.
            assertEquals(378 - 341 + 1, count);
        }
    }

    @Test
    void smallOnesAreLeftOutAndPeaksLieInTheBody() {
        ImagePlus map =
                Specimens.image(
                        32, X, Y, 1, Z, 1, p -> p[0] == 2 && p[1] == 3 && p[3] < 2 ? 5 + p[3] : 0);
        map.getStack().getProcessor(6).setf(8, 6, -9);
        VoxelToWorld affine =
                new VoxelToWorld(new double[] {-2, 0, 0, 10, 0, 2, 0, 0, 0, 0, 3, -5});
        ImageGeometry.attach(map, affine, new double[] {2, 2, 3}, "mm", 0);
        MapThreshold strong = new MapThreshold(1, MapThreshold.Sign.BOTH);
        ResultsTable table = MapObjects.of(map, strong, 2, 6, Progress.NONE).table();
        assertEquals(1, table.size());
        assertEquals(6, table.getValue("Right", 0)); // 10 - 2 * 2
        assertEquals(6, table.getValue("Front", 0));
        assertEquals(-2, table.getValue("Up", 0)); // the stronger of the two: -5 + 3 * 1
        assertEquals(2, table.getValue("Slice", 0), "of the peak, from 1");
        assertEquals(24, table.getValue("Volume", 0), 1e-9);
        assertEquals(11.0 / 20, table.getValue("Share", 0), 1e-6);
        assertEquals(2, MapObjects.of(map, strong, 1, 6, Progress.NONE).table().size());
    }

    @Test
    void refusals() {
        ImagePlus map = noise(1);
        MapThreshold strong = new MapThreshold(1, MapThreshold.Sign.BOTH);
        ImageViewTest.assertMessage(
                () -> MapObjects.of(map, strong, 1, 8, Progress.NONE), "neighbours=8", "6, 18");
        ImageViewTest.assertMessage(
                () -> MapThreshold.of(map, 0, 0, MapThreshold.Sign.BOTH), "percentile");
        ImageViewTest.assertMessage(() -> MapThreshold.Sign.named("red"), "sign='red'", "against");
        ImagePlus grey = Specimens.image(8, X, Y, 1, Z, 1, p -> p[0]);
        ImageViewTest.assertMessage(
                () -> MapThreshold.of(grey, 99, 0, MapThreshold.Sign.BOTH), "8-bit");
        ImagePlus zero = Specimens.image(32, X, Y, 1, Z, 1, p -> 0);
        MapThreshold any = MapThreshold.of(zero, 99, 0, MapThreshold.Sign.BOTH);
        assertFalse(MapObjects.of(zero, any, 1, 26, Progress.NONE).table().size() > 0);
    }
}
