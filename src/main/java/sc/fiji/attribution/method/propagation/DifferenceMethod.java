/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import java.util.List;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Need;

/**
 * DeepLIFT's multipliers times x − b, averaged over baselines b. Each call of the model takes a
 * batch of baselines, so memory does not grow with their number.
 */
abstract class DifferenceMethod implements AttributionMethod {

    static final Option.Choice MULTIPLIERS =
            new Option.Choice(
                    "multipliers",
                    "rescale: difference of an activation's output by that of its input;"
                            + " revealcancel: positive and negative differences apart",
                    "rescale",
                    List.of("rescale", "revealcancel"));

    static final List<Option<?>> OPTIONS = List.of(MULTIPLIERS, Declaration.BATCH);

    private final Declaration declaration;

    DifferenceMethod(Declaration declaration) {
        this.declaration = declaration;
    }

    @Override
    public final Declaration declaration() {
        return declaration;
    }

    @Override
    public final List<Need> needs(Settings settings) {
        return List.of(Need.backward(rules(settings)));
    }

    private static Propagation.Multipliers rules(Settings settings) {
        return settings.get(MULTIPLIERS).equals("rescale")
                ? Propagation.Multipliers.RESCALE
                : Propagation.Multipliers.REVEAL_CANCEL;
    }

    @Override
    public final long passes(Problem problem) {
        return 1 + 2L * problem.baseline().count();
    }

    @Override
    public final Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        Need.require(needs(settings), problem.classifier());
        Propagation.Multipliers rules = rules(settings);
        Tensor input = problem.input();
        float[] x = input.data();
        List<Tensor> references = problem.baseline().references(input);
        Score score = new Score(problem);
        int batch = Batches.size(settings.get(Declaration.BATCH), input);
        Batches images = new Batches(input);
        Batches baselines = new Batches(input);
        double[] sum = new double[x.length];
        double baselineScore = 0;
        for (int from = 0; from < references.size(); from += batch) {
            progress.update(from, references.size(), declaration.name());
            int n = Math.min(batch, references.size() - from);
            Tensor repeated = images.of(n);
            Tensor others = baselines.of(n);
            for (int i = 0; i < n; i++) {
                System.arraycopy(x, 0, repeated.data(), i * x.length, x.length);
                float[] reference = references.get(from + i).data();
                System.arraycopy(reference, 0, others.data(), i * x.length, x.length);
            }
            Score.Multipliers found = score.multipliers(repeated, others, rules);
            float[] m = found.multipliers().data();
            for (int i = 0; i < n; i++) {
                baselineScore += found.baselineValues()[i];
                for (int j = 0; j < x.length; j++) {
                    double difference = (double) x[j] - others.data()[i * x.length + j];
                    sum[j] += difference * m[i * x.length + j];
                }
            }
        }
        progress.update(references.size(), references.size(), declaration.name());
        Tensor map = Tensor.zerosLike(input);
        for (int j = 0; j < sum.length; j++) {
            map.data()[j] = (float) (sum[j] / references.size());
        }
        return score.complete(
                declaration,
                settings,
                map,
                problem.baseline().description(),
                baselineScore / references.size());
    }
}
