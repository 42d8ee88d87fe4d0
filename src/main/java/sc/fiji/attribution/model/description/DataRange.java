/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.util.Optional;
import sc.fiji.attribution.core.Span;
import sc.fiji.attribution.core.Tensor;

/**
 * The range of pixel values that a model takes, before its pre-processing.
 *
 * @param min smallest value, or −∞
 * @param max largest value, or ∞
 */
public record DataRange(double min, double max) {

    /** A range that values between -1 and 1 cannot be of. */
    private static final double LARGE = 100;

    public static final DataRange ANY =
            new DataRange(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** One line where values lie outside, which a network does not expect; empty where none do. */
    public Optional<String> warning(Tensor input) {
        return equals(ANY) ? Optional.empty() : warning(Span.of(input.data()));
    }

    /** The same of values of which it is known how far they go. */
    public Optional<String> warning(Span span) {
        float low = span.low();
        float high = span.high();
        // Range and values may have been rounded differently.
        double slack = 1e-5 * Math.max(Math.abs(low), Math.abs(high));
        if (low >= min - slack && high <= max + slack) {
            boolean faint = max - min >= LARGE && high > low && high <= 1 && low >= -1;
            return faint && max < Double.POSITIVE_INFINITY
                    ? Optional.of(
                            "The image has values from "
                                    + low
                                    + " to "
                                    + high
                                    + " only, but the model's description says "
                                    + this
                                    + ": bring the image on that scale.")
                    : Optional.empty();
        }
        return Optional.of(
                "The image has values from "
                        + low
                        + " to "
                        + high
                        + ", but the model's description allows "
                        + this
                        + ": bring the image on that scale.");
    }

    @Override
    public String toString() {
        return "[" + min + ", " + max + "]";
    }
}
