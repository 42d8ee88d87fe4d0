/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Rules for layers by their names, in a network whose batch normalisation is folded away. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompositeByNameTest {

    private Classifier classifier;
    private Tensor input;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d").resolve("saved_model");
        classifier = Engines.open(folder, ModelOptions.NONE);
        int[] shape = classifier.spec().shape().clone();
        shape[0] = 1;
        input = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(5);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
        }
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private float[] map(String composite) {
        AttributionMethod lrp = AttributionMethods.named("LRP");
        Settings settings =
                Settings.of(lrp.declaration().options(), Map.of("composite", composite));
        Baseline none = new Baseline.Constant(0);
        Problem problem = new Problem(classifier, input, "0", none, settings);
        return lrp.attribute(problem, Progress.NONE).map().data();
    }

    @Test
    void eachConvolution() {
        List<String> names =
                classifier.layers().orElseThrow().list().stream()
                        .filter(Layer::convolution)
                        .map(Layer::name)
                        .toList();
        assertTrue(names.size() >= 3, names.toString());
        float[] epsilon = map("*: epsilon");
        for (String name : names) {
            assertFalse(Arrays.equals(epsilon, map(name + ": zplus; *: epsilon")), name);
        }
        String each = String.join(": zplus; ", names) + ": zplus; ";
        assertArrayEquals(map("convolution: zplus; *: epsilon"), map(each + "*: epsilon"));
        String first = names.get(0) + ": flat; ";
        assertArrayEquals(map("first: flat; *: epsilon"), map(first + "*: epsilon"));
    }
}
