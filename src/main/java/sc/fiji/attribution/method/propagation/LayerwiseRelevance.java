/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import java.util.List;
import java.util.Locale;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.FirstPass;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Need;

/**
 * Layer-wise relevance propagation: the score is shared out from layer to layer, by the rules of a
 * {@link Composite}, and arrives at the voxels. What biases and stabilisers take on the way is
 * missing in the map's total: {@code conservation.error} is Σ map − f(x), which can be as large as
 * f(x) itself, in a network with batch normalisation above all. Where a network is affine but for
 * ReLU and max pooling, LRP with the rule {@code zero} is input × gradient.
 */
@MetaInfServices(AttributionMethod.class)
public final class LayerwiseRelevance implements AttributionMethod {

    static final Option.Text COMPOSITE =
            new Option.Text(
                    "composite",
                    String.join(", ", Composite.NAMED.keySet())
                            + ", or rules such as 'first: box 0 1; convolution: gamma 0.25;"
                            + " dense1: zero; *: epsilon'",
                    "epsilonplus",
                    Composite::parse);

    private static final Declaration DECLARATION =
            Declaration.of("LRP", "The score, shared out from layer to layer down to the voxels.")
                    .paper("Bach et al. 2015, doi:10.1371/journal.pone.0130140")
                    .unit("logit")
                    .signed()
                    .reads(COMPOSITE);

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public List<Need> needs(Settings settings) {
        return List.of(Need.backward(rules(settings.get(COMPOSITE))));
    }

    private static Propagation rules(String composite) {
        return new Propagation.Relevance(Composite.parse(composite));
    }

    @Override
    public long passes(Problem problem) {
        return FirstPass.count(problem);
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        progress.update(0, 1, DECLARATION.name());
        String composite = problem.settings().get(COMPOSITE);
        problem.classifier()
                .layers()
                .ifPresent(layers -> Composite.parse(composite).layers().forEach(layers::named));
        Need.require(needs(problem.settings()), problem.classifier());
        Propagation rules = rules(composite);
        FirstPass found =
                FirstPass.run(
                        problem,
                        Pass.gradient(Pass.IMAGE).by(rules),
                        Layers.Feed.image(problem.input()));
        Score score = found.score();
        Tensor map = found.trace().gradients().get(Pass.IMAGE);
        progress.update(1, 1, DECLARATION.name());
        double missing = map.sum() - score.ofInput();
        return score.result(DECLARATION, problem.settings(), map)
                .withFinding("conservation.error", String.format(Locale.ROOT, "%.4g", missing));
    }
}
