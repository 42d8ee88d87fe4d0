/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static java.util.Map.entry;
import static sc.fiji.attribution.graph.gradient.Rule.first;
import static sc.fiji.attribution.graph.gradient.Rule.none;

import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Gradients of sums, means, extrema and products over axes. */
final class ReductionRules {

    static final Map<String, Rule> TABLE =
            Map.ofEntries(
                    entry("Sum", first((g, n, dy) -> spread(g, n, dy))),
                    entry("Mean", first(ReductionRules::mean)),
                    entry("Max", first(ReductionRules::extremum)),
                    entry("Min", first(ReductionRules::extremum)),
                    entry("Prod", first(ReductionRules::product)),
                    entry("EuclideanNorm", first(ReductionRules::norm)),
                    entry("L2Loss", first((g, n, dy) -> g.mul(n.in(0), dy))),
                    entry("Cumsum", first(ReductionRules::cumulative)),
                    entry("ArgMax", none()),
                    entry("ArgMin", none()));

    private ReductionRules() {}

    /** The reduced axes, non-negative, as an int32 vector. */
    private static Output axes(Ops g, Node n) {
        Output axes = g.reshape(n.in(1), g.vector(-1));
        return ShapeRules.axis(g, axes, n.in(0));
    }

    /** A reduced value in the shape it has with {@code keep_dims}. */
    private static Output keepAxes(Ops g, Node n, Output reduced) {
        if (n.flag("keep_dims")) {
            return reduced;
        }
        Output x = n.in(0);
        Output axes = axes(g, n);
        Output shape =
                g.emit(
                        "DynamicStitch",
                        List.of(g.range(g.rank(x)), axes, g.shape(x), g.onesLike(axes)),
                        "N",
                        2);
        return g.reshape(reduced, shape);
    }

    private static Output spread(Ops g, Node n, Output dy) {
        return g.emit("BroadcastTo", keepAxes(g, n, dy), g.shape(n.in(0)));
    }

    private static Output mean(Ops g, Node n, Output dy) {
        Output count = g.emit("FloorDiv", g.emit("Size", n.in(0)), g.emit("Size", dy));
        return spread(g, n, share(g, dy, count));
    }

    /** dy/count, where half precision cannot hold the count of a volume's voxels. */
    private static Output share(Ops g, Output dy, Output count) {
        DataType wide = wide(g.type(dy));
        return g.cast(g.div(g.cast(dy, wide), g.cast(count, wide)), g.type(dy));
    }

    private static DataType wide(DataType type) {
        return type == DataType.DT_DOUBLE ? type : DataType.DT_FLOAT;
    }

    /** Equal extrema share dy, as in TensorFlow. */
    private static Output extremum(Ops g, Node n, Output dy) {
        Output hit = g.emit("Equal", n.in(0), keepAxes(g, n, n.out()));
        Output ones = g.cast(hit, wide(g.type(dy)));
        Output ties = g.sumKeepingAxes(ones, axes(g, n));
        return g.where(hit, share(g, keepAxes(g, n, dy), ties));
    }

    /** ∂∏x/∂xᵢ: the product of all before times the product of all after, right at zeros too. */
    private static Output product(Ops g, Node n, Output dy) {
        Output x = n.in(0);
        Output axes = axes(g, n);
        Output all = g.range(g.rank(x));
        Output kept = g.emit("ListDiff", all, axes);
        Output order = g.concat(axes, kept);
        Output moved = g.emit("Transpose", x, order);
        Output count =
                g.emit(
                        "Prod",
                        List.of(g.emit("GatherV2", g.shape(x), axes, g.scalar(0)), g.vector(0)),
                        "keep_dims",
                        true);
        Output rows = g.reshape(moved, g.concat(count, g.vector(-1)));
        Output before = g.emit("Cumprod", List.of(rows, g.scalar(0)), "exclusive", true);
        Output after =
                g.emit("Cumprod", List.of(rows, g.scalar(0)), "exclusive", true, "reverse", true);
        Output others = g.reshapeLike(g.mul(before, after), moved);
        Output back = g.emit("Transpose", others, g.emit("InvertPermutation", order));
        return g.mul(back, keepAxes(g, n, dy));
    }

    /** ∂√Σx²/∂xᵢ = xᵢ/√Σx², and 0 where all are 0. */
    private static Output norm(Ops g, Node n, Output dy) {
        Output share = g.emit("DivNoNan", n.in(0), keepAxes(g, n, n.out()));
        return g.mul(share, keepAxes(g, n, dy));
    }

    private static Output cumulative(Ops g, Node n, Output dy) {
        return g.emit(
                "Cumsum",
                List.of(dy, n.in(1)),
                "exclusive",
                n.attr("exclusive"),
                "reverse",
                !n.flag("reverse"));
    }
}
