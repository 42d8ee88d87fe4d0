/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.List;
import sc.fiji.attribution.cohort.statistics.Estimate;

/** The same subject at two levels of the confound: how far the score moves. */
public final class Twins {

    /**
     * @param first at the level that comes first in alphabetical order
     * @param second at the other
     */
    public record Pair(Score first, Score second) {

        /** In that order, whichever of two is given first. */
        public static Pair of(Score one, Score other) {
            return one.level().compareTo(other.level()) <= 0
                    ? new Pair(one, other)
                    : new Pair(other, one);
        }

        double shift() {
            return first.value() - second.value();
        }
    }

    private Twins() {}

    /** The mean shift with Student's interval. */
    public static Evidence of(List<Pair> pairs) {
        Estimate shift = Estimate.mean(pairs.stream().mapToDouble(Pair::shift).toArray());
        boolean moves = shift.low() > 0 || shift.high() < 0;
        return Evidence.of(
                "shift of the score between twins",
                shift,
                pairs.size() < 2
                        ? Verdict.CANNOT_BE_TOLD.toString()
                        : moves ? "the score moves" : "no shift shown");
    }
}
