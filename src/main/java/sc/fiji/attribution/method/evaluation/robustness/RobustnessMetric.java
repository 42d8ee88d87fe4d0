/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.List;
import java.util.Set;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/** A metric over the maps of neighbouring images; smaller is better. */
abstract class RobustnessMetric implements Metric {

    private final MetricDeclaration declaration;

    RobustnessMetric(String name, String summary, String paper) {
        this.declaration =
                new MetricDeclaration(
                        name,
                        summary,
                        paper,
                        0,
                        Double.POSITIVE_INFINITY,
                        Better.LOWER,
                        Set.of(Need.METHOD));
    }

    @Override
    public final MetricDeclaration declaration() {
        return declaration;
    }

    @Override
    public long passes(Trial trial) {
        return trial.samples() * trial.explainer().passes();
    }

    @Override
    public final Finding evaluate(Trial trial, Progress progress) {
        float[] map = trial.map().data();
        if (Neighbours.length(map) == 0) {
            return Finding.of(Double.NaN, "the map is zero everywhere");
        }
        Neighbours neighbours = new Neighbours(trial);
        if (!(neighbours.radius() > 0)) {
            return Finding.of(Double.NaN, "the image is the same everywhere");
        }
        List<Double> figures =
                neighbours.each(
                        (image, other) -> figure(neighbours, map, image, other.data()), progress);
        return new Finding(summary(figures), "", figures);
    }

    /** Of one neighbour. */
    abstract double figure(Neighbours neighbours, float[] map, Tensor image, float[] other);

    /** Of all; the largest, unless a metric says otherwise. */
    double summary(List<Double> figures) {
        return figures.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
