/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.JOINS;
import static sc.fiji.attribution.graph.ir.Trait.LINEAR;
import static sc.fiji.attribution.graph.ir.Trait.MOVES;
import static sc.fiji.attribution.graph.ir.Trait.NONLINEAR;
import static sc.fiji.attribution.graph.ir.Trait.PADS;
import static sc.fiji.attribution.graph.ir.Trait.PIECEWISE_CONSTANT;

import java.util.List;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/** Gradients of ops that pick values by index, or put them somewhere by index. */
@MetaInfServices(Op.Family.class)
public final class IndexRules implements Op.Family {

    private static final List<Op> OPS =
            List.of(
                    op("Gather", first((g, n, dy) -> rows(g, n, g.scalar(0), dy)), MOVES),
                    op("GatherV2", first(IndexRules::gather), MOVES),
                    op(
                            "GatherNd",
                            first((g, n, dy) -> g.emit("ScatterNd", n.in(1), dy, shape(g, n))),
                            MOVES),
                    op(
                            "ScatterNd",
                            (g, n, input, dy) -> gatherNd(g, n.in(0), dy.get(0)),
                            LINEAR,
                            PADS),
                    op("TensorScatterUpdate", (g, n, input, dy) -> update(g, n, input, dy), JOINS),
                    op("TensorScatterAdd", (g, n, input, dy) -> added(g, n, input, dy), LINEAR),
                    op("TopKV2", first(IndexRules::largest), NONLINEAR),
                    op("OneHot", Rule.none(), PIECEWISE_CONSTANT));

    @Override
    public List<Op> ops() {
        return OPS;
    }

    private static Output gather(Ops g, Node n, Output dy) {
        if (n.attr("batch_dims").getI() != 0) {
            throw new UnsupportedOpException(n, "it gathers per batch (batch_dims)");
        }
        return rows(g, n, n.in(2), dy);
    }

    /** Adds each picked row back to where it came from, along one axis. */
    private static Output rows(Ops g, Node n, Output along, Output dy) {
        Output shape = g.shape(n.in(0));
        Output axis = g.reshape(ShapeRules.axis(g, along, n.in(0)), g.vector(1));
        Output outer = product(g, g.emit("Slice", shape, g.vector(0), axis));
        Output next = g.add(axis, g.vector(1));
        Output inner = product(g, g.emit("Slice", shape, next, g.vector(-1)));
        Output extent = g.emit("Slice", shape, axis, g.vector(1));
        Output indices = g.reshape(n.in(1), g.vector(-1));
        Output rows = g.reshape(dy, g.concat(outer, g.shape(indices), inner));
        Output first = g.emit("Transpose", rows, g.vector(1, 0, 2));
        Output sums = g.emit("UnsortedSegmentSum", first, indices, g.reshape(extent, g.vector()));
        return g.reshape(g.emit("Transpose", sums, g.vector(1, 0, 2)), shape);
    }

    private static Output product(Ops g, Output vector) {
        return g.emit("Prod", List.of(vector, g.vector(0)), "keep_dims", true);
    }

    /** The first input's shape in the type of the indices. */
    private static Output shape(Ops g, Node n) {
        return g.emit("Shape", List.of(n.in(0)), "out_type", g.type(n.in(1)));
    }

    private static Output gatherNd(Ops g, Output indices, Output dy) {
        return g.emit("GatherNd", dy, indices);
    }

    /** What is overwritten has no influence any more. */
    private static Output update(Ops g, Node n, int input, List<Output> dy) {
        return input == 0
                ? g.emit("TensorScatterUpdate", dy.get(0), n.in(1), g.zerosLike(n.in(2)))
                : gatherNd(g, n.in(1), dy.get(0));
    }

    private static Output added(Ops g, Node n, int input, List<Output> dy) {
        return input == 0 ? dy.get(0) : gatherNd(g, n.in(1), dy.get(0));
    }

    /** The k largest along the last axis, each back to its place. */
    private static Output largest(Ops g, Node n, Output dy) {
        Output shape = g.shape(n.in(0));
        Output width = g.reshape(last(g, shape), g.vector());
        Output rest = g.concat(g.vector(-1), last(g, g.shape(dy)));
        Output picked = g.reshape(g.cast(n.out(1), DataType.DT_INT32), rest);
        Output count = g.emit("GatherV2", g.shape(picked), g.scalar(0), g.scalar(0));
        Output starts = g.reshape(g.mul(g.range(count), width), g.vector(-1, 1));
        Output places = g.add(picked, starts);
        Output total = g.mul(count, width);
        Output flat = g.emit("UnsortedSegmentSum", g.reshape(dy, rest), places, total);
        return g.reshape(flat, shape);
    }

    private static Output last(Ops g, Output vector) {
        return g.slice(g.emit("ReverseV2", vector, g.vector(0)), 0, 1);
    }
}
