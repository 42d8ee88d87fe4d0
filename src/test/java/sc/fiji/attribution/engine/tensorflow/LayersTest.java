/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Layers.Feed;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Structure;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Hidden layers have the names that their author gave them, and their activations and gradients are
 * those that the makers of the models recorded.
 */
class LayersTest {

    private static Classifier ms3d;
    private static Layers inside;
    private static Tensor image;

    @BeforeAll
    static void open() {
        Path folder = Resources.bundled("golden/ms3d");
        ms3d = Engines.open(folder.resolve("saved_model"), ModelOptions.NONE);
        inside = ms3d.layers().orElseThrow();
        image = random(ms3d.spec().axes(), 1, 24, 24, 24, 3);
    }

    @AfterAll
    static void close() {
        ms3d.close();
    }

    private static Tensor random(Axes axes, int... shape) {
        Tensor tensor = Tensor.zeros(axes, shape);
        Random random = new Random(7);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    private static Tensor oneHot(int length, int index) {
        Tensor weights = Tensor.zeros(new Axes("bc"), 1, length);
        weights.data()[index] = 1;
        return weights;
    }

    @Test
    void listsLayersInTheOrderOfComputation() {
        List<String> names = inside.list().stream().map(Layer::name).toList();
        List<String> expected = new ArrayList<>();
        for (int block = 1; block <= 3; block++) {
            for (String kind : List.of("conv", "bn", "relu", "pool")) {
                expected.add("net_" + kind + block);
            }
        }
        expected.addAll(List.of("net_gap", "net_flatten", "net_fc"));
        assertEquals(expected, names);
        Layer last = inside.lastConvolution().orElseThrow();
        assertEquals("net_conv3", last.name());
        assertEquals(List.of("Conv3D", "BiasAdd"), last.ops());
        assertEquals("bzyxc", last.axes().toString());
        assertArrayEquals(new int[] {-1, 12, 14, 12, 32}, inside.named("net_conv3").shape());
    }

    @Test
    void feedingALayerItsOwnActivationsGivesTheSameLogits() {
        float[] direct = ms3d.logits(image)[0];
        for (Layer layer : inside.list()) {
            Layers.Trace trace = inside.run(Pass.forward(layer.name()), Feed.image(image));
            assertArrayEquals(direct, trace.logits()[0], 1e-5f, layer.name());
            Tensor activations = trace.activations().get(layer.name());
            Layers.Trace rest =
                    inside.run(Pass.forward().from(layer.name()), Feed.activations(activations));
            assertArrayEquals(direct, rest.logits()[0], 1e-5f, layer.name());
        }
    }

    /** Also for layers that the fast graph has moved: it pools before the ReLU. */
    @Test
    void gradientsAreDifferencesOfLogitsWhenALayerIsChanged() {
        for (String name : List.of("net_conv1", "net_relu2", "net_pool2", "net_relu3", "net_gap")) {
            Layers.Trace trace =
                    ms3d.backward()
                            .orElseThrow()
                            .run(
                                    Pass.gradient(name),
                                    Feed.image(image).withCotangent(oneHot(2, 1)));
            Tensor at = trace.activations().get(name);
            Tensor gradient = trace.gradients().get(name);
            assertTrue(at.sameShape(gradient), name);
            // Each channel is scaled as a whole, so no maximum moves to another voxel.
            Tensor factors = random(new Axes("bc"), 1, at.size('c'));
            Tensor direction = Tensor.zerosLike(at);
            double slope = 0;
            for (int i = 0; i < at.length(); i++) {
                direction.data()[i] = at.data()[i] * factors.data()[i % factors.length()];
                slope += (double) gradient.data()[i] * direction.data()[i];
            }
            double h = 1e-3;
            double difference = (logit(name, at, direction, h) - logit(name, at, direction, -h));
            assertEquals(slope, difference / (2 * h), 0.01 * Math.abs(slope) + 1e-3, name);
        }
    }

    private static double logit(String layer, Tensor at, Tensor direction, double h) {
        Tensor moved = at.copy();
        for (int i = 0; i < at.length(); i++) {
            moved.data()[i] += (float) (h * direction.data()[i]);
        }
        return inside.run(Pass.forward().from(layer), Feed.activations(moved)).logits()[0][1];
    }

    /** A linear unit's gradient is exact: the pooled average of a channel. */
    @Test
    void aHiddenUnitIsDifferentiatedLikeALogit() {
        Layers.Trace forward = inside.run(Pass.forward("net_relu3", "net_gap"), Feed.image(image));
        Tensor gap = forward.activations().get("net_gap");
        Tensor weights = Tensor.zerosLike(gap);
        weights.data()[5] = 1;
        Layers.Trace trace =
                inside.run(
                        new Pass(
                                Pass.IMAGE, List.of(), "net_gap", List.of("net_relu3", Pass.IMAGE)),
                        Feed.image(image).withCotangent(weights));
        Tensor gradient = trace.gradients().get("net_relu3");
        int channels = gradient.size('c');
        float share = (float) channels / gradient.length();
        float pooled = 0;
        for (int i = 0; i < gradient.length(); i++) {
            // Max pooling of 2³ stands between: one of eight voxels gets it all.
            assertTrue(
                    gradient.data()[i] == 0
                            || i % channels == 5
                                    && Math.abs(gradient.data()[i] - 8 * share) < 1e-6);
            pooled += gradient.data()[i];
        }
        assertEquals(1, pooled, 1e-5);
        assertTrue(trace.gradients().get(Pass.IMAGE).sameShape(image));
        assertEquals(0, trace.logits().length);
    }

    @Test
    void anUnknownLayerIsRefusedWithNearNames() {
        String message =
                assertThrows(OptionException.class, () -> inside.named("net_conv4")).getMessage();
        assertTrue(message.contains("net_conv4"), message);
        assertTrue(message.contains("net_conv3"), message);
        assertEquals(1, message.lines().count());
    }

    /** DeepLIFT's rules step over layers, and would find nothing there. */
    @Test
    void multipliersAtALayerAreRefused() {
        Pass pass = Pass.gradient("net_relu1").by(Propagation.Multipliers.RESCALE);
        Feed feed = Feed.image(image).withBaseline(image);
        assertThrows(
                IllegalArgumentException.class,
                () -> ms3d.backward().orElseThrow().run(pass, feed));
    }

    @Test
    void aCutSaysWhatItsActivationsSee() {
        Structure structure = ms3d.structure().orElseThrow();
        List<Cut> cuts = structure.cuts(image);
        assertEquals(12, cuts.size());
        Cut pool2 = cuts.get(7);
        assertEquals("net_pool2", pool2.layer());
        assertArrayEquals(new int[] {6, 6, 6}, pool2.extents());
        assertArrayEquals(new int[] {4, 4, 4}, pool2.stride());
        // Two convolutions of 3 and two poolings of 2: 1 + 2 before, 1 + 1 + 2 + 2 behind.
        assertArrayEquals(new int[] {-3, -3, -3}, pool2.low());
        assertArrayEquals(new int[] {6, 6, 6}, pool2.high());
        assertEquals(16, pool2.channels());
        for (Cut cut : cuts) {
            ReceptiveField field = structure.field(inside.named(cut.layer()), image).orElseThrow();
            assertArrayEquals(cut.extents(), field.extents(), cut.layer());
            assertArrayEquals(cut.stride(), field.stride(), cut.layer());
            assertArrayEquals(cut.low(), field.low(), cut.layer());
            assertArrayEquals(cut.high(), field.high(), cut.layer());
        }
        assertTrue(structure.field(inside.named("net_gap"), image).isEmpty());
        seesNoMoreThanItSays(ms3d, image);
    }

    /** Changes a voxel and looks which activations change. */
    private static void seesNoMoreThanItSays(Classifier classifier, Tensor image) {
        Layers layers = classifier.layers().orElseThrow();
        List<Cut> cuts = classifier.structure().orElseThrow().cuts(image);
        String[] names = cuts.stream().map(Cut::layer).toArray(String[]::new);
        if (names.length == 0) {
            return;
        }
        Map<String, Tensor> before =
                layers.run(Pass.forward(names), Feed.image(image)).activations();
        String axes = image.axes().spatial();
        Random random = new Random(3);
        for (int trial = 0; trial < 3; trial++) {
            int[] voxel = axes.chars().map(a -> random.nextInt(image.size((char) a))).toArray();
            Tensor changed = image.copy();
            int at = 0;
            for (int a = 0; a < voxel.length; a++) {
                at += voxel[a] * image.stride(axes.charAt(a));
            }
            changed.data()[at] += 10;
            Map<String, Tensor> after =
                    layers.run(Pass.forward(names), Feed.image(changed)).activations();
            for (Cut cut : cuts) {
                compare(cut, voxel, before.get(cut.layer()), after.get(cut.layer()));
            }
        }
    }

    private static void compare(Cut cut, int[] voxel, Tensor before, Tensor after) {
        String axes = before.axes().spatial();
        for (int a = 0; a < voxel.length; a++) {
            assertEquals(cut.extents()[a], before.size(axes.charAt(a)), cut.layer());
        }
        assertEquals(cut.values(), before.length(), cut.layer());
        for (int i = 0; i < before.length(); i++) {
            if (before.data()[i] != after.data()[i]) {
                for (int a = 0; a < voxel.length; a++) {
                    char axis = axes.charAt(a);
                    int o = i / before.stride(axis) % before.size(axis);
                    int first = o * cut.stride()[a] + cut.low()[a];
                    int last = o * cut.stride()[a] + cut.high()[a];
                    assertTrue(
                            first <= voxel[a] && voxel[a] <= last,
                            cut.layer() + " " + axis + ": " + o + " sees " + voxel[a]);
                }
            }
        }
    }

    static Stream<String> models() throws java.io.IOException {
        return StrangersModelsTest.models();
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void strangersLayersAreThoseOfTheirAuthors(String name) {
        Stranger stranger = Stranger.generated(Resources.shared("models/generated").resolve(name));
        if (stranger.isRefused()) {
            assertFalse(stranger.figures().isEmpty());
            return;
        }
        for (int i = 0; i < 2; i++) {
            try (Classifier c = Engines.open(stranger.model(), stranger.options(i))) {
                Layers layers = c.layers().orElseThrow();
                if (i == 0) {
                    names(stranger, layers);
                    seesNoMoreThanItSays(c, stranger.input(0, c));
                }
                cams(stranger, c, layers, i);
            }
        }
    }

    private static void names(Stranger stranger, Layers layers) {
        List<String> convolutions = List.of(stranger.figures().get("conv_names").text());
        if (stranger.name().equals("nchw_native")) {
            // Its graph has no scopes: the names stand in the training program alone.
            assertEquals("Conv2D_2", layers.lastConvolution().orElseThrow().name());
            return;
        }
        List<String> listed = layers.list().stream().map(Layer::name).toList();
        for (String convolution : convolutions) {
            assertTrue(layers.find(convolution).isPresent(), convolution + " in " + listed);
            String layer = convolution.replace("/BiasAdd", "");
            assertTrue(listed.contains(layer), convolution + " in " + listed);
            assertTrue(layers.named(layer).convolution(), convolution);
        }
        List<String> ours = new ArrayList<>(listed);
        List<String> theirs = convolutions.stream().map(c -> c.replace("/BiasAdd", "")).toList();
        ours.retainAll(theirs);
        String last = layers.lastConvolution().orElseThrow().name();
        if (stranger.name().startsWith("resnet")) {
            // A shortcut stands beside its block: either may come first.
            assertEquals(Set.copyOf(theirs), Set.copyOf(ours));
            assertTrue(Set.of("last_conv", "res2_b", "res2_sc").contains(last), last);
        } else {
            assertEquals(theirs, ours);
            assertEquals(theirs.get(theirs.size() - 1), last);
        }
    }

    private static void cams(Stranger stranger, Classifier c, Layers layers, int i) {
        Map<String, Npy> figures = stranger.figures();
        String[] names = figures.get("conv_names").text();
        String last = names[names.length - 1];
        if (layers.find(last).isPresent()) {
            if (i == 0) {
                activations(stranger, c, layers, last);
            }
            compare(stranger, c, layers, last, i, figures.get("gradcam_layer" + i));
        }
        // Those of the graph as it stands are not recorded where it is not the one explained.
        String[] nodes =
                stranger.isAugmented() ? new String[0] : figures.get("op_cam_nodes").text();
        for (int k = 0; k < nodes.length; k++) {
            Npy cam = figures.get("op_cam" + i + "_" + k);
            if (cam != null) {
                compare(stranger, c, layers, nodes[k], i, cam);
            }
        }
    }

    private static void compare(
            Stranger stranger, Classifier c, Layers layers, String layer, int i, Npy expected) {
        Tensor x = stranger.input(i, c);
        int width = stranger.logits(i).length;
        Layers.Trace trace =
                c.backward()
                        .orElseThrow()
                        .run(
                                Pass.gradient(layer),
                                Feed.image(x)
                                        .withCotangent(oneHot(width, stranger.index("top", i))));
        assertEquals(1, trace.activations().get(layer).size('b'));
        if (layers.find(layer + "/BatchToSpaceND").isPresent()) {
            // Theirs is of the parts along the batch, in which TensorFlow dilates.
            assertEquals("dilated3d_instnorm_prelu", stranger.name());
            return;
        }
        double[] cam = cam(trace.activations().get(layer), trace.gradients().get(layer), false);
        double[] golden = expected.values();
        assertEquals(golden.length, cam.length, layer);
        // Before an instance normalisation the channels' mean gradients cancel to nothing.
        double[] size = cam(trace.activations().get(layer), trace.gradients().get(layer), true);
        double scale = Maps.maxAbs(golden);
        double rounding = 1e-6 * Maps.maxAbs(size);
        boolean half = stranger.name().equals("mixed_float16");
        assertArrayEquals(golden, cam, (half ? 2e-2 : 1e-3) * scale + rounding, layer);
    }

    private static void activations(Stranger stranger, Classifier c, Layers layers, String layer) {
        Pass pass = Pass.forward(layer);
        Tensor ours = layers.run(pass, Feed.image(stranger.input(0, c))).activations().get(layer);
        double[] golden = stranger.figures().get("lastconv_layer0").values();
        assertEquals(golden.length, ours.length(), layer);
        boolean half = stranger.name().equals("mixed_float16");
        double tolerance = (half ? 1e-2 : 1e-4) * Maps.maxAbs(golden);
        assertEquals(0, Maps.maxDifference(ours.data(), golden), tolerance, layer);
    }

    private static double[] cam(Tensor activations, Tensor gradient, boolean sizes) {
        int channels = activations.size('c');
        int voxels = activations.length() / channels;
        int along = activations.stride('c');
        double[] weights = new double[channels];
        double[] cam = new double[voxels];
        for (int k = 0; k < channels; k++) {
            for (int v = 0; v < voxels; v++) {
                float g = gradient.data()[at(v, k, along, channels)];
                weights[k] += (sizes ? Math.abs(g) : g) / (double) voxels;
            }
        }
        for (int k = 0; k < channels; k++) {
            for (int v = 0; v < voxels; v++) {
                float a = activations.data()[at(v, k, along, channels)];
                cam[v] += weights[k] * (sizes ? Math.abs(a) : a);
            }
        }
        return cam;
    }

    /** Channels stand last (step 1) or before space. */
    private static int at(int voxel, int channel, int along, int channels) {
        return along == 1 ? voxel * channels + channel : channel * along + voxel;
    }

    @Test
    void aLayerThatOthersBypassNeedsTheImage() {
        Path folder = Resources.shared("models/generated/resnet_bn_dropout");
        Stranger stranger = Stranger.generated(folder);
        try (Classifier c = Engines.open(stranger.model(), ModelOptions.NONE)) {
            Layers layers = c.layers().orElseThrow();
            Tensor x = stranger.input(0, c);
            Tensor at =
                    layers.run(Pass.forward("res1_a"), Feed.image(x)).activations().get("res1_a");
            Pass rest = Pass.forward().from("res1_a");
            String message =
                    assertThrows(ModelException.class, () -> layers.run(rest, Feed.activations(at)))
                            .getMessage();
            assertTrue(message.contains("res1_a"), message);
            assertArrayEquals(
                    c.logits(x)[0],
                    layers.run(rest, Feed.image(x).withActivations(at)).logits()[0],
                    1e-4f);
        }
    }
}
