/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.IDENTITY;
import static sc.fiji.attribution.graph.ir.Trait.JOINS;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_ORDER;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_SIZE;
import static sc.fiji.attribution.graph.ir.Trait.LINEAR;
import static sc.fiji.attribution.graph.ir.Trait.MOVES;
import static sc.fiji.attribution.graph.ir.Trait.PADS;
import static sc.fiji.attribution.graph.ir.Trait.PARTS;
import static sc.fiji.attribution.graph.ir.Trait.REARRANGES;

import java.util.ArrayList;
import java.util.List;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Gradients of ops that move, cut, join or repeat values. */
@MetaInfServices(Op.Family.class)
public final class ShapeRules implements Op.Family {

    private static final List<Op> OPS =
            List.of(
                    op("Identity", first((g, n, dy) -> dy), IDENTITY),
                    op("IdentityN", (g, n, input, dy) -> dy.get(input), JOINS, KEEPS_ORDER),
                    op("Snapshot", first((g, n, dy) -> dy), IDENTITY),
                    // Not elementwise: of a cut or a turned tensor its extents are others.
                    op("EnsureShape", first((g, n, dy) -> dy), MOVES, KEEPS_ORDER),
                    op("CheckNumerics", first((g, n, dy) -> dy), IDENTITY),
                    op("PlaceholderWithDefault", first((g, n, dy) -> dy), MOVES, REARRANGES),
                    op(
                            "Reshape",
                            first((g, n, dy) -> g.reshapeLike(dy, n.in(0))),
                            MOVES,
                            KEEPS_ORDER),
                    op(
                            "Squeeze",
                            first((g, n, dy) -> g.reshapeLike(dy, n.in(0))),
                            MOVES,
                            KEEPS_ORDER),
                    op(
                            "ExpandDims",
                            first((g, n, dy) -> g.reshapeLike(dy, n.in(0))),
                            MOVES,
                            KEEPS_ORDER),
                    op("Transpose", first(ShapeRules::transpose), MOVES, REARRANGES),
                    op("ConcatV2", (g, n, input, dy) -> concat(g, n, input, dy.get(0)), JOINS),
                    op("Concat", (g, n, input, dy) -> oldConcat(g, n, input, dy.get(0)), JOINS),
                    op(
                            "Roll",
                            first((g, n, dy) -> g.emit("Roll", dy, g.neg(n.in(1)), n.in(2))),
                            MOVES,
                            KEEPS_SIZE),
                    op("ReverseSequence", first(ShapeRules::reverseSequence), MOVES, KEEPS_SIZE),
                    op(
                            "MatrixBandPart",
                            first((g, n, dy) -> g.emit("MatrixBandPart", dy, n.in(1), n.in(2))),
                            LINEAR,
                            KEEPS_SIZE),
                    op("Pack", (g, n, input, dy) -> pack(g, n, input, dy.get(0)), JOINS),
                    op("Unpack", (g, n, input, dy) -> unpack(g, n, dy), PARTS),
                    op("Split", (g, n, input, dy) -> join(g, n, input, 1, n.in(0), dy), PARTS),
                    op("SplitV", (g, n, input, dy) -> join(g, n, input, 0, n.in(2), dy), PARTS),
                    op("Slice", first(ShapeRules::slice), MOVES),
                    op("StridedSlice", first(ShapeRules::stridedSlice), MOVES),
                    op("Pad", first(ShapeRules::pad), MOVES, PADS),
                    op("PadV2", (g, n, input, dy) -> padV2(g, n, input, dy.get(0)), JOINS, PADS),
                    op(
                            "MirrorPad",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "MirrorPadGrad",
                                                    List.of(dy, n.in(1)),
                                                    n.copy("mode"))),
                            MOVES),
                    op("Tile", first(ShapeRules::tile), MOVES),
                    op(
                            "BroadcastTo",
                            first((g, n, dy) -> g.unbroadcast(dy, n.in(0), n.out())),
                            MOVES),
                    op(
                            "ReverseV2",
                            first((g, n, dy) -> g.emit("ReverseV2", dy, n.in(1))),
                            MOVES,
                            KEEPS_SIZE),
                    op(
                            "SpaceToBatchND",
                            first((g, n, dy) -> g.emit("BatchToSpaceND", dy, n.in(1), n.in(2))),
                            MOVES,
                            REARRANGES,
                            PADS),
                    op(
                            "BatchToSpaceND",
                            first((g, n, dy) -> g.emit("SpaceToBatchND", dy, n.in(1), n.in(2))),
                            MOVES,
                            REARRANGES),
                    op(
                            "SpaceToDepth",
                            first((g, n, dy) -> blocks("DepthToSpace", g, n, dy)),
                            MOVES),
                    op(
                            "DepthToSpace",
                            first((g, n, dy) -> blocks("SpaceToDepth", g, n, dy)),
                            MOVES));

    @Override
    public List<Op> ops() {
        return OPS;
    }

    private static Output transpose(Ops g, Node n, Output dy) {
        return g.emit("Transpose", dy, g.emit("InvertPermutation", n.in(1)));
    }

    private static Output concat(Ops g, Node n, int input, Output dy) {
        int parts = n.inputs().size() - 1;
        return part(g, n.in(parts), n.inputs().subList(0, parts), input, dy);
    }

    /** The older op has the axis in front. */
    private static Output oldConcat(Ops g, Node n, int input, Output dy) {
        return part(g, n.in(0), n.inputs().subList(1, n.inputs().size()), input - 1, dy);
    }

    private static Output part(Ops g, Output along, List<Output> parts, int part, Output dy) {
        List<Output> inputs = new ArrayList<>(List.of(axis(g, along, parts.get(0))));
        parts.forEach(x -> inputs.add(g.shape(x)));
        Output offset = new Output(g.emit("ConcatOffset", inputs).node(), part);
        return g.emit("Slice", dy, offset, g.shape(parts.get(part)));
    }

    private static Output pack(Ops g, Node n, int input, Output dy) {
        Output parts =
                g.emit("Unpack", List.of(dy), "num", n.inputs().size(), "axis", n.attr("axis"));
        return new Output(parts.node(), input);
    }

    private static Output unpack(Ops g, Node n, List<Output> dy) {
        return g.emit("Pack", dy, n.copy("axis"));
    }

    private static Output join(
            Ops g, Node n, int input, int carrier, Output axis, List<Output> dy) {
        if (input != carrier) {
            return null;
        }
        List<Output> parts = new ArrayList<>(dy);
        parts.add(axis);
        return g.emit("ConcatV2", parts, "N", dy.size());
    }

    private static Output reverseSequence(Ops g, Node n, Output dy) {
        return g.emit("ReverseSequence", List.of(dy, n.in(1)), n.copy("seq_dim", "batch_dim"));
    }

    private static Output slice(Ops g, Node n, Output dy) {
        Output begin = g.cast(n.in(1), DataType.DT_INT32);
        Output after = g.sub(g.sub(g.shape(n.in(0)), begin), g.shape(n.out()));
        return g.emit("Pad", dy, g.emit("Pack", List.of(begin, after), "axis", 1));
    }

    private static Output stridedSlice(Ops g, Node n, Output dy) {
        Output shape = g.emit("Shape", List.of(n.in(0)), "out_type", g.type(n.in(1)));
        return g.emit(
                "StridedSliceGrad",
                List.of(shape, n.in(1), n.in(2), n.in(3), dy),
                n.copy(
                        "begin_mask",
                        "end_mask",
                        "ellipsis_mask",
                        "new_axis_mask",
                        "shrink_axis_mask"));
    }

    private static Output pad(Ops g, Node n, Output dy) {
        Output paddings = g.cast(n.in(1), DataType.DT_INT32);
        Output before = g.emit("Slice", paddings, g.vector(0, 0), g.vector(-1, 1));
        Output begin = g.reshape(before, g.vector(-1));
        return g.emit("Slice", dy, begin, g.shape(n.in(0)));
    }

    /** The padding's value takes what does not go to the padded tensor. */
    private static Output padV2(Ops g, Node n, int input, Output dy) {
        Output inside = pad(g, n, dy);
        Output axes = g.range(g.rank(dy));
        return input == 0 ? inside : g.sub(g.sum(dy, axes), g.sum(inside, axes));
    }

    /** Folds each axis into (repeats, extent) and sums the repeats. */
    private static Output tile(Ops g, Node n, Output dy) {
        Output repeats = g.cast(n.in(1), DataType.DT_INT32);
        Output pairs = g.emit("Pack", List.of(repeats, g.shape(n.in(0))), "axis", 1);
        Output folded = g.reshape(dy, g.reshape(pairs, g.vector(-1)));
        Output twiceRank = g.emit("Mul", g.rank(n.in(0)), g.scalar(2));
        Output axes = g.emit("Range", g.scalar(0), twiceRank, g.scalar(2));
        return g.sum(folded, axes);
    }

    private static Output blocks(String op, Ops g, Node n, Output dy) {
        return g.emit(op, List.of(dy), n.copy("block_size", "data_format"));
    }

    /** The axis as a non-negative int32 scalar. */
    static Output axis(Ops g, Output axis, Output of) {
        return g.emit("FloorMod", g.cast(axis, DataType.DT_INT32), g.rank(of));
    }
}
