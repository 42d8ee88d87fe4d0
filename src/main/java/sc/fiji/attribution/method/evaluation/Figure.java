/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

/**
 * What a metric says of a method's map of an image.
 *
 * @param image its title; {@link Comparison#ALL} for the mean over images
 * @param method whose map
 * @param metric by which
 * @param value NaN where it is not defined
 * @param interval over images; of one image {@link Interval#NONE}, but for maps of noise
 * @param nothing what the metric says of maps that know nothing
 * @param passes that the metric takes for this map, where it is the only one
 */
public record Figure(
        String image,
        String method,
        Metric metric,
        double value,
        Interval interval,
        Nothing nothing,
        long passes) {

    /**
     * Of maps that know nothing of the network.
     *
     * @param random mean over {@link Comparison#RANDOM_MAPS} maps of noise, where it is defined
     * @param spread the least and the largest of those maps; of several images the interval of the
     *     mean
     * @param edges of the image's edges
     */
    public record Nothing(double random, Interval spread, double edges) {}

    Figure within(Interval other) {
        return new Figure(image, method, metric, value, other, nothing, passes);
    }

    public double low() {
        return interval.low();
    }

    public double high() {
        return interval.high();
    }

    public double random() {
        return nothing.random();
    }

    public double edges() {
        return nothing.edges();
    }

    /** Which end is the better one. */
    public MetricDeclaration.Better better() {
        return metric.declaration().better();
    }

    /** Whether the figure speaks for the map more than another one does; NaN never does. */
    public boolean beats(double other) {
        return switch (better()) {
            case HIGHER -> value > other || Double.isNaN(other) && !Double.isNaN(value);
            case LOWER -> value < other || Double.isNaN(other) && !Double.isNaN(value);
            case NEITHER -> false;
        };
    }

    /** Whether it is better than each map of noise. */
    public boolean beatsNoise() {
        double end =
                better() == MetricDeclaration.Better.LOWER
                        ? nothing.spread().low()
                        : nothing.spread().high();
        return beats(random()) && (Double.isNaN(end) || beats(end));
    }
}
