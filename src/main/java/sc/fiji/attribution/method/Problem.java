/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Optional;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.model.Classifier;

/**
 * What is asked of a method.
 *
 * @param classifier the network; stays open
 * @param input one image with the model's axes, batch 1
 * @param target a class, a difference of classes, a hidden unit or {@code predicted}: see {@link
 *     sc.fiji.attribution.core.Target#parse}
 * @param baseline read by methods that declare it
 * @param settings the method's options
 * @param grid how the input lies in the image
 * @param regions read by methods that declare it
 * @param inside where to look: on the model's grid without channels, 0 outside; empty for
 *     everywhere
 * @param area where a map of scores is explained; empty for its mean everywhere, and for networks
 *     that score the whole image
 */
public record Problem(
        Classifier classifier,
        Tensor input,
        String target,
        Baseline baseline,
        Settings settings,
        Grid grid,
        Optional<Regions> regions,
        Optional<Tensor> inside,
        Optional<Area> area) {

    /** Everywhere in an input on the image's own grid, without regions. */
    public Problem(
            Classifier classifier,
            Tensor input,
            String target,
            Baseline baseline,
            Settings settings) {
        this(
                classifier,
                input,
                target,
                baseline,
                settings,
                Grid.SAME,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Of a network that scores the whole image, or of the mean of a map. */
    public Problem(
            Classifier classifier,
            Tensor input,
            String target,
            Baseline baseline,
            Settings settings,
            Grid grid,
            Optional<Regions> regions,
            Optional<Tensor> inside) {
        this(
                classifier,
                input,
                target,
                baseline,
                settings,
                grid,
                regions,
                inside,
                Optional.empty());
    }

    public Problem {
        if (input.size('b') != 1) {
            throw new IllegalArgumentException("expected one image, got " + input);
        }
    }

    /** The same with options. */
    public Problem with(Settings options) {
        return new Problem(
                classifier, input, target, baseline, options, grid, regions, inside, area);
    }

    /** The same with regions. */
    public Problem with(Regions some) {
        return new Problem(
                classifier,
                input,
                target,
                baseline,
                settings,
                grid,
                Optional.of(some),
                inside,
                area);
    }

    /** The same for another target, by a classifier that answers as this one does. */
    Problem of(Classifier other, String wanted) {
        return new Problem(other, input, wanted, baseline, settings, grid, regions, inside, area);
    }

    /** The same within a mask. */
    public Problem within(Tensor mask) {
        return new Problem(
                classifier,
                input,
                target,
                baseline,
                settings,
                grid,
                regions,
                Optional.of(mask),
                area);
    }

    /** The same for a part of the map of scores. */
    public Problem at(Area part) {
        return new Problem(
                classifier,
                input,
                target,
                baseline,
                settings,
                grid,
                regions,
                inside,
                Optional.of(part));
    }
}
