/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;

/**
 * A hidden unit is explained as a class is: a network that ends at the unit gives the same maps as
 * the whole network with the unit as target, by every method there is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnitTargetTest {

    private static final int[] SHAPE = {1, 3, 4, 5, 2};

    @TempDir static Path folder;

    private final Tensor input = Tensor.zeros(new Axes("bzyxc"), SHAPE);

    /** A convolution, and the mean of each channel as scores. */
    private Classifier ending;

    /** The same convolution, and more behind it. */
    private Classifier going;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = (float) random.nextGaussian();
        }
        ending = open(front().globalMean(), "ending");
        going = open(front().op("Tanh").conv3d(4).globalMean().dense(3).op("Softmax"), "going");
    }

    /** Convolutions BiasAdd and BiasAdd_1 with softplus between. */
    private static NetworkWriter front() {
        return new NetworkWriter(-1, 3, 4, 5, 2).conv3d(4).op("Softplus").conv3d(3);
    }

    private static Classifier open(NetworkWriter network, String name) throws IOException {
        return Engines.open(
                network.write(folder.resolve(name)), ModelOptions.NONE.withHead(HeadKind.CLASSES));
    }

    @AfterAll
    void close() {
        ending.close();
        going.close();
    }

    private Attribution run(Classifier c, AttributionMethod method, String target) {
        Map<String, String> options = new HashMap<>();
        for (Option<?> option : method.declaration().options()) {
            switch (option.key()) {
                case "window", "stride", "cell" -> options.put(option.key(), "2");
                case "samples", "masks", "iterations" -> options.put(option.key(), "20");
                default -> {}
            }
        }
        Settings settings = Settings.of(method.declaration().options(), options);
        Tensor labels = Tensor.zeros(new Axes("bzyx"), 1, 3, 4, 5);
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = 1 + i / 20;
        }
        Problem problem =
                new Problem(c, input, target, new Baseline.Constant(0), settings)
                        .with(new Regions(labels, List.of("a", "b", "c")));
        return method.attribute(problem, Progress.NONE);
    }

    private Attribution gradient(String target) {
        return run(going, AttributionMethods.named("Gradient"), target);
    }

    static List<String> methods() {
        return AttributionMethods.names();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aChannelIsExplainedLikeAClass(String name) {
        AttributionMethod method = AttributionMethods.named(name);
        Attribution expected = run(ending, method, "2");
        Attribution unit = run(going, method, "BiasAdd_1[2]");
        double scale = Maps.maxAbs(expected.map().data());
        assertTrue(scale > 0);
        assertArrayEquals(expected.map().data(), unit.map().data(), (float) (1e-4 * scale));
        assertEquals(expected.score(), unit.score(), 1e-5);
        assertEquals(expected.unit().replace("logit", "activation"), unit.unit());
        assertEquals("BiasAdd_1[2]", unit.target().description());
        assertEquals(3, unit.classLogits().length);
        if (method.declaration().complete()) {
            double relative = unit.relativeCompletenessError().getAsDouble();
            assertEquals(expected.relativeCompletenessError().getAsDouble(), relative, 1e-3);
        }
    }

    /** The units of a channel at all places sum to its mean, and each sees what lies around it. */
    @Test
    void unitsSumToTheirChannel() {
        float[] sum = new float[input.length()];
        double score = 0;
        for (int z = 0; z < 3; z++) {
            for (int y = 0; y < 4; y++) {
                for (int x = 0; x < 5; x++) {
                    String target = String.format("BiasAdd_1[2, %d, %d, %d]", x, y, z);
                    Attribution unit = gradient(target);
                    score += unit.score() / 60;
                    Tensor map = unit.map();
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += map.data()[i] / 60;
                        int away = Math.abs(i / map.stride('x') % 5 - x);
                        assertTrue(away <= 2 || map.data()[i] == 0, target);
                    }
                }
            }
        }
        Attribution channel = gradient("BiasAdd_1[2]");
        assertArrayEquals(channel.map().data(), sum, 1e-6f);
        assertEquals(channel.score(), score, 1e-5);
    }

    @Test
    void whatThereIsNotIsRefusedByName() {
        assertTrue(refusal("BiasAdd_7[0]").contains("near names: BiasAdd_"));
        assertTrue(refusal("BiasAdd_1[3]").contains("from 0 to 2 along channel"));
        assertTrue(refusal("BiasAdd_1[0, 1]").contains("layer[channel, x, y, z]"));
        assertTrue(refusal("BiasAdd_1[0, 5, 0, 0]").contains("from 0 to 4 along x"));
        assertTrue(refusal("MatMul[0, 1, 1, 1]").contains("no axes of space"));
        assertTrue(refusal("BiasAdd_1[a]").contains("is no class or output"));
        assertTrue(refusal("nothing").contains("layer[channel]"));
    }

    private String refusal(String target) {
        String message =
                assertThrows(OptionException.class, () -> Score.target(going, target)).getMessage();
        assertEquals(1, message.lines().count());
        return message;
    }
}
