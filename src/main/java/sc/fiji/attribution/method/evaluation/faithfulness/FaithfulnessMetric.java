/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import java.util.Set;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;

/** A metric that asks the network for the scores of changed images. */
abstract class FaithfulnessMetric implements Metric {

    private final MetricDeclaration declaration;

    FaithfulnessMetric(
            String name, String summary, String paper, double low, double high, Better better) {
        this(new MetricDeclaration(name, summary, paper, low, high, better, Set.of(Need.NETWORK)));
    }

    FaithfulnessMetric(MetricDeclaration declaration) {
        this.declaration = declaration;
    }

    @Override
    public final MetricDeclaration declaration() {
        return declaration;
    }

    @Override
    public String curve() {
        return "score, by the share that is replaced";
    }

    /** Features a step, so that all are done after so many steps. */
    static int step(int features, int steps) {
        return Math.max(1, (features + steps - 1) / steps);
    }

    /** Runs of that many, in the order; the last one may be shorter. */
    static int[][] groups(int[] order, int size) {
        int[][] groups = new int[(order.length + size - 1) / size][];
        Arrays.setAll(
                groups,
                i -> Arrays.copyOfRange(order, i * size, Math.min(order.length, (i + 1) * size)));
        return groups;
    }
}
