/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Rule.none;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_SIGN;
import static sc.fiji.attribution.graph.ir.Trait.LINEAR;
import static sc.fiji.attribution.graph.ir.Trait.MAXIMUM;
import static sc.fiji.attribution.graph.ir.Trait.MINIMUM;
import static sc.fiji.attribution.graph.ir.Trait.NONLINEAR;
import static sc.fiji.attribution.graph.ir.Trait.NON_NEGATIVE;
import static sc.fiji.attribution.graph.ir.Trait.PIECEWISE_CONSTANT;
import static sc.fiji.attribution.graph.ir.Trait.REDUCTION;

import java.util.List;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Gradients of sums, means, extrema and products over axes. */
@MetaInfServices(Op.Family.class)
public final class ReductionRules implements Op.Family {

    private static final List<Op> OPS =
            List.of(
                    op("Sum", first((g, n, dy) -> spread(g, n, dy)), REDUCTION, LINEAR, KEEPS_SIGN),
                    op("Mean", first(ReductionRules::mean), REDUCTION, LINEAR, KEEPS_SIGN),
                    op("Max", first(ReductionRules::extremum), REDUCTION, MAXIMUM, KEEPS_SIGN),
                    op("Min", first(ReductionRules::extremum), REDUCTION, MINIMUM, KEEPS_SIGN),
                    op("Prod", first(ReductionRules::product), REDUCTION, NONLINEAR, KEEPS_SIGN),
                    op(
                            "EuclideanNorm",
                            first(ReductionRules::norm),
                            REDUCTION,
                            NONLINEAR,
                            NON_NEGATIVE),
                    op("L2Loss", first((g, n, dy) -> g.mul(n.in(0), dy)), NONLINEAR, NON_NEGATIVE),
                    op("Cumsum", first(ReductionRules::cumulative), LINEAR, KEEPS_SIGN),
                    op("ArgMax", none(), PIECEWISE_CONSTANT),
                    op("ArgMin", none(), PIECEWISE_CONSTANT));

    @Override
    public List<Op> ops() {
        return OPS;
    }

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
