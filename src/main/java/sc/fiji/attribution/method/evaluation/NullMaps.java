/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;

/**
 * Maps that know nothing of the network: what a metric says of them is what it says of nothing.
 * Adebayo et al., Sanity Checks for Saliency Maps, 2018, on edges.
 */
public final class NullMaps {

    private NullMaps() {}

    /** Normal noise, of the axes and shape of a map. */
    public static Tensor random(Tensor map, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor noise = Tensor.zerosLike(map);
        for (int i = 0; i < noise.length(); i++) {
            noise.data()[i] = (float) random.nextGaussian();
        }
        return noise;
    }

    /**
     * The magnitude of the image's gradient over space by central differences, which is what an
     * edge detector sees, of the map's axes and shape; channels are added up where the map has
     * none.
     */
    public static Tensor edges(Tensor input, Tensor map) {
        Tensor edges = Tensor.zerosLike(map);
        Tensor.Along channels = input.along('c');
        boolean summed = map.length() != input.length();
        for (int i = 0; i < input.length(); i++) {
            double square = 0;
            for (int axis = 0; axis < input.shape().length; axis++) {
                char name = input.axes().axis(axis);
                if (name != 'b' && name != 'c') {
                    double slope = slope(input, i, name);
                    square += slope * slope;
                }
            }
            int at = summed ? channels.without(i) : i;
            edges.data()[at] += (float) Math.sqrt(square);
        }
        return edges;
    }

    private static double slope(Tensor input, int at, char axis) {
        Tensor.Along along = input.along(axis);
        int place = along.place(at);
        int before = place == 0 ? 0 : along.stride();
        int after = place == along.size() - 1 ? 0 : along.stride();
        int distance = (before + after) / along.stride();
        return distance == 0
                ? 0
                : ((double) input.data()[at + after] - input.data()[at - before]) / distance;
    }

    /**
     * What a metric says of maps that know nothing.
     *
     * @param random one for each map of noise
     * @param edges of the image's edges
     * @param randomCurve the mean of those that have one
     */
    record Figures(
            double[] random, double edges, List<Double> randomCurve, List<Double> edgesCurve) {

        /** Of those where it is defined. */
        double mean() {
            return known().average().orElse(Double.NaN);
        }

        /** The least and the largest of those where it is defined. */
        Interval spread() {
            DoubleSummaryStatistics all = known().summaryStatistics();
            return all.getCount() == 0 ? Interval.NONE : new Interval(all.getMin(), all.getMax());
        }

        private DoubleStream known() {
            return Arrays.stream(random).filter(value -> !Double.isNaN(value));
        }
    }

    /**
     * In the place of a map that is judged, of its axes and shape.
     *
     * @param drawn maps of noise that were drawn for other images
     */
    static Figures figures(Metric metric, Comparison.Trials trials, long drawn, Progress progress) {
        Trial trial = trials.of(metric);
        double[] values = new double[Comparison.RANDOM_MAPS];
        List<List<Double>> curves = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            long seed = trial.seed() + 1 + drawn + i;
            Tensor map = random(trial.map(), seed);
            Trial none =
                    trial.explained()
                            .map(real -> trial.by(NullMethod.random(real, map, seed), map))
                            .orElse(trial.with(map));
            Finding finding = metric.evaluate(none, progress);
            values[i] = finding.value();
            // A figure that is not defined has no curve.
            if (!finding.curve().isEmpty()) {
                curves.add(finding.curve());
            }
        }
        Tensor map = edges(trials.picture(metric), trial.map());
        Trial none =
                trial.explained()
                        .map(real -> trial.by(NullMethod.edges(real, map), map))
                        .orElse(trial.with(map));
        Finding edges = metric.evaluate(none, progress);
        return new Figures(values, edges.value(), mean(curves), edges.curve());
    }

    private static List<Double> mean(List<List<Double>> curves) {
        int points = curves.stream().mapToInt(List::size).min().orElse(0);
        return IntStream.range(0, points)
                .mapToObj(k -> curves.stream().mapToDouble(c -> c.get(k)).average().orElseThrow())
                .toList();
    }
}
