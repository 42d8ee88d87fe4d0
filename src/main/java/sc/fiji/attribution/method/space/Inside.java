/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.space;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Problem;

/** The part of space that a problem is restricted to. */
public final class Inside {

    private Inside() {}

    /** For each position of {@link Space}; empty for everywhere. */
    public static Optional<boolean[]> of(Problem problem) {
        return problem.inside()
                .map(
                        mask -> {
                            int[] offsets = Space.of(problem.input()).offsets(mask);
                            boolean[] inside = new boolean[offsets.length];
                            for (int i = 0; i < offsets.length; i++) {
                                inside[i] = mask.data()[offsets[i]] != 0;
                            }
                            return inside;
                        });
    }

    /**
     * The problem's baselines; outside they are the image itself, so that nothing changes there.
     */
    public static List<Tensor> references(Problem problem) {
        Tensor input = problem.input();
        List<Tensor> references = problem.baseline().references(input);
        Optional<boolean[]> inside = of(problem);
        if (inside.isEmpty()) {
            return references;
        }
        int[] offsets = Space.of(input).offsets(input);
        return references.stream()
                .map(reference -> within(inside.get(), offsets, reference, input))
                .toList();
    }

    private static Tensor within(boolean[] inside, int[] offsets, Tensor reference, Tensor input) {
        Tensor result = input.copy();
        for (int i = 0; i < offsets.length; i++) {
            for (int c = 0; inside[i] && c < input.size('c'); c++) {
                int at = offsets[i] + c * input.stride('c');
                result.data()[at] = reference.data()[at];
            }
        }
        return result;
    }

    /** Sets a map to zero outside. */
    public static void clear(Tensor map, Problem problem) {
        of(problem)
                .ifPresent(
                        inside -> {
                            int[] offsets = Space.of(map).offsets(map);
                            for (int i = 0; i < offsets.length; i++) {
                                for (int c = 0; !inside[i] && c < map.size('c'); c++) {
                                    map.data()[offsets[i] + c * map.stride('c')] = 0;
                                }
                            }
                        });
    }
}
