/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;

/**
 * A map of scores, by every method: its mean is explained as the same network is that a mean
 * closes, and a part of it as the same network is that a sum over this part closes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MapPartTest {

    private static final int[] SHAPE = {1, 3, 4, 5, 2};

    @TempDir static Path folder;

    private final Tensor input = Tensor.zeros(new Axes("bzyxc"), SHAPE);
    private final Tensor weights = Tensor.zeros(new Axes("bzyx"), 1, 3, 4, 5);
    private Classifier map;
    private Classifier closedByMean;
    private Classifier closedBySum;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < weights.length(); i++) {
            weights.data()[i] = i % 3 == 0 ? 0 : random.nextFloat();
        }
        map = open(network().writeMap(folder.resolve("map")));
        closedByMean = open(network().globalMean().write(folder.resolve("mean")));
        closedBySum = open(network().weightedSum(weights.data()).write(folder.resolve("sum")));
    }

    private static NetworkWriter network() {
        return new NetworkWriter(-1, 3, 4, 5, 2).conv3d(4).batchNorm().op("Softplus").conv3d(3);
    }

    private static Classifier open(Path model) {
        return Engines.open(model, ModelOptions.NONE.withHead(HeadKind.CLASSES));
    }

    @AfterAll
    void close() {
        map.close();
        closedByMean.close();
        closedBySum.close();
    }

    private Problem problem(Classifier c, AttributionMethod method, String target) {
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
        return new Problem(c, input, target, new Baseline.Constant(0), settings)
                .with(new Regions(labels, List.of("a", "b", "c")));
    }

    private Attribution run(Classifier c, AttributionMethod method) {
        return method.attribute(problem(c, method, "1"), Progress.NONE);
    }

    static List<String> methods() {
        return AttributionMethods.names();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void theMeanOfAMapIsExplainedToTheBit(String name) {
        AttributionMethod method = AttributionMethods.named(name);
        Attribution expected = run(closedByMean, method);
        Attribution found = run(map, method);
        assertTrue(Maps.maxAbs(expected.map().data()) > 0);
        assertArrayEquals(expected.map().data(), found.map().data(), 0);
        assertEquals(expected.score(), found.score(), 0);
        assertEquals(expected.passes(), found.passes());
        assertEquals("mean everywhere", found.findings().get("where"));
        assertEquals(0, found.probabilities().length);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aPartOfAMapIsExplainedLikeItsSum(String name) {
        AttributionMethod method = AttributionMethods.named(name);
        Attribution expected = run(closedBySum, method);
        Problem part = problem(map, method, "1").at(new Area(weights, "sum of a part"));
        Attribution found = method.attribute(part, Progress.NONE);
        double scale = Maps.maxAbs(expected.map().data());
        assertTrue(scale > 0);
        assertArrayEquals(expected.map().data(), found.map().data(), (float) (1e-5 * scale));
        assertEquals(expected.score(), found.score(), 1e-5);
        assertArrayEquals(expected.classLogits(), found.classLogits(), 1e-5f);
        assertEquals(expected.unit(), found.unit());
        // The map is looked at first, to know its extents.
        assertTrue(found.passes() <= expected.passes() + 1, found.passes() + " passes");
        assertEquals("sum of a part", found.findings().get("where"));
        if (method.declaration().complete()) {
            double error = expected.completenessError().getAsDouble();
            assertEquals(error, found.completenessError().getAsDouble(), 1e-4);
        }
    }
}
