/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.model.Classifier;

class PackagedClassifierTest {

    /**
     * One that is left to the port's default would hide what the engine can do, and no one sees.
     */
    @Test
    void handsOnEveryAbility() {
        List<String> missing =
                Arrays.stream(Classifier.class.getMethods())
                        .filter(method -> method.getDeclaringClass() == Classifier.class)
                        .filter(method -> !isOverridden(method))
                        .map(Method::getName)
                        .toList();
        assertEquals(List.of(), missing);
    }

    private static boolean isOverridden(Method method) {
        return Arrays.stream(PackagedClassifier.class.getDeclaredMethods())
                .anyMatch(
                        own ->
                                own.getName().equals(method.getName())
                                        && Arrays.equals(
                                                own.getParameterTypes(),
                                                method.getParameterTypes()));
    }
}
