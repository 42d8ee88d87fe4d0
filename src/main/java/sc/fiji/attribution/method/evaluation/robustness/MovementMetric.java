/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * The mean change of the map, as a share of its length, where the image is moved a little and the
 * map moved back. Networks with strides are not indifferent to a voxel themselves, so compare
 * methods by it, and with the null rows.
 */
abstract class MovementMetric implements Metric {

    private final MetricDeclaration declaration;

    MovementMetric(String name, String summary, String paper) {
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

    /** Those that are tried on images of so many axes of space. */
    abstract List<Movement> movements(int axes);

    @Override
    public final MetricDeclaration declaration() {
        return declaration;
    }

    @Override
    public final long passes(Trial trial) {
        int axes = trial.map().axes().spatial().length();
        return movements(axes).size() * trial.explainer().passes();
    }

    @Override
    public final Finding evaluate(Trial trial, Progress progress) {
        Tensor map = trial.map();
        if (Neighbours.length(map.data()) == 0) {
            return Finding.of(Double.NaN, "the map is zero everywhere");
        }
        Tensor input = trial.explained().orElseThrow().input();
        Explainer explainer = trial.explainer();
        List<Movement> movements = movements(map.axes().spatial().length());
        List<Double> changes = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < movements.size(); i++) {
            Movement movement = movements.get(i);
            Progress part = Progress.part(progress, i, movements.size());
            Tensor again = movement.returned(explainer.map(movement.moved(input), part));
            // What left the image cannot come back: the map itself goes the same way.
            Tensor same = movement.returned(movement.moved(map));
            changes.add(
                    Neighbours.distance(same.data(), again.data())
                            / Neighbours.length(same.data()));
            sum += changes.get(i) / movements.size();
        }
        return new Finding(sum, "", changes);
    }
}
