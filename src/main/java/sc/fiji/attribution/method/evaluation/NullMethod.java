/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.perturbation.Box;

/** A method that never asks the network, in the place of the one that is judged. */
final class NullMethod implements Explained, Explainer {

    private final Explained real;
    private final UnaryOperator<Tensor> maker;

    private NullMethod(Explained real, UnaryOperator<Tensor> maker) {
        this.real = real;
        this.maker = maker;
    }

    /** Draws another map each time that it is asked. */
    static NullMethod random(Explained real, Tensor map, long seed) {
        long[] drawn = {seed};
        return new NullMethod(real, image -> NullMaps.random(map, 31 * drawn[0]++ + seed));
    }

    /** Sees the edges of each image. */
    static NullMethod edges(Explained real, Tensor map) {
        return new NullMethod(real, image -> NullMaps.edges(image, map));
    }

    @Override
    public Tensor input() {
        return real.input();
    }

    @Override
    public Tensor reference() {
        return real.reference();
    }

    @Override
    public double[] scores(Tensor batch) {
        return real.scores(batch);
    }

    @Override
    public double ofInput() {
        return real.ofInput();
    }

    @Override
    public double ofReference() {
        return real.ofReference();
    }

    @Override
    public float[][] logits(Tensor batch) {
        return real.logits(batch);
    }

    @Override
    public Optional<Regions> regions() {
        return real.regions();
    }

    @Override
    public Optional<double[]> without(List<Box> boxes, Progress progress) {
        return real.without(boxes, progress);
    }

    @Override
    public double[] once(Object question, Supplier<double[]> scores) {
        return real.once(question, scores);
    }

    @Override
    public Optional<Explainer> explainer() {
        return Optional.of(this);
    }

    @Override
    public Tensor map(Tensor image, Progress progress) {
        return maker.apply(image);
    }

    @Override
    public List<String> layers() {
        return real.explainer().map(Explainer::layers).orElse(List.of());
    }

    @Override
    public List<String> otherTargets() {
        return real.explainer().map(Explainer::otherTargets).orElse(List.of());
    }

    @Override
    public boolean hasRandomLabels() {
        return real.explainer().map(Explainer::hasRandomLabels).orElse(false);
    }

    @Override
    public Tensor mapOf(Change change, Progress progress) {
        return maker.apply(
                change instanceof Change.Shifted shifted
                        ? shifted.image(real.input())
                        : real.input());
    }

    @Override
    public long passes() {
        return 0;
    }
}
