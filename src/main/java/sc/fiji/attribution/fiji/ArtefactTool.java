/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.evaluation.Artefact;
import sc.fiji.attribution.fiji.evaluation.ArtefactResult;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.MadeMaps;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.NullMaps;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Puts a known signature into an image, and asks whether the network's score moves and whether each
 * method's map shows it: ground truth where nobody has a mask. Needs no SciJava context and no
 * display.
 */
public final class ArtefactTool {

    private static final Metric AUC = Metrics.named("Voxel AUC").get(0);

    private final EvaluationTool tool;
    private final List<ArtefactResult.Effect> effects = new ArrayList<>();
    private int size;
    private double strength = Double.NaN;
    private long seed;

    /**
     * @param tool judges the maps: its model, target, baseline and metrics
     */
    public ArtefactTool(EvaluationTool tool) {
        this.tool = tool;
    }

    /** As {@link Artefact#plant} takes it; default 0. */
    public ArtefactTool size(int voxels) {
        if (voxels < 0) {
            throw new OptionException("size=" + voxels + ": expected voxels, or 0 for the usual.");
        }
        this.size = voxels;
        return this;
    }

    /** As {@link Artefact#plant} takes it; default NaN. */
    public ArtefactTool strength(double share) {
        this.strength = share;
        return this;
    }

    /** Start of the random numbers; default 0. */
    public ArtefactTool seed(long start) {
        this.seed = start;
        return this;
    }

    /**
     * Tries one artefact. The target stays that of the image as it was, also where the planted
     * image is told to be of another class.
     *
     * @return the image with the artefact in it
     * @throws AttributionException where image, options or model do not fit
     */
    public ImagePlus plant(
            ImagePlus image, Artefact artefact, List<ChosenMethod> methods, Progress progress) {
        Artefact.Planted planted = artefact.plant(image, size, strength, seed);
        // Maps before and after, then the judgement.
        MadeMaps clean = tool.make(image, Optional.empty(), methods, Progress.part(progress, 0, 3));
        tool.target(clean.scored().target());
        MadeMaps made =
                tool.make(
                        planted.image(),
                        Optional.of(planted.mask()),
                        methods,
                        Progress.part(progress, 1, 3));
        boolean[] mask = made.test().mask().orElseThrow();
        Map<String, Double> change = new LinkedHashMap<>();
        made.maps()
                .forEach(
                        (method, map) ->
                                change.put(method, auc(map, clean.maps().get(method), mask)));
        Tensor like = made.maps().values().iterator().next();
        effects.add(
                new ArtefactResult.Effect(
                        planted.image().getTitle(),
                        artefact.text(),
                        clean.scored().target(),
                        clean.scored().ofInput(),
                        made.scored().ofInput(),
                        clean.scored().ofReference(),
                        planted.share(),
                        change,
                        auc(NullMaps.random(like, seed), NullMaps.random(like, seed + 1), mask),
                        auc(
                                NullMaps.edges(made.test().picture(), like),
                                NullMaps.edges(clean.test().picture(), like),
                                mask)));
        tool.judge(made, Progress.part(progress, 2, 3));
        return planted.image();
    }

    private static double auc(Tensor a, Tensor b, boolean[] mask) {
        Tensor difference = Tensor.zerosLike(a);
        for (int i = 0; i < a.length(); i++) {
            difference.data()[i] = Math.abs(a.data()[i] - b.data()[i]);
        }
        return AUC.evaluate(Trial.of(difference, mask), Progress.NONE).value();
    }

    /** What was found so far. */
    public ArtefactResult result() {
        return new ArtefactResult(List.copyOf(effects), tool.result());
    }
}
