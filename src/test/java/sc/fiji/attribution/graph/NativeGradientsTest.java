/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.GradientRulesTest;

/**
 * The rules against TensorFlow's own gradients, {@code TF_AddGradients} of the C API, in float32,
 * for the ops that its C++ registry knows.
 */
@Tag("long")
public class NativeGradientsTest {

    private static final double TOLERANCE = 1e-5;

    private static final String DILATED = "dilations are not passed on";
    private static final String EXPLICIT = "explicit_paddings are not passed on";

    /** Where TensorFlow's own is wrong or fails (finite differences agree with ours), and why. */
    private static final Map<String, String> WRONG =
            Map.ofEntries(
                    entry("Conv2D, SAME, dilated", DILATED),
                    entry("Conv2D, SAME, dilated, even window", DILATED),
                    entry("Conv2D, VALID, dilated 2 and 1", DILATED),
                    entry("Conv2D, grouped, dilated", DILATED),
                    entry("Conv2D, dilated, filter too (oneDNN)", DILATED),
                    entry("Conv2D, explicit padding, dilated", EXPLICIT),
                    entry("Conv2D, explicit padding", EXPLICIT),
                    entry("Conv2D, explicit padding, stride 2", EXPLICIT),
                    entry("MaxPool, explicit padding", EXPLICIT),
                    entry("Atan2, of both signs", "broadcasting is not undone"),
                    entry("LRN, AlexNet", "no attribute is passed on, so the defaults hold"),
                    entry("LogSoftmax, three axes", "sums over axis 1, not over the last one"),
                    entry("GatherV2, last axis, matrix of indices", "takes no negative axis"));

    @Test
    void equalTensorFlowsOwn() {
        Set<String> compared = new TreeSet<>();
        List<String> different = new ArrayList<>();
        for (OpCase each : GradientRulesTest.cases()) {
            if (WRONG.containsKey(each.toString()) || hasInt64(each)) {
                continue;
            }
            try (OpTrial trial = OpTrial.of(each.inFloat())) {
                Optional<List<Values>> expected = trial.nativeGradients();
                if (expected.isEmpty()) {
                    continue;
                }
                compared.add(each.op());
                List<Values> actual = trial.gradients();
                for (int i = 0; i < actual.size(); i++) {
                    double error = OpTrial.error(actual.get(i), expected.get().get(i));
                    if (error > TOLERANCE) {
                        different.add(each + ", input " + i + ": " + error);
                    }
                }
            } catch (RuntimeException | AssertionError e) {
                different.add(each + ": " + e);
            }
        }
        assertEquals(List.of(), different);
        assertTrue(compared.size() >= 80, () -> "compared only " + compared);
    }

    /** TensorFlow's gradients of Mean and ConcatV2 end the process where the axis is an int64. */
    private static boolean hasInt64(OpCase each) {
        return each.inputs().stream().anyMatch(input -> input.values().type() == DataType.DT_INT64);
    }
}
