/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.gradient.IntegratedGradients;
import sc.fiji.attribution.method.gradient.Quadrature;
import sc.fiji.attribution.method.gradient.StraightPath;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Need;
import sc.fiji.attribution.model.Structure;

/**
 * Gradients at a layer along a straight path from a baseline, summed over the layer's channels.
 * With several baselines the mean of their maps.
 */
abstract class LayerPath extends LayerMethod {

    static final Option.Whole STEPS = IntegratedGradients.STEPS;

    static final Option.Choice RULE =
            new Option.Choice(
                    "rule",
                    "how the path is integrated",
                    Quadrature.RULES.get(0),
                    Quadrature.RULES);

    LayerPath(Declaration declaration) {
        super(declaration, true);
    }

    /**
     * Adds what one baseline's path attributes to each of the layer's activations.
     *
     * @param baseline of the image
     * @param sum of the length of the layer's activations, in their order
     */
    abstract void add(Site site, Tensor baseline, double[] sum, Progress progress);

    @Override
    public final List<Need> needs(Settings settings) {
        List<Need> needs = new ArrayList<>(super.needs(settings));
        needs.add(Need.STRUCTURE);
        return needs;
    }

    /** A complete method needs a layer that everything comes through. */
    @Override
    final void require(Problem problem, List<Layer> layers) {
        Structure inside = problem.classifier().structure().orElseThrow();
        for (Layer layer : layers) {
            if (declaration().complete()
                    && inside.bypassed(layer.name(), LayerChoice.place(problem))) {
                throw new OptionException(
                        "layer="
                                + layer.name()
                                + ": other connections lead past it, so that its activations are"
                                + " not all of the score; choose a layer that all paths go through,"
                                + " such as the one after the connections are joined.");
            }
        }
    }

    /** The gradients, and for complete methods a pass for each baseline, which is scored. */
    @Override
    long passes(Problem problem, Layer layer) {
        return (long) problem.baseline().count() * problem.settings().get(STEPS);
    }

    @Override
    final double[] map(Site site, Progress progress) {
        Tensor a = site.activations();
        double[] parts = parts(site, progress);
        int[] offsets = site.space().offsets(a);
        double[] map = new double[offsets.length];
        for (int i = 0; i < map.length; i++) {
            for (int c = 0; c < site.channels(); c++) {
                map[i] += parts[offsets[i] + c * a.stride('c')];
            }
        }
        return map;
    }

    /** What is attributed to each of the layer's activations, in their order. */
    final double[] parts(Site site, Progress progress) {
        List<Tensor> references = site.problem().baseline().references(site.problem().input());
        double[] parts = new double[site.activations().length()];
        for (int r = 0; r < references.size(); r++) {
            add(site, references.get(r), parts, Progress.part(progress, r, references.size()));
        }
        for (int i = 0; i < parts.length; i++) {
            parts[i] /= references.size();
        }
        return parts;
    }

    /** Takes activations and gradients of the layer at a point of the path. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param offset where those of the point begin in both arrays
         */
        void accept(int point, float[] activations, float[] gradient, int offset);
    }

    /**
     * Visits points of a path in order, batch by batch.
     *
     * @param from where the path lies: {@link Pass#IMAGE} or the layer
     * @param start where it begins, a baseline of what is there
     * @param end where it ends, of the same shape
     * @param alphas the points, from 0 to 1
     */
    final void sweep(
            Site site,
            String from,
            Tensor start,
            Tensor end,
            double[] alphas,
            Sink sink,
            Progress progress) {
        String layer = site.layer().name();
        Pass pass = Pass.gradient(layer).from(from);
        StraightPath path = new StraightPath(start.data(), end.data());
        Batches batches = new Batches(end);
        int batch = Batches.size(site.problem().settings().get(Declaration.BATCH), end);
        int length = site.activations().length();
        for (int first = 0; first < alphas.length; first += batch) {
            progress.update(first, alphas.length, declaration().name());
            int n = Math.min(batch, alphas.length - first);
            Tensor points = batches.of(n);
            for (int i = 0; i < n; i++) {
                path.write(alphas[first + i], points.data(), i * end.length());
            }
            Layers.Trace trace =
                    site.score()
                            .trace(
                                    pass,
                                    from.equals(Pass.IMAGE)
                                            ? Layers.Feed.image(points)
                                            : Layers.Feed.activations(points));
            float[] a = values(trace.activations(), layer);
            float[] g = values(trace.gradients(), layer);
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, a, g, i * length);
            }
        }
    }

    private static float[] values(Map<String, Tensor> at, String layer) {
        return at.get(layer).data();
    }
}
