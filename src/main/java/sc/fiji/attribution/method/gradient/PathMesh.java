/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where along a path the gradient is known, how well that does for its integral, and where it is
 * wanted next.
 *
 * <p>Between two nodes the gradient is a weighted mean of theirs, and towards the ends that of the
 * nearest node: at a plain baseline itself it would be of no use, since many units of a network are
 * just at their kink there. What an interval must add to f is known, as the pass that gives a
 * gradient gives f too, and the weights are chosen so that it does, within limits. This is exact
 * where the interval has one kink, and of third order where f is smooth. Rules of higher order give
 * no better maps of networks of ReLUs: a voxel's gradient is made of steps, many along the way.
 *
 * <p>Where much would be missed, or where the map still changes from node to node, intervals are
 * halved; that takes one gradient each, and none is thrown away. It is enough when what is missed
 * of f is as small as allowed: all intervals together, which may be by chance, and as is to be
 * expected of errors of either sign, the root of their squares' sum.
 */
final class PathMesh {

    /** Nodes at the beginning, evenly spaced. */
    static final int FIRST = 8;

    /** Where that many are not enough, more would not help. */
    static final int MOST = 2048;

    /** Intervals shorter than this are taken as they are. */
    private static final double SHORTEST = 1.0 / (1 << 20);

    /** A round halves the worst interval and others that are not better than by this factor. */
    private static final double NEARLY_WORST = 1.0 / 8;

    /** How much of the nodes' number a round adds at most. */
    private static final double GROWTH = 1.0 / 4;

    /**
     * Which share of the difference of two nodes' maps an interval may miss of the map, compared
     * with what it misses of f.
     */
    private static final double OF_DIFFERENCE = 1.0 / 10;

    /** How much larger the error that is to be expected may be than that allowed. */
    private static final double EXPECTED = 2;

    /** The least weight of a node beside another: maps of few gradients are rough. */
    private static final double LEAST_WEIGHT = 1.0 / 4;

    /**
     * @param at α, from 0 at the baseline to 1
     * @param score f there
     * @param slope df/dα there
     * @param sample what some voxels add to the slope, the same ones for all nodes
     */
    record Node(double at, double score, double slope, float[] sample) {}

    /**
     * @param weight of the node to the left; that to the right has the rest
     * @param error what the integral misses of f
     * @param plainError what it would miss with equal weights
     * @param change by how much the map would change from one end to the other
     */
    private record Interval(
            double from, double to, double weight, double error, double plainError, double change) {

        boolean canBeHalved() {
            return to - from > SHORTEST;
        }

        double middle() {
            return (from + to) / 2;
        }
    }

    private final double scoreOfBaseline;
    private final double scoreOfInput;
    private final double allowed;
    private final List<Node> nodes = new ArrayList<>();
    private List<Interval> intervals = List.of();

    /**
     * @param allowed the largest difference between the integral and f(x) − f(baseline)
     */
    PathMesh(double scoreOfBaseline, double scoreOfInput, double allowed) {
        this.scoreOfBaseline = scoreOfBaseline;
        this.scoreOfInput = scoreOfInput;
        this.allowed = allowed;
    }

    /** Where the gradient is wanted at first, ascending. */
    static double[] first() {
        return Quadrature.riemann(FIRST, 0.5).nodes();
    }

    void add(Collection<Node> more) {
        nodes.addAll(more);
        nodes.sort(Comparator.comparingDouble(Node::at));
        intervals = IntStream.rangeClosed(0, nodes.size()).mapToObj(this::interval).toList();
    }

    private Interval interval(int i) {
        int n = nodes.size();
        Node left = nodes.get(Math.max(0, i - 1));
        Node right = nodes.get(Math.min(n - 1, i));
        double from = i == 0 ? 0 : left.at;
        double to = i == n ? 1 : right.at;
        double below = i == 0 ? scoreOfBaseline : left.score;
        double above = i == n ? scoreOfInput : right.score;
        double length = to - from;
        double slope = (above - below) / length;
        double weight = weight(left.slope, right.slope, slope);
        double mean = weight * left.slope + (1 - weight) * right.slope;
        double plain = (left.slope + right.slope) / 2;
        double change = length * difference(left, right);
        if (i == 0 || i == n) {
            // As it goes on from the interval beside.
            Node one = nodes.get(i == 0 ? 0 : n - 2);
            Node other = nodes.get(i == 0 ? 1 : n - 1);
            change = length * difference(one, other) * length / (other.at - one.at);
        }
        return new Interval(
                from, to, weight, length * (mean - slope), length * (plain - slope), change);
    }

    /** That with which the mean of two slopes is the one wanted, as far as it may be. */
    private static double weight(double left, double right, double wanted) {
        double exact = left == right ? 0.5 : (wanted - right) / (left - right);
        return Math.max(LEAST_WEIGHT, Math.min(1 - LEAST_WEIGHT, exact));
    }

    private static double difference(Node one, Node other) {
        double sum = 0;
        for (int i = 0; i < one.sample.length; i++) {
            sum += Math.abs(other.sample[i] - one.sample[i]);
        }
        return sum;
    }

    /** How much each node counts in the integral, in their order; they sum to 1. */
    double[] weights() {
        int n = nodes.size();
        double[] weights = new double[n];
        for (int i = 0; i <= n; i++) {
            Interval interval = intervals.get(i);
            double length = interval.to - interval.from;
            weights[Math.max(0, i - 1)] += interval.weight * length;
            weights[Math.min(n - 1, i)] += (1 - interval.weight) * length;
        }
        return weights;
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Where the gradient is wanted next, ascending; none where it is known well enough. */
    double[] next() {
        List<Interval> open = intervals.stream().filter(Interval::canBeHalved).toList();
        int room = Math.min((int) (nodes.size() * GROWTH), MOST - nodes.size());
        if (open.isEmpty() || room == 0 || isSmall(open)) {
            return new double[0];
        }
        double share = shareOfChange();
        Comparator<Interval> worst =
                Comparator.comparingDouble(interval -> -urgency(interval, share));
        List<Interval> sorted = open.stream().sorted(worst).toList();
        double least = NEARLY_WORST * urgency(sorted.get(0), share);
        return sorted.stream()
                .limit(room)
                .filter(interval -> urgency(interval, share) >= least)
                .mapToDouble(Interval::middle)
                .sorted()
                .toArray();
    }

    private static double urgency(Interval interval, double share) {
        return Math.max(Math.abs(interval.plainError), share * interval.change);
    }

    /** Brings a change of the map to the measure of f. */
    private double shareOfChange() {
        double[] weights = weights();
        double[] map = new double[nodes.get(0).sample.length];
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < map.length; j++) {
                map[j] += weights[i] * nodes.get(i).sample[j];
            }
        }
        double whole = IntStream.range(0, map.length).mapToDouble(j -> Math.abs(map[j])).sum();
        return whole == 0 ? 0 : OF_DIFFERENCE * Math.abs(scoreOfInput - scoreOfBaseline) / whole;
    }

    private boolean isSmall(List<Interval> some) {
        return excess(some) <= 1;
    }

    /** How often the error that is allowed is in that of these intervals. */
    private double excess(List<Interval> some) {
        double sum = 0;
        double squares = 0;
        for (Interval interval : some) {
            sum += interval.error;
            squares += interval.error * interval.error;
        }
        double error = Math.max(Math.abs(sum), Math.sqrt(squares) / EXPECTED);
        return error == 0 ? 0 : error / allowed;
    }

    /** About how many nodes it will take, as errors fall with their number. */
    int likely() {
        return (int) Math.min(MOST, Math.ceil(nodes.size() * Math.max(1, excess(intervals))));
    }

    /** What could not be resolved, for people; empty where the error is as allowed. */
    Optional<String> unresolved() {
        if (isSmall(intervals)) {
            return Optional.empty();
        }
        Interval worst =
                intervals.stream()
                        .max(Comparator.comparingDouble(interval -> Math.abs(interval.error)))
                        .orElseThrow();
        if (worst.canBeHalved()) {
            return Optional.of(
                    "the score is too rough along the path: "
                            + nodes.size()
                            + " gradients are not enough for this tolerance");
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "the score jumps where no gradient shows it; by %.3g at %.6f of the way"
                                + " from the baseline",
                        Math.abs(worst.error),
                        worst.from));
    }
}
