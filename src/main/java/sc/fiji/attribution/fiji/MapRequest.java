/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.segmentation.MapPart;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/** What an {@link AttributionTool} was asked for, whatever the image. */
record MapRequest(
        Classifier classifier,
        AttributionMethod method,
        Map<String, String> options,
        String target,
        BaselineChoice baseline,
        MapImage.Channels channels,
        DivergingLut colours,
        Optional<RegionChoice> regions,
        Optional<RegionChoice> inside,
        MapPart where,
        MapPart.Pooling pooling) {

    Settings settings() {
        return Settings.of(method.declaration().options(), options);
    }

    /** Whether a map for each class is meant. */
    boolean isAll() {
        return AllClasses.meant(target, classifier.spec().labels());
    }

    /** Refuses now what does not fit the model or the method. */
    void require() {
        AttributionMethods.require(method, classifier, settings());
        requireUse();
        requireTarget();
    }

    /** Choices that the method would not look at. */
    private void requireUse() {
        Declaration declaration = method.declaration();
        if (regions.isPresent() && !declaration.usesRegions()) {
            throw new OptionException(
                    "regions: " + declaration.name() + " does not use regions; leave them out.");
        }
        if (inside.isPresent() && !declaration.changesImage()) {
            throw new OptionException(
                    "inside: "
                            + declaration.name()
                            + " looks at the whole image; leave the mask out, or mask the map.");
        }
    }

    /** Refuses what there is not. */
    private void requireTarget() {
        boolean all = AllClasses.requireTarget(classifier, targetClass());
        requireMap(all);
        if (all && channels == MapImage.Channels.KEEP) {
            throw new OptionException(
                    "channels=keep: with target=all the channels of the result are the classes;"
                            + " take channels=sum, or one class.");
        }
    }

    /** The target without the voxel that it names, which is a part of the map. */
    String targetClass() {
        return MapPart.classOf(target, classifier.spec());
    }

    /** The voxel of a map of scores that the target names. */
    Optional<MapPart.Voxel> voxel() {
        ModelSpec model = classifier.spec();
        return model.map().isPresent() ? MapPart.voxel(target, model) : Optional.empty();
    }

    /** Refuses a part of a map where there is no map, or more than one part is named. */
    private void requireMap(boolean all) {
        boolean chosen = !(where instanceof MapPart.Everywhere) || pooling != MapPart.Pooling.MEAN;
        if (!chosen) {
            return;
        }
        if (classifier.spec().map().isEmpty()) {
            throw new OptionException(
                    "where, pooling: model '"
                            + classifier.spec().name()
                            + "' scores the whole image, not each place in it; leave them out.");
        }
        boolean unit =
                !all
                        && Score.target(classifier, targetClass())
                                .map(found -> found instanceof Target.Unit)
                                .orElse(false);
        if (unit || voxel().isPresent() && !(where instanceof MapPart.Everywhere)) {
            throw new OptionException(
                    "where: target '"
                            + target
                            + "' names a place already; leave where out, or name a class alone.");
        }
    }
}
