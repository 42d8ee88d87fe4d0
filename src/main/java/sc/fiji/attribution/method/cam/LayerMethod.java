/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.FirstPass;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.space.Inside;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Need;

/**
 * A method whose map lies on the grid of a hidden layer. The maps of several layers are averaged.
 *
 * <p>The layer's grid and the image's cover the same length along each axis, so that the centres of
 * their outermost values lie half a value of each within the border (half-pixel centres; {@code
 * align_corners=False} in PyTorch). Levels are interpolated n-linearly and hold beyond the
 * outermost centres; amounts are spread by the adjoint, and their total stays the same. A layer
 * that pads on one side only lies up to half of its voxel elsewhere.
 */
abstract class LayerMethod implements AttributionMethod {

    static final Option.Choice RELU =
            new Option.Choice(
                    "relu",
                    "whether what argues against the target is left away, as most papers do",
                    "no",
                    List.of("no", "yes"));

    private final Declaration declaration;
    private final boolean usesGradients;

    /**
     * @param usesGradients whether it needs gradients from the target to the layer
     */
    LayerMethod(Declaration declaration, boolean usesGradients) {
        this.declaration = declaration;
        this.usesGradients = usesGradients;
    }

    /**
     * The map on a layer's own grid.
     *
     * @return a value for each place of {@link Site#space()}
     */
    abstract double[] map(Site site, Progress progress);

    /** Passes that {@link #map} takes for a layer. */
    abstract long passes(Problem problem, Layer layer);

    /** Whether the gradient at the layers, for the input itself, is all that the map needs. */
    boolean startsWithGradient() {
        return false;
    }

    /** Says no where a problem cannot be solved, before anything is computed. */
    void require(Problem problem, List<Layer> layers) {}

    /**
     * What becomes of the map once it lies on the image; most methods leave it as it is.
     *
     * @param cam without channels
     */
    Tensor onImage(Problem problem, Score score, Tensor cam) {
        return cam;
    }

    /** f of the baseline, for complete methods. */
    double baselineScore(Problem problem, Score score) {
        double sum = 0;
        List<Tensor> references = problem.baseline().references(problem.input());
        for (Tensor reference : references) {
            sum += score.of(reference);
        }
        return sum / references.size();
    }

    @Override
    public final Declaration declaration() {
        return declaration;
    }

    @Override
    public List<Need> needs(Settings settings) {
        return usesGradients
                ? List.of(Need.CONVOLUTION, Need.LAYER_GRADIENTS)
                : List.of(Need.CONVOLUTION);
    }

    /** Gradients are needed no further down than to the layer. */
    private Optional<String> whyNot(Classifier classifier, Layer layer) {
        return usesGradients
                ? classifier
                        .backward()
                        .orElseThrow()
                        .whyNot(Pass.gradient(layer.name()).from(layer.name()))
                : Optional.empty();
    }

    @Override
    public long passes(Problem problem) {
        long passes = startsWithGradient() ? FirstPass.count(problem) : 1;
        passes += declaration.complete() ? problem.baseline().count() : 0;
        for (Layer layer : LayerChoice.of(problem)) {
            passes += passes(problem, layer);
        }
        return passes;
    }

    @Override
    public final Attribution attribute(Problem problem, Progress progress) {
        Need.require(needs(problem.settings()), problem.classifier());
        List<Layer> layers = LayerChoice.of(problem);
        require(problem, layers);
        for (Layer layer : layers) {
            whyNot(problem.classifier(), layer)
                    .ifPresent(
                            reason -> {
                                throw new ModelException("layer=" + layer.name() + ": " + reason);
                            });
        }
        progress.update(0, 1, declaration.name());
        String[] names = layers.stream().map(Layer::name).toArray(String[]::new);
        Layers.Trace trace = null;
        Score score;
        if (startsWithGradient()) {
            FirstPass found =
                    FirstPass.run(
                            problem, Pass.gradient(names), Layers.Feed.image(problem.input()));
            score = found.score();
            trace = found.trace();
        } else {
            score = new Score(problem, names);
        }
        Tensor map = null;
        List<String> found = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String name = names[i];
            Site site =
                    new Site(
                            problem,
                            score,
                            layers.get(i),
                            score.activations(names[i]),
                            Optional.ofNullable(trace).map(t -> t.gradients().get(name)));
            double[] values = map(site, Progress.part(progress, i, layers.size()));
            rectify(values, problem.settings());
            map = add(carry(site, values), layers.size(), map);
            found.add(site.description());
        }
        progress.update(1, 1, declaration.name());
        return result(problem, score, onImage(problem, score, map))
                .withFinding("layer", String.join(", ", found));
    }

    /** Leaves away what is below zero, where that is asked. */
    private void rectify(double[] values, Settings settings) {
        if (declaration.options().contains(RELU) && settings.get(RELU).equals("yes")) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, values[i]);
            }
        }
    }

    /**
     * Carries values on a layer's grid to the image's.
     *
     * @return without channels
     */
    final Tensor carry(Site site, double[] values) {
        int[] extents = site.space().extents();
        int[] shape = new int[extents.length + 1];
        shape[0] = 1;
        System.arraycopy(extents, 0, shape, 1, extents.length);
        Tensor map = Tensor.zeros(new Axes("b" + site.space().axes()), shape);
        for (int i = 0; i < values.length; i++) {
            map.data()[i] = (float) values[i];
        }
        return carry(map, site.problem().input());
    }

    /** The last axis first, since the others are still small then. */
    private Tensor carry(Tensor map, Tensor input) {
        String axes = map.axes().spatial();
        Tensor carried = map;
        for (int a = axes.length() - 1; a >= 0; a--) {
            char axis = axes.charAt(a);
            if (map.size(axis) != input.size(axis)) {
                carried = carry(map.size(axis), input.size(axis)).apply(carried, axis);
            }
        }
        return carried;
    }

    private AxisResampling carry(int layer, int image) {
        return declaration.quantity() == Quantity.AMOUNT
                ? AxisResampling.linear(image, layer).transpose()
                : AxisResampling.linear(layer, image);
    }

    /** Adds a map to the mean of several. */
    private static Tensor add(Tensor map, int layers, Tensor mean) {
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] = map.data()[i] / layers + (mean == null ? 0 : mean.data()[i]);
        }
        return map;
    }

    private Attribution result(Problem problem, Score score, Tensor map) {
        Settings settings = problem.settings();
        String baseline = problem.baseline().description();
        if (declaration.complete()) {
            double ofBaseline = baselineScore(problem, score);
            return score.complete(declaration, settings, map, baseline, ofBaseline);
        }
        if (declaration.changesImage()) {
            Inside.clear(map, problem);
        }
        return declaration.usesBaseline()
                ? score.against(declaration, settings, map, baseline)
                : score.result(declaration, settings, map);
    }
}
