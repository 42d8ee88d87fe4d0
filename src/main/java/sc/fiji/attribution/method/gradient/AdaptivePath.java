/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.method.Score;

/**
 * Integrates a path piece by piece, the finer the worse it goes.
 *
 * <p>Completeness holds for each piece [α, β] of the path by itself: what the piece adds to the map
 * must sum to f at β minus f at α, and f is cheap. The worst piece, and of such the longest, is
 * halved, until all pieces together miss less than is allowed. Networks are steep near the
 * baseline, so this spends the gradients where they are needed. A piece is kept to be taken out of
 * the sum when it is halved, as long as the pieces take no more than a quarter of the free memory;
 * others are computed once more.
 *
 * <p>Where f jumps, no gradient shows it: halving finds the place, but not what is missing there.
 * The shortest pieces are left as they are, and the result says so.
 */
final class AdaptivePath {

    /** Gauss–Legendre nodes per piece. */
    static final int NODES = 8;

    /** Pieces shorter than 2^-MAX_DEPTH of the path are taken as they are. */
    private static final int MAX_DEPTH = 20;

    /** A jump takes MAX_DEPTH of them; where there are many, more of them would not help. */
    private static final int MOST_HALVINGS = 256;

    private static final Quadrature QUADRATURE = Quadrature.gaussLegendre(NODES);

    private final StraightPath path;
    private final GradientSweep sweep;
    private final Score score;
    private final Tensor point;
    private final double allowed;
    private final double[] sum;
    private final double[] part;
    private final Deque<double[]> unused = new ArrayDeque<>();
    private long room;

    /**
     * @param input x, for its axes and shape
     * @param allowed largest sum of all pieces' completeness errors, in logits
     * @param sum takes the mean gradient along the path
     */
    AdaptivePath(
            StraightPath path,
            GradientSweep sweep,
            Score score,
            Tensor input,
            double allowed,
            double[] sum) {
        this.path = path;
        this.sweep = sweep;
        this.score = score;
        this.point = Tensor.zerosLike(input);
        this.allowed = allowed;
        this.sum = sum;
        this.part = new double[sum.length];
        this.room = JavaHeap.free() / 4 / Double.BYTES / sum.length;
    }

    /**
     * @param error what the piece adds to the map beyond f at its ends
     * @param gradient what it added to the sum; null where there was no room for it
     */
    private record Piece(
            double from,
            double to,
            double scoreFrom,
            double scoreTo,
            int depth,
            double error,
            double[] gradient) {

        double missed() {
            return Math.abs(error);
        }

        /** Long pieces come first: what a short one misses is more likely a jump. */
        double urgency() {
            return missed() * Math.sqrt(to - from);
        }
    }

    /**
     * Adds the mean gradient along the path to the sum.
     *
     * @return what could not be resolved, for people; empty where the tolerance was kept
     */
    Optional<String> integrate(double scoreOfBaseline, Progress progress) {
        PriorityQueue<Piece> open =
                new PriorityQueue<>(Comparator.comparingDouble(Piece::urgency).reversed());
        List<Piece> shortest = new ArrayList<>();
        open.add(add(0, 1, scoreOfBaseline, score.ofInput(), 0, progress));
        int halvings = 0;
        while (missed(open) > allowed && halvings < MOST_HALVINGS) {
            Piece piece = open.poll();
            if (piece.depth == MAX_DEPTH) {
                shortest.add(piece);
                continue;
            }
            Progress inside = at(progress, halvings++);
            remove(piece, inside);
            double middle = (piece.from + piece.to) / 2;
            path.write(middle, point.data(), 0);
            double scoreMiddle = score.of(point);
            int depth = piece.depth + 1;
            open.add(add(piece.from, middle, piece.scoreFrom, scoreMiddle, depth, inside));
            open.add(add(middle, piece.to, scoreMiddle, piece.scoreTo, depth, inside));
        }
        shortest.addAll(open);
        return unresolved(shortest);
    }

    /** Cancelling is passed on from within a piece; how many pieces there will be, nobody knows. */
    private static Progress at(Progress progress, int halvings) {
        return (done, total, what) ->
                progress.update(halvings, MOST_HALVINGS, "Integrated Gradients (adaptive)");
    }

    private static double missed(Iterable<Piece> pieces) {
        double missed = 0;
        for (Piece piece : pieces) {
            missed += piece.missed();
        }
        return missed;
    }

    private Piece add(
            double from,
            double to,
            double scoreFrom,
            double scoreTo,
            int depth,
            Progress progress) {
        double[] kept = kept();
        double[] gradient = kept == null ? part : kept;
        integrate(from, to, gradient, progress);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += gradient[i];
        }
        double error = path.total(gradient) - (scoreTo - scoreFrom);
        return new Piece(from, to, scoreFrom, scoreTo, depth, error, kept);
    }

    private double[] kept() {
        if (unused.isEmpty() && room > 0) {
            room--;
            return new double[sum.length];
        }
        return unused.poll();
    }

    private void remove(Piece piece, Progress progress) {
        double[] gradient = piece.gradient == null ? part : piece.gradient;
        if (piece.gradient == null) {
            integrate(piece.from, piece.to, part, progress);
        } else {
            unused.push(piece.gradient);
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] -= gradient[i];
        }
    }

    private void integrate(double from, double to, double[] gradient, Progress progress) {
        Arrays.fill(gradient, 0);
        path.integrate(sweep, QUADRATURE, from, to, gradient, progress);
    }

    private Optional<String> unresolved(List<Piece> pieces) {
        double missed = missed(pieces);
        if (missed <= allowed) {
            return Optional.empty();
        }
        Piece worst = pieces.stream().max(Comparator.comparingDouble(Piece::missed)).orElseThrow();
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "the score changes by %.3g where no gradient shows it, as where it jumps;"
                                + " by %.3g at %.6f of the way from the baseline",
                        missed,
                        worst.missed(),
                        worst.from));
    }
}
