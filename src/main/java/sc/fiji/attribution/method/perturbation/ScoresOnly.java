/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.List;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Need;

/** A method that looks at scores only, and so can explain every classifier. */
public interface ScoresOnly extends AttributionMethod {

    @Override
    default List<Need> needs(Settings settings) {
        return List.of();
    }

    @Override
    default void pass(Score score, Tensor image) {
        score.of(image);
    }
}
