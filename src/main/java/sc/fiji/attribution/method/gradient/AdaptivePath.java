/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Score;

/**
 * Integrates a path piece by piece until every piece is complete.
 *
 * <p>Completeness holds for each piece [α, β] of the path by itself: what the piece adds to the map
 * must sum to f at β minus f at α, and f is cheap. A piece that misses this by more than its share
 * of the tolerance is halved; the others are kept as they are. Networks are steep near the
 * baseline, so this spends the gradients where they are needed. Memory: one more accumulator,
 * whatever the number of pieces.
 */
final class AdaptivePath {

    /** Gauss–Legendre nodes per piece. */
    static final int NODES = 8;

    /** Pieces shorter than 2^-MAX_DEPTH of the path are taken as they are: f jumps there. */
    private static final int MAX_DEPTH = 10;

    private static final Quadrature QUADRATURE = Quadrature.gaussLegendre(NODES);

    private final StraightPath path;
    private final GradientSweep sweep;
    private final Score score;
    private final Tensor point;
    private final double allowed;

    /**
     * @param input x, for its axes and shape
     * @param allowed largest sum of all pieces' completeness errors, in logits
     */
    AdaptivePath(
            StraightPath path, GradientSweep sweep, Score score, Tensor input, double allowed) {
        this.path = path;
        this.sweep = sweep;
        this.score = score;
        this.point = Tensor.zerosLike(input);
        this.allowed = allowed;
    }

    private record Piece(double from, double to, double scoreFrom, double scoreTo, int depth) {}

    /** Adds the mean gradient along the path to {@code sum}. */
    void integrate(double scoreOfBaseline, double[] sum, Progress progress) {
        Deque<Piece> open = new ArrayDeque<>();
        open.push(new Piece(0, 1, scoreOfBaseline, score.ofInput(), 0));
        double[] part = new double[sum.length];
        while (!open.isEmpty()) {
            Piece piece = open.pop();
            progress.update(Math.round(piece.from * 1000), 1000, "Integrated Gradients (adaptive)");
            Arrays.fill(part, 0);
            // Within a piece only cancelling is passed on: its length is not known beforehand.
            Progress cancel =
                    (done, total, what) ->
                            progress.update(
                                    Math.round(piece.from * 1000),
                                    1000,
                                    "Integrated Gradients (adaptive)");
            path.integrate(sweep, QUADRATURE, piece.from, piece.to, part, cancel);
            double error = Math.abs(path.total(part) - (piece.scoreTo - piece.scoreFrom));
            if (error <= allowed * (piece.to - piece.from) || piece.depth == MAX_DEPTH) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += part[i];
                }
            } else {
                double middle = (piece.from + piece.to) / 2;
                path.write(middle, point.data(), 0);
                double scoreMiddle = score.of(point);
                open.push(new Piece(middle, piece.to, scoreMiddle, piece.scoreTo, piece.depth + 1));
                open.push(
                        new Piece(
                                piece.from, middle, piece.scoreFrom, scoreMiddle, piece.depth + 1));
            }
        }
    }
}
