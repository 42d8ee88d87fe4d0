/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.FirstPass;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Need;

/** A map that is made of the gradient at the input itself. */
public abstract class SingleGradient implements AttributionMethod {

    private final Declaration declaration;
    private final Propagation rules;

    /** By the chain rule. */
    SingleGradient(Declaration declaration) {
        this(declaration, Propagation.Gradient.PLAIN);
    }

    /**
     * @param rules of the backward pass
     */
    protected SingleGradient(Declaration declaration, Propagation rules) {
        this.declaration = declaration;
        this.rules = rules;
    }

    /**
     * One voxel of the map.
     *
     * @param gradient of the score with respect to the voxel
     * @param input the voxel's value
     */
    protected abstract float voxel(float gradient, float input);

    @Override
    public final Declaration declaration() {
        return declaration;
    }

    @Override
    public final List<Need> needs(Settings settings) {
        return List.of(Need.backward(rules));
    }

    @Override
    public final long passes(Problem problem) {
        return FirstPass.count(problem);
    }

    @Override
    public final Attribution attribute(Problem problem, Progress progress) {
        progress.update(0, 1, declaration.name());
        FirstPass found =
                FirstPass.run(
                        problem,
                        Pass.gradient(Pass.IMAGE).by(rules),
                        Layers.Feed.image(problem.input()));
        Tensor gradient = found.trace().gradients().get(Pass.IMAGE);
        float[] map = gradient.data();
        for (int i = 0; i < map.length; i++) {
            map[i] = voxel(map[i], problem.input().data()[i]);
        }
        progress.update(1, 1, declaration.name());
        return found.score().result(declaration, problem.settings(), gradient);
    }
}
