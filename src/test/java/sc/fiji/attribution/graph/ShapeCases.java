/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.Inputs.apart;
import static sc.fiji.attribution.graph.Inputs.asLong;
import static sc.fiji.attribution.graph.Inputs.exactly;
import static sc.fiji.attribution.graph.Inputs.fixed;
import static sc.fiji.attribution.graph.Inputs.ints;
import static sc.fiji.attribution.graph.Inputs.scalar;
import static sc.fiji.attribution.graph.Inputs.shape;
import static sc.fiji.attribution.graph.Inputs.table;
import static sc.fiji.attribution.graph.Inputs.x;
import static sc.fiji.attribution.graph.OpCase.op;
import static sc.fiji.attribution.graph.ir.Ops.list;

import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/** Cases of ops that move, cut, join or repeat values. */
public final class ShapeCases {

    private ShapeCases() {}

    public static Stream<OpCase> all() {
        return Stream.of(
                        passing(),
                        reshaping(),
                        joining(),
                        cutting(),
                        strided(),
                        repeating(),
                        indexing(),
                        blocks())
                .flatMap(List::stream);
    }

    private static List<OpCase> passing() {
        AttrValue types =
                AttrValue.newBuilder()
                        .setList(
                                AttrValue.ListValue.newBuilder()
                                        .addType(DataType.DT_FLOAT)
                                        .addType(DataType.DT_FLOAT))
                        .build();
        return List.of(
                op("Identity", "plain", x(2, 2)),
                op("Snapshot", "plain", x(2, 2)),
                op("CheckNumerics", "plain", x(2, 2)).with("message", "broken"),
                op("EnsureShape", "known", x(2, 2))
                        .with("shape", ElementwiseCases.shapeAttribute(-1, 2)),
                op("PlaceholderWithDefault", "not fed", x(2, 2))
                        .with("shape", ElementwiseCases.shapeAttribute(-1, 2)),
                op("IdentityN", "two", x(2), x(3)).with("T", types).inFloat(1, 1e-6));
    }

    private static List<OpCase> reshaping() {
        return List.of(
                op("Reshape", "flatten", x(2, 3, 2), ints(2, -1)),
                op("Reshape", "by int64", x(2, 3), asLong(ints(3, 2))),
                op("Reshape", "to a scalar", x(1, 1), ints()),
                op("Squeeze", "all", x(1, 2, 1, 3)),
                op("Squeeze", "one", x(1, 2, 1, 3)).with("squeeze_dims", list(-2)),
                op("ExpandDims", "inner", x(2, 3), scalar(1)),
                op("ExpandDims", "last", x(2, 3), scalar(-1)),
                op("Transpose", "three axes", x(2, 3, 4), ints(1, 2, 0)),
                op(
                        "Transpose",
                        "five axes by int64",
                        x(1, 2, 3, 2, 2),
                        asLong(ints(0, 4, 1, 2, 3))),
                op("ReverseV2", "two axes", x(2, 3, 2), ints(0, -1)),
                op("ReverseV2", "no axis", x(2, 3), ints()));
    }

    private static List<OpCase> joining() {
        return List.of(
                op("ConcatV2", "outer axis", x(1, 3), x(2, 3), scalar(0)),
                op("ConcatV2", "last axis", x(2, 1), x(2, 3), x(2, 2), scalar(-1)).with("N", 3),
                op("ConcatV2", "inner axis by int64", x(2, 1, 2), x(2, 2, 2), asLong(scalar(-2)))
                        .with("N", 2),
                op("ConcatV2", "with a constant", x(2, 2), fixed(x(2, 2)), scalar(1)),
                op("Concat", "inner axis", scalar(1), x(2, 1, 2), x(2, 2, 2)).with("N", 2),
                op("Roll", "two axes", x(3, 4, 2), ints(1, -2), ints(0, 1)),
                op("ReverseSequence", "second axis", x(2, 4, 2), ints(3, 2))
                        .with("seq_dim", 1, "batch_dim", 0),
                op("MatrixBandPart", "one above", x(2, 3, 4), scalar(0), scalar(1)),
                op("Pack", "outer axis", x(2, 3), x(2, 3)),
                op("Pack", "last axis", x(2, 3), x(2, 3)).with("axis", -1),
                op("Pack", "scalars", x(), x(), x()),
                op("Unpack", "outer axis", x(2, 3)).with("num", 2),
                op("Unpack", "last axis", x(2, 3)).with("num", 3, "axis", -1),
                op("Split", "last axis", scalar(-1), x(2, 4)).with("num_split", 2),
                op("Split", "outer axis", scalar(0), x(3, 2)).with("num_split", 3),
                op("SplitV", "uneven", x(2, 5), ints(2, 3), scalar(1)).with("num_split", 2),
                op("SplitV", "with a rest", x(5, 2), ints(1, -1, 2), scalar(-2))
                        .with("num_split", 3));
    }

    private static List<OpCase> cutting() {
        OpCase.Input paddings = table(shape(2, 2), 1, 2, 0, 1);
        OpCase.Input small = table(shape(2, 2), 1, 1, 0, 1);
        return List.of(
                op("Slice", "to the end", x(3, 4), ints(1, 0), ints(-1, 2)),
                op("Slice", "by int64", x(3, 4), asLong(ints(0, 1)), asLong(ints(2, 2))),
                op("Pad", "uneven", x(2, 3), paddings),
                op("Pad", "by int64", x(2, 3), asLong(paddings)),
                op("PadV2", "with a constant", x(2, 3), paddings, fixed(exactly(shape(), 3))),
                op("PadV2", "with a value from the input", x(2, 3), paddings, x()),
                op("MirrorPad", "REFLECT", x(2, 3), small).with("mode", "REFLECT"),
                op("MirrorPad", "SYMMETRIC", x(2, 3), paddings).with("mode", "SYMMETRIC"),
                op("GatherV2", "rows, some repeated", x(3, 2), ints(2, 0, 2), scalar(0)),
                op("GatherV2", "inner axis", x(2, 3, 2), ints(1, 1), scalar(1)),
                op(
                        "GatherV2",
                        "last axis, matrix of indices",
                        x(2, 3),
                        table(shape(2, 2), 0, 2, 2, 1),
                        scalar(-1)),
                op("GatherV2", "one row", x(3, 2), scalar(1), scalar(0)),
                op("GatherV2", "by int64", x(3, 2), asLong(ints(1)), asLong(scalar(1))));
    }

    private static List<OpCase> indexing() {
        OpCase.Input places = table(shape(2, 2), 0, 2, 1, 0);
        return List.of(
                op("Gather", "rows", x(3, 2), table(shape(2, 2), 0, 2, 2, 1)),
                op("GatherNd", "elements", x(2, 3), places),
                op("GatherNd", "rows, by int64", x(3, 2), asLong(table(shape(3, 1), 0, 2, 0))),
                op("ScatterNd", "elements", places, x(2), ints(2, 3)),
                op("ScatterNd", "rows, one twice", table(shape(2, 1), 1, 1), x(2, 3), ints(2, 3)),
                op("TensorScatterUpdate", "elements", x(2, 3), places, x(2)),
                op("TensorScatterAdd", "rows", x(3, 2), table(shape(2, 1), 2, 0), x(2, 2)),
                op("TopKV2", "2 of 5", apart(2, 2, 5), scalar(2)),
                op("TopKV2", "of a vector", apart(4), scalar(3)));
    }

    private static List<OpCase> strided() {
        return List.of(
                op("StridedSlice", "range", x(4, 5), ints(1, 0), ints(3, 4), ints(1, 2)),
                op("StridedSlice", "backwards", x(4), ints(-1), ints(0), ints(-2)),
                op("StridedSlice", "masks", x(4, 5), ints(1, 2), ints(0, 0), ints(1, 1))
                        .with("begin_mask", 2, "end_mask", 3),
                op("StridedSlice", "element", x(3, 4), ints(-1, 0), ints(0, 0), ints(1, 1))
                        .with("shrink_axis_mask", 1, "begin_mask", 2, "end_mask", 2),
                op("StridedSlice", "new axis", x(2, 3), ints(0, 0, 1), ints(0, 0, 3), ints(1, 1, 1))
                        .with("new_axis_mask", 2, "begin_mask", 1, "end_mask", 1),
                op("StridedSlice", "ellipsis", x(2, 2, 3), ints(0, 1), ints(0, 2), ints(1, 1))
                        .with("ellipsis_mask", 1, "shrink_axis_mask", 2),
                op(
                        "StridedSlice",
                        "by int64",
                        x(4),
                        asLong(ints(1)),
                        asLong(ints(4)),
                        asLong(ints(2))));
    }

    private static List<OpCase> repeating() {
        return List.of(
                op("Tile", "matrix", x(2, 3), ints(2, 3)),
                op("Tile", "by int64, one axis only", x(2, 3), asLong(ints(1, 2))),
                op("Tile", "five axes", x(1, 2, 1, 2, 2), ints(2, 1, 2, 2, 1)),
                op("Tile", "scalar", x(), ints()),
                op("BroadcastTo", "new axis", x(3), ints(2, 3)),
                op("BroadcastTo", "inner axis", x(2, 1, 2), ints(2, 3, 2)),
                op("BroadcastTo", "scalar by int64", x(), asLong(ints(2, 2))));
    }

    private static List<OpCase> blocks() {
        return List.of(
                op(
                        "SpaceToBatchND",
                        "padded",
                        x(1, 3, 4, 2),
                        ints(2, 2),
                        table(shape(2, 2), 1, 0, 2, 0)),
                op("SpaceToBatchND", "one axis", x(2, 4, 2), ints(2), table(shape(1, 2), 0, 0)),
                op(
                        "BatchToSpaceND",
                        "cropped",
                        x(4, 2, 3, 1),
                        ints(2, 2),
                        table(shape(2, 2), 1, 0, 0, 2)),
                op("BatchToSpaceND", "one axis", x(2, 2, 2), ints(2), table(shape(1, 2), 0, 0)),
                op("SpaceToDepth", "2×2", x(1, 4, 2, 2)).with("block_size", 2),
                op("DepthToSpace", "2×2", x(1, 2, 1, 8)).with("block_size", 2));
    }
}
