/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ElementwiseCases;
import sc.fiji.attribution.graph.Inputs;
import sc.fiji.attribution.graph.LinearCases;
import sc.fiji.attribution.graph.NativeGradientsTest;
import sc.fiji.attribution.graph.OpCase;
import sc.fiji.attribution.graph.OpTrial;
import sc.fiji.attribution.graph.PoolCases;
import sc.fiji.attribution.graph.ReductionCases;
import sc.fiji.attribution.graph.ShapeCases;
import sc.fiji.attribution.graph.ir.OpTable;

/**
 * Every rule of the plain gradient against finite differences of the op itself, in double precision
 * where TensorFlow has such kernels. The same rules in float32 meet TensorFlow's own gradients in
 * {@link NativeGradientsTest}.
 */
public class GradientRulesTest {

    /** Ops that hold the gradient back, where finite differences would not: see ReverseModeTest. */
    private static final Set<String> HELD =
            Set.of("StopGradient", "PreventGradient", "ArgMax", "ArgMin", "OneHot");

    public static List<OpCase> cases() {
        boolean oneDnn = OpTrial.hasOneDnn();
        Inputs.restart();
        return Stream.of(
                        LinearCases.all(),
                        ElementwiseCases.all(),
                        PoolCases.all(),
                        ShapeCases.all(),
                        ReductionCases.all())
                .flatMap(cases -> cases)
                .filter(each -> oneDnn || !each.needsOneDnn())
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void equalsFiniteDifferences(OpCase each) {
        try (OpTrial trial = OpTrial.of(each)) {
            assertClose(trial.gradients(), trial.finiteDifferences(), each.tolerance());
        }
    }

    /** One case of each op, in its own type, float32 and, if the forward kernel takes it, half. */
    @Test
    void narrowerTypesAgree() {
        List<String> broken = new ArrayList<>();
        Map<String, OpCase> firsts = new LinkedHashMap<>();
        cases().forEach(each -> firsts.putIfAbsent(each.op(), each));
        int halves = 0;
        for (OpCase each : firsts.values()) {
            try (OpTrial own = OpTrial.of(each);
                    OpTrial single = OpTrial.of(each.inFloat())) {
                assertClose(single.gradients(), own.gradients(), 1e-5);
                if (takesHalf(each)) {
                    halves++;
                    try (OpTrial half = OpTrial.inHalf(each)) {
                        assertClose(half.gradients(), single.gradients(), 2e-2);
                    }
                }
            } catch (RuntimeException | AssertionError e) {
                broken.add(each + ": " + e.getMessage());
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(halves > 80, "only " + halves + " ops have kernels in half precision");
    }

    private static boolean takesHalf(OpCase each) {
        try (OpTrial forward = OpTrial.inHalf(each)) {
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static void assertClose(List<Values> actual, List<Values> expected, double tolerance) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < actual.size(); i++) {
            double error = OpTrial.error(actual.get(i), expected.get(i));
            assertTrue(error <= tolerance, "input " + i + " is off by " + error);
        }
    }

    @Test
    void everyRuleHasACase() {
        Set<String> untried = new TreeSet<>(OpTable.gradients().keySet());
        cases().forEach(each -> untried.remove(each.op()));
        untried.removeAll(HELD);
        assertEquals(Set.of(), untried);
    }
}
