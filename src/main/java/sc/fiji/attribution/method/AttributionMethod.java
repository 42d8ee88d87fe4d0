/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Need;

/**
 * A way to say which voxels made a classifier decide so. Implementations have no state and a public
 * constructor without arguments, and carry {@code @MetaInfServices}; nothing else lists them.
 */
public interface AttributionMethod {

    Declaration declaration();

    /**
     * What it needs of a classifier besides scores. As most methods do, this one needs gradients at
     * the image unless it says otherwise.
     *
     * @param settings its options: other rules need other passes
     */
    default List<Need> needs(Settings settings) {
        return List.of(Need.GRADIENTS);
    }

    /**
     * Why this method cannot explain a classifier with its options as they are, in one line; empty
     * where it can.
     */
    default Optional<String> whyNot(Classifier classifier) {
        return whyNot(classifier, Settings.of(declaration().options(), Map.of()));
    }

    /** The same with these options. */
    default Optional<String> whyNot(Classifier classifier, Settings settings) {
        List<Need> needs = new ArrayList<>(needs(settings));
        if (looksAtPlaces(settings)) {
            needs.add(Need.ONE_GRID);
        }
        return Need.whyNot(needs, classifier);
    }

    /**
     * Whether it looks at a place in all inputs at once: a box, a region, a mask, or what a layer
     * has there. As effects are, and amounts are not.
     */
    default boolean looksAtPlaces(Settings settings) {
        List<Need> needs = needs(settings);
        return declaration().quantity() == Quantity.LEVEL
                || declaration().usesRegions()
                || needs.contains(Need.CONVOLUTION)
                || needs.contains(Need.LAYER_GRADIENTS);
    }

    /**
     * How many forward and backward passes a run takes; where a method stops by itself, the least
     * or the most that it may take.
     *
     * @throws AttributionException where the options do not fit the problem
     */
    long passes(Problem problem);

    /** One pass like most of a run's, to see how long it takes. */
    default void pass(Score score, Tensor image) {
        score.gradient(image);
    }

    /**
     * Computes the map of one image.
     *
     * <p>Peak memory is a few tensors of the size of a batch, whatever the number of passes.
     *
     * @throws AttributionException where the classifier cannot do what the method needs
     * @throws CancelledException where progress said stop
     */
    Attribution attribute(Problem problem, Progress progress);
}
