/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Change;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * A metric over maps of networks whose weights were shuffled: how alike they are to the map. A map
 * that stays the same does not show what was learned.
 */
abstract class Randomised implements Metric {

    /** Networks with more layers are randomised in so many steps. */
    private static final int STAGES = 10;

    private final MetricDeclaration declaration;
    private final boolean cascading;
    private final ToDoubleBiFunction<Tensor, Tensor> similarity;

    Randomised(
            String name,
            String summary,
            boolean cascading,
            ToDoubleBiFunction<Tensor, Tensor> similarity) {
        this.declaration =
                new MetricDeclaration(
                        name,
                        summary,
                        "Adebayo et al. 2018, NeurIPS",
                        -1,
                        1,
                        Better.LOWER,
                        Set.of(Need.METHOD, Need.WEIGHTS));
        this.cascading = cascading;
        this.similarity = similarity;
    }

    @Override
    public final MetricDeclaration declaration() {
        return declaration;
    }

    @Override
    public final String curve() {
        return cascading
                ? "likeness, by the layers drawn anew so far"
                : "likeness, by the layer drawn anew";
    }

    @Override
    public final long passes(Trial trial) {
        Explainer explainer = trial.explainer();
        return stages(explainer.layers()).size() * explainer.passes();
    }

    /** For people: the layers of each stage, cascading down to them. */
    private List<String> places(List<List<String>> stages) {
        return stages.stream()
                .map(
                        stage ->
                                stage.size() < 3
                                        ? String.join(", ", stage)
                                        : stage.get(0) + " … " + stage.get(stage.size() - 1))
                .toList();
    }

    /** The layers in as many groups as there are stages, those next to the logits first. */
    static List<List<String>> stages(List<String> layers) {
        int stages = Math.min(STAGES, layers.size());
        List<List<String>> groups = new ArrayList<>();
        for (int i = 0; i < stages; i++) {
            int from = layers.size() * i / stages;
            groups.add(layers.subList(from, layers.size() * (i + 1) / stages));
        }
        return groups;
    }

    @Override
    public final Finding evaluate(Trial trial, Progress progress) {
        if (trial.isSilent()) {
            return Finding.of(Double.NaN, "the map is zero everywhere");
        }
        Explainer explainer = trial.explainer();
        List<List<String>> stages = stages(explainer.layers());
        List<Double> curve = new ArrayList<>();
        Set<String> shuffled = new HashSet<>();
        double sum = 0;
        for (int i = 0; i < stages.size(); i++) {
            if (!cascading) {
                shuffled.clear();
            }
            shuffled.addAll(stages.get(i));
            Progress part = Progress.part(progress, i, stages.size());
            Change change = new Change.Shuffled(shuffled, trial.seed());
            Tensor map = trial.shared().map(change, () -> explainer.mapOf(change, part));
            // A map of zeros has nothing in common with any other.
            double alike = similarity.applyAsDouble(trial.map(), map);
            curve.add(Double.isNaN(alike) ? 0 : alike);
            sum += curve.get(i) / stages.size();
        }
        String detail =
                String.format(
                        Locale.ROOT,
                        "%d layers in %d steps",
                        explainer.layers().size(),
                        stages.size());
        return new Finding(sum, detail, curve, places(stages));
    }
}
