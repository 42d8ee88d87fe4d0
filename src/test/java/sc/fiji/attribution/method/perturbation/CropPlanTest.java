/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.graph.NetworkWriter.Window;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.space.Space;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.ClassifierAround.LayersAround;
import sc.fiji.attribution.testing.Resources;

/**
 * Scores through every cut of all kinds of networks, whether it pays or not, against those of whole
 * images. Extents are odd, so that strided windows are padded on one side only or leave voxels out.
 */
class CropPlanTest {

    private static final Window THREE = new Window(3, 1, 1, "SAME");

    private static final Map<String, UnaryOperator<NetworkWriter>> VOLUMES =
            new TreeMap<>(
                    Map.of(
                            "blocks",
                            n ->
                                    n.conv3d(4)
                                            .batchNorm()
                                            .op("Relu")
                                            .maxPool3d()
                                            .conv3d(6)
                                            .op("Elu")
                                            .maxPool3d(),
                            "strided, same",
                            n ->
                                    n.convolution(new Window(3, 2, 1, "SAME"), 4)
                                            .op("Relu")
                                            .convolution(new Window(5, 3, 1, "SAME"), 5)
                                            .op("Tanh"),
                            "strided, valid",
                            n ->
                                    n.convolution(new Window(4, 3, 1, "VALID"), 4)
                                            .op("Relu")
                                            .convolution(new Window(2, 1, 1, "VALID"), 5),
                            "steps wider than windows",
                            n -> n.convolution(new Window(1, 3, 1, "VALID"), 4).conv3d(3),
                            "average pools",
                            n ->
                                    n.conv3d(3)
                                            .pool("AvgPool", new Window(3, 2, 1, "SAME"))
                                            .op("Relu")
                                            .pool("AvgPool", new Window(2, 2, 1, "VALID")),
                            "maxima that overlap",
                            n -> n.conv3d(3).pool("MaxPool", new Window(3, 2, 1, "SAME")).conv3d(2),
                            "padded by hand",
                            n ->
                                    n.pad(1, 1)
                                            .convolution(new Window(3, 2, 1, "VALID"), 4)
                                            .op("Relu")
                                            .pad(0, 1)
                                            .pool("MaxPool", new Window(2, 2, 1, "VALID")),
                            "residual",
                            n ->
                                    n.conv3d(4)
                                            .op("Relu")
                                            .sum(
                                                    b -> b.conv3d(4).op("Relu").conv3d(4),
                                                    b -> b.op("Identity"))
                                            .op("Relu")
                                            .sum(
                                                    b ->
                                                            b.convolution(
                                                                    new Window(3, 2, 1, "SAME"), 6),
                                                    b ->
                                                            b.convolution(
                                                                    new Window(1, 2, 1, "SAME"), 6))
                                            .op("Relu"),
                            "branches",
                            n ->
                                    n.concat(
                                                    b -> b.conv3d(3),
                                                    b ->
                                                            b.convolution(
                                                                    new Window(5, 1, 1, "SAME"), 2))
                                            .op("Softplus")
                                            .maxPool3d()));

    private static final Map<String, UnaryOperator<NetworkWriter>> PLANES =
            new TreeMap<>(
                    Map.of(
                            "maxima padded by hand",
                            n ->
                                    n.pad(1, 1, -Float.MAX_VALUE)
                                            .pool("MaxPool", new Window(3, 2, 1, "VALID"))
                                            .convolution(THREE, 4)
                                            .sum(
                                                    b -> b.convolution(THREE, 4),
                                                    b -> b.op("Identity"))
                                            .op("Relu"),
                            "dilated",
                            n ->
                                    n.convolution(new Window(3, 1, 2, "SAME"), 4)
                                            .op("Relu")
                                            .convolution(new Window(3, 1, 4, "VALID"), 4)
                                            .op("Relu")
                                            .pool("MaxPool", new Window(2, 2, 1, "VALID")),
                            "deep",
                            n ->
                                    n.convolution(THREE, 4)
                                            .op("Relu")
                                            .pool("MaxPool", new Window(2, 2, 1, "SAME"))
                                            .convolution(THREE, 4)
                                            .op("Relu")
                                            .pool("AvgPool", new Window(2, 2, 1, "SAME"))
                                            .convolution(THREE, 4)
                                            .op("Relu")
                                            .pool("MaxPool", new Window(2, 2, 1, "SAME"))));

    @TempDir Path folder;

    static Stream<String> volumes() {
        return VOLUMES.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("volumes")
    void volume(String name) throws IOException {
        NetworkWriter network = new NetworkWriter(-1, 15, 13, 17, 2);
        written(VOLUMES.get(name).apply(network), 1, 15, 13, 17, 2);
    }

    static Stream<String> planes() {
        return PLANES.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("planes")
    void plane(String name) throws IOException {
        written(PLANES.get(name).apply(new NetworkWriter(-1, 41, 38, 1)), 1, 41, 38, 1);
    }

    private void written(NetworkWriter network, int... shape) throws IOException {
        network.globalMean().dense(2).op("Softmax").write(folder);
        try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
            int tried = everyCut(classifier, IncrementalOcclusionTest.noise(classifier, shape));
            assertTrue(tried > 2, tried + " plans");
        }
    }

    /** Written by others, channels first, half precision and transposed convolutions among them. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet3d",
                "resnet_bn_dropout",
                "cnn2d_keras_export",
                "nchw_native",
                "dilated3d_instnorm_prelu",
                "unet3d_aux_head",
                "mobilenet_like",
                "efficientnet_like",
                "convnext_like"
            })
    void stranger(String name) {
        Path model = Resources.shared("models/generated/" + name).resolve("saved_model");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            int[] shape = classifier.spec().shape().clone();
            shape[0] = 1;
            Tensor image = IncrementalOcclusionTest.noise(classifier, shape);
            System.out.println(name + ": " + everyCut(classifier, image) + " plans");
        }
    }

    /** Each cut alone, after each other one, and all of them in a row; returns how many. */
    private static int everyCut(Classifier classifier, Tensor image) {
        int[] extents = Space.of(image).extents();
        List<Cut> cuts = new ArrayList<>(classifier.structure().orElseThrow().cuts(image));
        cuts.add(0, Cut.image(extents, image.size('c')));
        Layers layers = new Known(classifier.layers().orElseThrow(), image, cuts);
        List<List<Cut>> plans = new ArrayList<>();
        for (int j = 1; j < cuts.size(); j++) {
            plans.add(List.of(cuts.get(0), cuts.get(j)));
        }
        for (int j = 2; j < cuts.size(); j++) {
            plans.add(List.of(cuts.get(0), cuts.get(j / 2), cuts.get(j)));
        }
        if (cuts.size() > 1) {
            plans.add(cuts);
        }
        List<Box> boxes = boxes(extents);
        Score score = new Score(problem(classifier, image));
        Occluded occluded =
                new Occluded(image, filled(image, 2), ChannelGroups.parse("all", image.size('c')));
        double[] expected = whole(classifier, image, boxes);
        double range = Math.max(score.range(), 1e-3);
        for (List<Cut> levels : plans) {
            CropPlan plan = CropPlan.through(levels, boxes, 1);
            BoxScores scores = new IncrementalBoxScores(score, layers, occluded, plan, 7);
            scores.score(
                    boxes,
                    new Pace("", boxes.size(), Progress.NONE),
                    (index, value) ->
                            assertEquals(
                                    expected[index],
                                    value,
                                    1e-4 * range,
                                    plan.cutsText() + " " + boxes.get(index)));
        }
        return plans.size();
    }

    /**
     * Layers that looked at one image once, at all cuts: a pass of its own for each plan would take
     * most of the time.
     */
    private record Known(Layers real, Tensor image, Layers.Trace all) implements LayersAround {

        Known(Layers real, Tensor image, List<Cut> cuts) {
            this(real, image, real.run(forward(cuts), Feed.image(image)));
        }

        private static Pass forward(List<Cut> cuts) {
            return Pass.forward(cuts.stream().skip(1).map(Cut::layer).toArray(String[]::new));
        }

        @Override
        public Trace run(Pass pass, Feed feed) {
            boolean known =
                    feed.image().isPresent()
                            && feed.image().get() == image
                            && pass.equals(Pass.forward(pass.at().toArray(new String[0])));
            return known ? all : real.run(pass, feed);
        }
    }

    private static Problem problem(Classifier classifier, Tensor image) {
        Settings settings =
                Settings.of(
                        AttributionMethods.named("Occlusion").declaration().options(), Map.of());
        return new Problem(classifier, image, "0", new Baseline.Constant(2), settings);
    }

    private static Tensor filled(Tensor like, float value) {
        Tensor filled = Tensor.zerosLike(like);
        java.util.Arrays.fill(filled.data(), value);
        return filled;
    }

    /** A voxel in each corner, and boxes of a few voxels anywhere. */
    private static List<Box> boxes(int[] extents) {
        List<Box> boxes = new ArrayList<>();
        Random random = new Random(5);
        int n = extents.length;
        for (int corner = 0; corner < 1 << n; corner++) {
            int[] from = new int[n];
            int[] to = new int[n];
            for (int a = 0; a < n; a++) {
                from[a] = (corner >> a & 1) * (extents[a] - 1);
                to[a] = from[a] + 1;
            }
            boxes.add(new Box(from, to, 0));
        }
        for (int k = 0; k < 12; k++) {
            int[] from = new int[n];
            int[] to = new int[n];
            for (int a = 0; a < n; a++) {
                from[a] = random.nextInt(extents[a]);
                to[a] = Math.min(extents[a], from[a] + 1 + random.nextInt(4));
            }
            boxes.add(new Box(from, to, 0));
        }
        return boxes;
    }

    /** Voxel by voxel and image by image. */
    private static double[] whole(Classifier classifier, Tensor image, List<Box> boxes) {
        double[] scores = new double[boxes.size()];
        Space space = Space.of(image);
        int[] offsets = space.offsets(image);
        boolean differs = false;
        for (int k = 0; k < scores.length; k++) {
            Tensor changed = image.copy();
            boxes.get(k)
                    .forEach(
                            space,
                            position -> {
                                for (int c = 0; c < image.size('c'); c++) {
                                    changed.data()[offsets[position] + c * image.stride('c')] = 2;
                                }
                            });
            float[] logits = classifier.logits(changed)[0];
            scores[k] = classifier.spec().head().classLogits(logits)[0];
            differs |= scores[k] != scores[0];
        }
        assertTrue(differs, "no box changes the score");
        return scores;
    }
}
