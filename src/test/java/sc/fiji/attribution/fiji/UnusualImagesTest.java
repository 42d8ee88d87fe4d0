/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import ij.plugin.Duplicator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.region.RegionTable;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Images that are not what one has in mind: several frames, a single slice, one value everywhere,
 * no number, smaller than the box. Each method that changes the image either gives the map that it
 * must give, or says by name what does not fit.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnusualImagesTest {

    private static final int Y = 6;
    private static final int X = 8;
    private static final int Z = 4;

    private static final Map<String, String> FEW =
            Map.ofEntries(
                    Map.entry("coalitions", "40"),
                    Map.entry("permutations", "6"),
                    Map.entry("masks", "30"),
                    Map.entry("iterations", "12"),
                    Map.entry("window", "3"),
                    Map.entry("stride", "3"),
                    Map.entry("cell", "3"),
                    Map.entry("penalty", "0"));

    @TempDir static Path folder;

    /** w·x of volumes, of images, and of volumes of one slice by the images' weights. */
    private Classifier volumes;

    private Classifier flat;
    private Classifier slice;

    @BeforeAll
    void open() throws IOException {
        float[] weights = weights(Y * X);
        volumes = open("volumes", new NetworkWriter(-1, Z, Y, X, 1), weights(Z * Y * X));
        flat = open("flat", new NetworkWriter(-1, Y, X, 1), weights);
        slice = open("slice", new NetworkWriter(-1, 1, Y, X, 1), weights);
    }

    private static Classifier open(String name, NetworkWriter network, float[] weights)
            throws IOException {
        Path model = network.flatten().dense(weights, 2).write(folder.resolve(name));
        return Engines.open(model, ModelOptions.NONE);
    }

    private static float[] weights(int voxels) {
        Random random = new Random(2);
        float[] weights = new float[2 * voxels];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        return weights;
    }

    @AfterAll
    void close() {
        List.of(volumes, flat, slice).forEach(Classifier::close);
    }

    /** All that change the image and look what the score does. */
    static Stream<String> methods() {
        return AttributionMethods.all().stream()
                .filter(m -> m.getClass().getPackageName().endsWith(".perturbation"))
                .map(m -> m.declaration().name());
    }

    private static AttributionTool tool(Classifier classifier, String method, String regions) {
        AttributionTool tool =
                new AttributionTool(classifier)
                        .method(method)
                        .options(options(method, FEW))
                        .target("0");
        return AttributionMethods.named(method).declaration().usesRegions()
                ? tool.regions(RegionChoice.named(regions, "regions", null))
                : tool;
    }

    /** Those that the method reads; the second ones win. */
    @SafeVarargs
    private static Map<String, String> options(String method, Map<String, String>... given) {
        Map<String, String> options = new HashMap<>();
        for (Map<String, String> some : given) {
            options.putAll(some);
        }
        List<Option<?>> declared = AttributionMethods.named(method).declaration().options();
        options.keySet().retainAll(declared.stream().map(Option::key).toList());
        return options;
    }

    private static float[] pixels(ImagePlus image, int slice, int frame) {
        return (float[]) image.getStack().getPixels(image.getStackIndex(1, slice, frame));
    }

    private static ImagePlus twoFrames() {
        return Specimens.image(
                32, X, Y, 1, Z, 2, p -> 1 + (5 * p[0] + 3 * p[1] + 7 * p[3]) % 11 * (1 - 2 * p[4]));
    }

    /** Each frame is explained as if it were alone, with regions of its own. */
    @ParameterizedTest
    @MethodSource("methods")
    void frames(String method) {
        ImagePlus both = twoFrames();
        AttributionTool tool = tool(volumes, method, "supervoxels 4");
        AttributionTool.Result result = tool.run(both, Progress.NONE);
        assertArrayEquals(new int[] {X, Y, 1, Z, 2}, result.image().getDimensions());
        int rows = 0;
        for (int t = 1; t <= 2; t++) {
            ImagePlus one = new Duplicator().run(both, 1, 1, 1, Z, t, t);
            AttributionTool.Result alone = tool.run(one, Progress.NONE);
            for (int z = 1; z <= Z; z++) {
                assertArrayEquals(pixels(alone.image(), z, 1), pixels(result.image(), z, t));
            }
            rows += alone.attributions().get(0).regions().size();
        }
        assertTrue(spread(pixels(result.image(), 1, 2)) > 0);
        if (rows > 0) {
            ResultsTable table =
                    RegionTable.of(
                            result.image().getTitle(), result.attributions(), result.perFrame());
            assertEquals(rows, table.size());
            assertEquals(2, table.getValue("Frame", rows - 1));
        }
    }

    /** Not even the frames before it are computed. */
    @ParameterizedTest
    @MethodSource("methods")
    void noNumber(String method) {
        ImagePlus image = twoFrames();
        pixels(image, 3, 2)[X + 2] = Float.NaN;
        List<String> updates = new ArrayList<>();
        AttributionTool tool = tool(volumes, method, "supervoxels 4");
        ImageException e =
                assertThrows(
                        ImageException.class,
                        () -> tool.run(image, (done, total, what) -> updates.add(what)));
        assertTrue(e.getMessage().contains("1 pixel is NaN or infinite"), e.getMessage());
        assertTrue(e.getMessage().contains("x=2, y=1 in channel 1, slice 3, frame 2"));
        assertEquals(List.of(), updates);
    }

    /** Where nothing can change the map is zero and says so, not NaN. */
    @ParameterizedTest
    @MethodSource("methods")
    void oneValueEverywhere(String method) {
        ImagePlus image = Specimens.image(32, X, Y, 1, Z, 1, p -> 5);
        for (String name : List.of("mean", "noise", "blurred", "localmean")) {
            AttributionTool.Result result =
                    tool(volumes, method, "supervoxels 4")
                            // In batches of different size a kernel may add in another order.
                            .options(options(method, FEW, Map.of("batch", "1")))
                            .baseline(new BaselineChoice(name, 0, 1, List.of()))
                            .run(image, Progress.NONE);
            // The mean is the image bit by bit; the others round.
            if (name.equals("mean")) {
                assertEquals(
                        1,
                        result.warnings().stream()
                                .filter(line -> line.startsWith("The map is zero everywhere"))
                                .count(),
                        result.warnings().toString());
            }
            for (int z = 1; z <= Z; z++) {
                for (float value : pixels(result.image(), z, 1)) {
                    assertEquals(0, value, 2e-4, name);
                }
            }
        }
        AttributionTool.Result result =
                tool(volumes, method, "supervoxels 4").run(image, Progress.NONE);
        assertTrue(spread(pixels(result.image(), 1, 1)) > 0);
        assertEquals(
                List.of(),
                result.warnings().stream().filter(line -> !line.contains("head=")).toList());
    }

    /** One slice is an image, whether the model has an axis for it or not. */
    @ParameterizedTest
    @MethodSource("methods")
    void singleSlice(String method) {
        ImagePlus image = Specimens.image(32, X, Y, 1, 1, 1, p -> 1 + (5 * p[0] + 3 * p[1]) % 11);
        AttributionTool.Result plain =
                tool(flat, method, "supervoxels 3").run(image, Progress.NONE);
        AttributionTool.Result withAxis =
                tool(slice, method, "supervoxels 3").run(image, Progress.NONE);
        assertArrayEquals(
                pixels(plain.image(), 1, 1), pixels(withAxis.image(), 1, 1), 1e-4f, method);
        assertTrue(spread(pixels(plain.image(), 1, 1)) > 0);
        AttributionException e =
                assertThrows(
                        AttributionException.class,
                        () -> tool(volumes, method, "supervoxels 3").run(image, Progress.NONE));
        assertTrue(e.getMessage().contains("is 2-D (slices: 1)"), e.getMessage());
    }

    /** Boxes, cells and supervoxels of a hundred voxels. */
    @ParameterizedTest
    @MethodSource("methods")
    void smallerThanTheBox(String method) {
        ImagePlus image = Specimens.image(32, X, Y, 1, Z, 1, p -> 1 + (5 * p[0] + 3 * p[1]) % 11);
        for (String size : List.of("100", "3000000000")) {
            AttributionTool tool = tool(volumes, method, "supervoxels " + size);
            Map<String, String> sizes = Map.of("window", size, "stride", size, "cell", size);
            tool.options(options(method, FEW, sizes));
            if (method.equals("Occlusion")) {
                AttributionException e =
                        assertThrows(
                                AttributionException.class, () -> tool.run(image, Progress.NONE));
                assertTrue(e.getMessage().contains("choose a smaller window"), e.getMessage());
                continue;
            }
            Attribution found = tool.run(image, Progress.NONE).attributions().get(0);
            if (AttributionMethods.named(method).declaration().usesRegions()) {
                assertEquals(1, found.regions().size());
                assertEquals(Z * Y * X, found.regions().get(0).voxels());
                // All of the image against none of it.
                assertEquals(found.score(), found.regions().get(0).value(), 1e-3);
            } else {
                assertTrue(Float.isFinite(found.map().data()[0]));
            }
        }
    }

    private static double spread(float[] values) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return high - low;
    }
}
