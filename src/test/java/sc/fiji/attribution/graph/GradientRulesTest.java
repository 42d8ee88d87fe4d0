/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.Values;

/**
 * Every rule of the plain gradient against finite differences of the op itself: in double precision
 * where TensorFlow has such kernels, and then in float32 against that.
 */
class GradientRulesTest {

    /** Ops that hold the gradient back, where finite differences would not: see ReverseModeTest. */
    private static final Set<String> HELD =
            Set.of("StopGradient", "PreventGradient", "ArgMax", "ArgMin");

    static List<OpCase> cases() {
        boolean oneDnn = OpTrial.hasOneDnn();
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
            List<Values> gradients = trial.gradients();
            assertClose(gradients, trial.finiteDifferences(), each.tolerance());
            if (each.type() == DataType.DT_DOUBLE) {
                try (OpTrial single = OpTrial.of(each.inFloat())) {
                    assertClose(single.gradients(), gradients, 1e-5);
                }
            }
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
        Set<String> untried = new TreeSet<>(GradientRules.TABLE.keySet());
        cases().forEach(each -> untried.remove(each.op()));
        untried.removeAll(HELD);
        assertEquals(Set.of(), untried);
    }
}
