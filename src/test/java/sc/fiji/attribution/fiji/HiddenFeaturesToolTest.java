/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.Calibration;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Features lie where the network looked, and come as image, montage and table. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HiddenFeaturesToolTest {

    @TempDir static Path folder;

    /** Takes 48 × 56 × 48 voxels; pools three times. */
    private Classifier ms3d;

    /** Doubles its one channel, pools, and takes any extents. */
    private Classifier pooling;

    private String doubled;
    private String pooled;

    @BeforeAll
    void open() throws IOException {
        ms3d = Engines.open(Resources.bundled("golden/ms3d/saved_model"), ModelOptions.NONE);
        pooling =
                Engines.open(
                        new NetworkWriter(-1, -1, -1, -1, 1)
                                .constantTimes(2)
                                .maxPool3d()
                                .op("Softplus")
                                .globalMean()
                                .dense(new float[] {1, -1}, 2)
                                .op("Softmax")
                                .write(folder.resolve("pooling")),
                        ModelOptions.NONE);
        doubled = layer("Mul");
        pooled = layer("MaxPool3D");
    }

    private String layer(String op) {
        return pooling.layers().orElseThrow().list().stream()
                .filter(layer -> layer.ops().contains(op))
                .map(Layer::name)
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    void close() {
        ms3d.close();
        pooling.close();
    }

    /** x + 10 y + 100 z + 1000 t, in voxels of 2 × 3 × 4 mm, the origin off the grid. */
    private static ImagePlus ramp(int width, int height, int slices, int channels, int frames) {
        ImagePlus image = IJ.createHyperStack("ramp", width, height, channels, slices, frames, 32);
        for (int t = 0; t < frames; t++) {
            for (int z = 0; z < slices; z++) {
                for (int c = 0; c < channels; c++) {
                    float[] plane =
                            (float[])
                                    image.getStack()
                                            .getPixels(image.getStackIndex(c + 1, z + 1, t + 1));
                    for (int i = 0; i < plane.length; i++) {
                        plane[i] = i % width + 10 * (i / width) + 100 * z + 1000 * t;
                    }
                }
            }
        }
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = 2;
        calibration.pixelHeight = 3;
        calibration.pixelDepth = 4;
        calibration.xOrigin = 5;
        calibration.zOrigin = -7;
        calibration.setUnit("mm");
        return image;
    }

    private static HiddenFeaturesTool.Result run(
            Classifier classifier, String layer, String grid, ImagePlus image) {
        return new HiddenFeaturesTool(classifier).layer(layer).grid(grid).run(image, Progress.NONE);
    }

    private static float value(ImagePlus image, int x, int y, int c, int z, int t) {
        return image.getStack().getProcessor(image.getStackIndex(c + 1, z + 1, t + 1)).getf(x, y);
    }

    /** Where the voxel of each feature lies in the world is the middle of what it pooled. */
    @Test
    void everyFrameOnTheLayersOwnGrid() {
        ImagePlus image = ramp(8, 6, 4, 1, 3);
        ImagePlus features = run(pooling, pooled, "layer", image).image();
        assertEquals(4, features.getWidth());
        assertEquals(3, features.getHeight());
        assertEquals(2, features.getNSlices());
        assertEquals(3, features.getNFrames());
        assertEquals(1, features.getNChannels());
        Calibration before = image.getCalibration();
        Calibration after = features.getCalibration();
        assertEquals("mm", after.getUnit());
        for (int i = 0; i < 2; i++) {
            // The largest of voxels 2i and 2i + 1 is the latter, doubled.
            assertEquals(
                    2 * value(image, 2 * i + 1, 2 * i + 1, 0, 2 * i + 1, 2),
                    value(features, i, i, 0, i, 2));
            assertEquals(before.getX(2 * i + 0.5), after.getX(i), 1e-9);
            assertEquals(before.getY(2 * i + 0.5), after.getY(i), 1e-9);
            assertEquals(before.getZ(2 * i + 0.5), after.getZ(i), 1e-9);
        }
        assertEquals(pooled + "[0]", features.getStack().getSliceLabel(1));
    }

    /** Between the centres a ramp is interpolated exactly; beyond them the last value holds. */
    @Test
    void onTheImagesGrid() {
        ImagePlus image = ramp(8, 6, 4, 1, 1);
        ImagePlus features = run(pooling, pooled, "image", image).image();
        assertEquals(image.getWidth(), features.getWidth());
        assertEquals(image.getNSlices(), features.getNSlices());
        assertEquals(image.getCalibration().toString(), features.getCalibration().toString());
        for (int x = 1; x < 7; x++) {
            // The pooled ramp lies half a voxel above the image's along each axis.
            float expected = 2 * (value(image, x, 2, 0, 1, 0) + 0.5f * 111);
            assertEquals(expected, value(features, x, 2, 0, 1, 0), 1e-3);
        }
        assertEquals(value(features, 7, 2, 0, 1, 0), value(features, 6, 2, 0, 1, 0) + 1, 1e-3);
    }

    /** Three poolings, and an image of twice the extents that the model takes. */
    @Test
    void aResampledImageAndADeepLayer() {
        ImagePlus image = ramp(96, 112, 96, 3, 1);
        image.setProp(
                ImageGeometry.AFFINE,
                new VoxelToWorld(new double[] {0, -2, 0, 9, 3, 0, 0, -8, 0, 0, 4, 7}).toString());
        HiddenFeaturesTool.Result result = run(ms3d, "net_pool2", "layer", image);
        ImagePlus features = result.image();
        assertEquals(16, features.getNChannels());
        assertEquals(12, features.getWidth());
        // Pooled twice: voxel 0 lies amid the model's voxels 0 to 3, which are 0 to 7 here.
        assertEquals(16, features.getCalibration().pixelWidth, 1e-9);
        Calibration after = features.getCalibration();
        assertEquals(image.getCalibration().getX(3.5), after.getX(0), 1e-9);
        assertEquals(image.getCalibration().getZ(8 * 5 + 3.5), after.getZ(5), 1e-9);
        double[] world = ImageGeometry.of(features).affine().world(5, 2, 1);
        double[] expected = ImageGeometry.of(image).affine().world(43.5, 19.5, 11.5);
        for (int i = 0; i < 3; i++) {
            assertEquals(expected[i], world[i], 1e-4);
        }
        assertEquals(
                "12x14x12, every 8x8x8 voxels from 3.5, 3.5, 3.5",
                features.getProp("attribution.layer.grid"));
    }

    @Test
    void montageTableAndProvenance() {
        HiddenFeaturesTool.Result result =
                new HiddenFeaturesTool(ms3d).target("1").run(ramp(48, 56, 48, 3, 1), Progress.NONE);
        assertEquals("net_conv3", result.image().getProp("attribution.option.layer"));
        assertEquals("Hidden Features", result.image().getProp("attribution.method"));
        assertTrue(result.image().getProp("attribution.paper").contains("Olah"));
        assertFalse(result.image().getProp("attribution.model.sha256").isEmpty());
        assertEquals(32, result.table().size());
        assertEquals("1", result.table().getStringValue("Rank", 0));
        double most = Math.abs(result.table().getValue("Contribution", 0));
        assertTrue(most >= Math.abs(result.table().getValue("Contribution", 31)));
        ImagePlus montage = result.montage().orElseThrow();
        assertEquals(ImagePlus.COLOR_RGB, montage.getType());
        assertTrue(montage.getWidth() <= 1200 && montage.getHeight() > 300, "" + montage);
    }

    /** A layer of single numbers is a voxel with channels, and has no montage. */
    @Test
    void aLayerWithoutSpace() {
        ImagePlus image = ramp(48, 56, 48, 3, 2);
        HiddenFeaturesTool.Result result = run(ms3d, "net_flatten", "layer", image);
        assertEquals(1, result.image().getWidth());
        assertEquals(32, result.image().getNChannels());
        assertEquals(2, result.image().getNFrames());
        assertTrue(result.montage().isEmpty());
        assertEquals(64, result.table().size());
        assertEquals(2, result.table().getValue("Frame", 63));
        String message =
                assertThrows(
                                AttributionException.class,
                                () -> run(ms3d, "net_flatten", "image", image))
                        .getMessage();
        assertTrue(message.startsWith("grid=image: layer 'net_flatten' (bc) has no"), message);
    }

    /** There is no rule for Dawson's integral: activations are to be had, contributions are not. */
    @Test
    void withoutAGradientChannelsAreNotRanked() throws IOException {
        Path model =
                new NetworkWriter(-1, 8, 8, 1)
                        .constantTimes(2)
                        .op("Dawsn")
                        .globalMean()
                        .dense(new float[] {1, -1}, 2)
                        .op("Softmax")
                        .write(folder.resolve("without"));
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            String first = classifier.layers().orElseThrow().list().get(0).name();
            HiddenFeaturesTool.Result result = run(classifier, first, "layer", ramp(8, 8, 1, 1, 1));
            assertEquals(6, value(result.image(), 3, 0, 0, 0, 0));
            assertFalse(result.table().columnExists("Contribution"));
            String warning = result.warnings().get(0);
            assertTrue(warning.startsWith("Channels are not ranked: No gradient for op"), warning);
        }
    }

    @Test
    void aSingleOpByItsName() {
        ImagePlus image = ramp(8, 6, 4, 1, 1);
        ImagePlus features = run(pooling, doubled, "layer", image).image();
        assertEquals(2 * value(image, 3, 4, 0, 2, 0), value(features, 3, 4, 0, 2, 0));
        assertEquals(image.getCalibration().toString(), features.getCalibration().toString());
    }
}
