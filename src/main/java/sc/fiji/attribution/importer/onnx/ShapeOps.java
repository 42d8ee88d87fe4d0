/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static java.util.Map.entry;
import static sc.fiji.attribution.importer.onnx.OnnxOps.one;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Elementwise;
import sc.fiji.attribution.importer.network.Padding;
import sc.fiji.attribution.importer.network.Places;
import sc.fiji.attribution.importer.network.Reductions;
import sc.fiji.attribution.importer.network.Sampling;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Slicing;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Ops that make, ask for, or change shapes, and that pick or repeat elements. */
final class ShapeOps {

    static final Map<String, Rule> TABLE =
            Map.ofEntries(
                    entry("Constant", one(ShapeOps::constant)),
                    entry("ConstantOfShape", one(ShapeOps::filled)),
                    entry("Shape", one(ShapeOps::shape)),
                    entry("Size", one(ShapeOps::size)),
                    entry("Reshape", one(ShapeOps::reshape)),
                    entry("Flatten", one(ShapeOps::flatten)),
                    entry("Transpose", one(ShapeOps::transpose)),
                    entry("Squeeze", one(ShapeOps::squeeze)),
                    entry("Unsqueeze", one(ShapeOps::unsqueeze)),
                    entry(
                            "Concat",
                            one(c -> Shaping.concat(c.b(), c.inputs(), c.integer("axis", 1)))),
                    entry("Slice", one(ShapeOps::slice)),
                    entry("Split", ShapeOps::split),
                    entry("Gather", one(ShapeOps::gather)),
                    entry("GatherND", one(ShapeOps::gatherNd)),
                    entry("GatherElements", one(ShapeOps::gatherElements)),
                    entry("TopK", ShapeOps::extremes),
                    entry("GridSample", one(ShapeOps::sampled)),
                    entry("AffineGrid", one(ShapeOps::affine)),
                    entry("EyeLike", one(ShapeOps::eye)),
                    entry("ScatterND", one(ScatterOps::atIndices)),
                    entry("ScatterElements", one(ScatterOps::alongAxis)),
                    entry("Expand", one(c -> Shaping.expand(c.b(), c.in(0), c.in(1)))),
                    entry("Tile", one(c -> Shaping.tile(c.b(), c.in(0), c.in(1)))),
                    entry("Pad", one(ShapeOps::pad)),
                    entry("Range", one(ShapeOps::range)),
                    entry("Dropout", ShapeOps::dropout),
                    entry("DepthToSpace", one(ShapeOps::depthToSpace)),
                    entry("SpaceToDepth", one(ShapeOps::spaceToDepth)),
                    entry("Trilu", one(ShapeOps::triangle)),
                    entry("OneHot", one(ShapeOps::oneHot)));

    private ShapeOps() {}

    private static Value constant(Call c) {
        if (c.tensor("value").isPresent()) {
            return Value.of(c.tensor("value").get());
        }
        if (c.has("value_float")) {
            return Value.scalar(DataType.DT_FLOAT, c.number("value_float", 0));
        }
        if (c.has("value_int")) {
            return Value.scalar(DataType.DT_INT64, c.integer("value_int", 0));
        }
        if (c.has("value_ints")) {
            return Value.ints(c.integers("value_ints"));
        }
        if (c.has("value_floats")) {
            float[] numbers = c.numbers("value_floats");
            return Value.known(
                    DataType.DT_FLOAT,
                    new int[] {numbers.length},
                    IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray());
        }
        throw c.refuse("it holds no number");
    }

    private static Value filled(Call c) {
        Value value =
                c.tensor("value")
                        .map(tensor -> c.b().known(Value.of(tensor)))
                        .orElse(Value.scalar(DataType.DT_FLOAT, 0));
        Value scalar = Value.scalar(value.type(), value.numbers()[0]);
        return Shaping.expand(c.b(), scalar, c.in(0));
    }

    private static Value shape(Call c) {
        Value shape = Shaping.shape(c.b(), c.in(0));
        int rank = c.in(0).rank();
        long start = c.integer("start", 0);
        long end = c.integer("end", rank);
        return start == 0 && end >= rank
                ? shape
                : Slicing.slice(
                        c.b(),
                        shape,
                        Value.ints(start),
                        Value.ints(end),
                        new int[] {0},
                        new long[] {1});
    }

    private static Value size(Call c) {
        Value shape = Shaping.shape(c.b(), c.in(0));
        return Reductions.reduce(c.b(), "Prod", shape, new long[] {0}, false);
    }

    private static Value reshape(Call c) {
        Value x = c.in(0);
        Value target = c.has("shape") ? Value.ints(c.integers("shape")) : c.b().known(c.in(1));
        double[] numbers = target.numbers();
        if (numbers == null || c.flag("allowzero", false)) {
            return Shaping.reshape(c.b(), x, target);
        }
        // A zero stands for the extent that was there.
        Value extents = target;
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == 0) {
                Value there = Shaping.shape(c.b(), x);
                List<Value> parts = new ArrayList<>();
                for (int k = 0; k < numbers.length; k++) {
                    parts.add(Slicing.part(c.b(), numbers[k] == 0 ? there : extents, 0, k, 1));
                }
                return Shaping.reshape(c.b(), x, Shaping.concat(c.b(), parts, 0));
            }
        }
        return Shaping.reshape(c.b(), x, extents);
    }

    private static Value flatten(Call c) {
        Value x = c.in(0);
        long given = c.integer("axis", 1);
        int axis = (int) (given < 0 ? given + x.rank() : given);
        long front = product(x, 0, axis);
        long back = product(x, axis, x.rank());
        if (front < 0 && back < 0) {
            throw c.refuse("extents before and after axis " + axis + " are open");
        }
        return Shaping.reshape(c.b(), x, Value.ints(back < 0 ? front : -1, back));
    }

    private static long product(Value x, int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product = x.extent(i) < 0 || product < 0 ? -1 : product * x.extent(i);
        }
        return product;
    }

    private static Value transpose(Call c) {
        int rank = c.in(0).rank();
        int[] order = c.ints("perm", IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
        if (!Arrays.equals(
                Arrays.stream(order).sorted().toArray(), IntStream.range(0, rank).toArray())) {
            throw c.refuse("perm " + Arrays.toString(order) + " is no order of " + rank + " axes");
        }
        return Shaping.transpose(c.b(), c.in(0), order);
    }

    private static Value squeeze(Call c) {
        return Shaping.squeeze(c.b(), c.in(0), c.integersOf("axes", 1).orElse(new long[0]));
    }

    private static Value unsqueeze(Call c) {
        long[] axes = c.integersOf("axes", 1).orElseThrow(() -> c.refuse("it names no axes"));
        return Shaping.unsqueeze(c.b(), c.in(0), axes);
    }

    private static Value slice(Call c) {
        Value x = c.in(0);
        Value begin = c.has("starts") ? Value.ints(c.integers("starts")) : c.in(1);
        Value end = c.has("ends") ? Value.ints(c.integers("ends")) : c.in(2);
        int count = begin.extent(0);
        long[] axes =
                c.integersOf("axes", 3).orElse(IntStream.range(0, count).asLongStream().toArray());
        long[] steps = new long[count];
        Arrays.fill(steps, 1);
        steps = c.given(4).map(v -> c.b().longs(v, "its steps")).orElse(steps);
        if (axes.length != count || steps.length != count || end.extent(0) != count) {
            throw c.refuse("starts, ends, axes and steps are not of one length");
        }
        int[] along = Arrays.stream(axes).mapToInt(a -> c.axis(a, x.rank())).toArray();
        return Slicing.slice(c.b(), x, begin, end, along, steps);
    }

    private static List<Value> split(Call c) {
        Value x = c.in(0);
        int axis = c.axis(c.integer("axis", 0), x.rank());
        int outputs = c.node().outputs().size();
        int extent = x.extent(axis);
        long each = (extent + outputs - 1L) / outputs;
        long[] lengths =
                c.integersOf("split", 1)
                        .orElseGet(
                                () ->
                                        IntStream.range(0, outputs)
                                                .mapToLong(i -> Math.min(each, extent - i * each))
                                                .toArray());
        if (extent < 0 || Arrays.stream(lengths).sum() != extent) {
            throw c.refuse("parts of " + Arrays.toString(lengths) + " of an extent " + extent);
        }
        return Slicing.split(c.b(), x, axis, lengths);
    }

    private static Value gather(Call c) {
        int axis = c.axis(c.integer("axis", 0), c.in(0).rank());
        return Slicing.gather(c.b(), c.in(0), c.in(1), axis);
    }

    private static Value sampled(Call c) {
        Value x = c.in(0);
        String mode = c.text("mode", "linear").replaceFirst("^bi", "");
        String padding = c.text("padding_mode", "zeros");
        if (!List.of("linear", "nearest").contains(mode)) {
            throw c.refuse("mode=" + mode);
        }
        Sampling.Beyond beyond =
                switch (padding) {
                    case "zeros" -> Sampling.Beyond.ZERO;
                    case "border" -> Sampling.Beyond.BORDER;
                    case "reflection" -> Sampling.Beyond.REFLECTION;
                    default -> throw c.refuse("padding_mode=" + padding);
                };
        if (!x.isKnown(1)) {
            throw c.refuse("the size of the image is left open");
        }
        return Sampling.at(
                c.b(), x, c.in(1), mode.equals("nearest"), beyond, c.flag("align_corners", false));
    }

    private static Value affine(Call c) {
        long[] size = c.b().longs(c.in(1), "its size");
        int[] extents = Arrays.stream(size).skip(2).mapToInt(Math::toIntExact).toArray();
        return Sampling.affine(c.b(), c.in(0), extents, c.flag("align_corners", false));
    }

    private static Value eye(Call c) {
        Value x = c.in(0);
        if (x.rank() != 2 || !x.isKnown(0) || (long) x.extent(0) * x.extent(1) > 1 << 20) {
            throw c.refuse("it needs a matrix of known extents");
        }
        int columns = x.extent(1);
        double[] numbers = new double[x.extent(0) * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % columns - i / columns == c.integer("k", 0) ? 1 : 0;
        }
        DataType type = c.has("dtype") ? c.type(c.integer("dtype", 1)) : x.type();
        return Value.known(type, x.shape(), numbers);
    }

    private static Value gatherNd(Call c) {
        if (c.integer("batch_dims", 0) != 0) {
            throw c.refuse("batch_dims is not supported");
        }
        Value x = c.in(0);
        Value at = c.in(1);
        int depth = at.extent(-1);
        int[] shape =
                IntStream.concat(
                                Arrays.stream(at.shape(), 0, at.rank() - 1),
                                Arrays.stream(x.shape(), depth, x.rank()))
                        .toArray();
        Output indices = c.b().ops().cast(c.b().output(at), DataType.DT_INT32);
        return Value.of(c.b().ops().emit("GatherNd", c.b().output(x), indices), x.type(), shape);
    }

    private static Value gatherElements(Call c) {
        Value x = c.in(0);
        return Places.taken(c.b(), x, c.in(1), c.axis(c.integer("axis", 0), x.rank()));
    }

    private static List<Value> extremes(Call c) {
        Value x = c.in(0);
        long[] count =
                c.opset() < 10
                        ? new long[] {c.integer("k", 1)}
                        : c.b().longs(c.in(1), "how many it takes");
        int axis = c.axis(c.integer("axis", -1), x.rank());
        boolean largest = c.flag("largest", true);
        return Places.extremes(c.b(), x, Math.toIntExact(count[0]), axis, largest);
    }

    private static Value pad(Call c) {
        Value x = c.in(0);
        String name = c.has("paddings") ? "paddings" : "pads";
        long[] pads = c.integersOf(name, 1).orElseThrow(() -> c.refuse("it names no pads"));
        double value =
                c.has("value")
                        ? c.number("value", 0)
                        : c.given(2).map(v -> c.scalar(v, "its value")).orElse(0.0);
        int rank = x.rank();
        int[] along =
                c.given(3)
                        .map(v -> c.b().longs(v, "its axes"))
                        .map(axes -> Arrays.stream(axes).mapToInt(a -> c.axis(a, rank)).toArray())
                        .orElse(IntStream.range(0, rank).toArray());
        if (pads.length != 2 * along.length) {
            throw c.refuse(pads.length + " pads for " + along.length + " axes");
        }
        int[] before = new int[rank];
        int[] after = new int[rank];
        for (int i = 0; i < along.length; i++) {
            before[along[i]] = Math.toIntExact(pads[i]);
            after[along[i]] = Math.toIntExact(pads[i + along.length]);
        }
        Padding.Mode mode =
                switch (c.text("mode", "constant")) {
                    case "constant" -> Padding.Mode.CONSTANT;
                    case "reflect" -> Padding.Mode.REFLECT;
                    case "edge" -> Padding.Mode.EDGE;
                    case "wrap" -> Padding.Mode.WRAP;
                    default -> throw c.refuse("mode " + c.text("mode", "") + " is not known");
                };
        return Padding.pad(c.b(), x, before, after, mode, value);
    }

    private static Value range(Call c) {
        boolean open = c.inputs().stream().anyMatch(v -> c.b().known(v).allNumbers().isEmpty());
        if (open && !c.in(0).isFloating()) {
            // Numbers of images, mostly.
            Output numbers =
                    c.b().ops().emit("Range", c.inputs().stream().map(c.b()::output).toList());
            return Value.of(numbers, c.in(0).type(), -1);
        }
        double start = c.scalar(c.in(0), "its start");
        double limit = c.scalar(c.in(1), "its end");
        double step = c.scalar(c.in(2), "its step");
        double count = Math.max(0, Math.ceil((limit - start) / step));
        if (!(count <= 1 << 20)) {
            throw c.refuse("it counts " + count + " numbers");
        }
        double[] numbers = new double[(int) count];
        Arrays.setAll(numbers, i -> start + i * step);
        return Value.known(c.in(0).type(), new int[] {numbers.length}, numbers);
    }

    /** Without effect where the network is not being trained. */
    private static List<Value> dropout(Call c) {
        boolean trains =
                c.given(2).map(v -> c.scalar(v, "training_mode") != 0).orElse(false)
                        && c.given(1).map(v -> c.scalar(v, "ratio") != 0).orElse(true);
        if (trains) {
            throw c.refuse("it is in training: export the model for inference, model.eval()");
        }
        Value x = c.in(0);
        return c.node().outputs().size() == 1
                ? List.of(x)
                : List.of(x, Elementwise.cast(c.b(), x, DataType.DT_BOOL));
    }

    private static Value depthToSpace(Call c) {
        Value x = c.in(0);
        int s = (int) c.integer("blocksize", 1);
        int inner = x.extent(1) / (s * s);
        boolean columns = c.text("mode", "DCR").equals("CRD");
        int h = x.extent(2);
        int w = x.extent(3);
        long n = x.extent(0) < 0 ? -1 : x.extent(0);
        Value parts =
                Shaping.reshape(
                        c.b(),
                        x,
                        columns
                                ? Value.ints(n, inner, s, s, h, w)
                                : Value.ints(n, s, s, inner, h, w));
        Value moved =
                columns
                        ? Shaping.transpose(c.b(), parts, 0, 1, 4, 2, 5, 3)
                        : Shaping.transpose(c.b(), parts, 0, 3, 4, 1, 5, 2);
        return Shaping.reshape(c.b(), moved, Value.ints(n, inner, (long) h * s, (long) w * s));
    }

    private static Value spaceToDepth(Call c) {
        Value x = c.in(0);
        int s = (int) c.integer("blocksize", 1);
        int h = x.extent(2) / s;
        int w = x.extent(3) / s;
        long n = x.extent(0) < 0 ? -1 : x.extent(0);
        Value parts = Shaping.reshape(c.b(), x, Value.ints(n, x.extent(1), h, s, w, s));
        Value moved = Shaping.transpose(c.b(), parts, 0, 3, 5, 1, 2, 4);
        return Shaping.reshape(c.b(), moved, Value.ints(n, (long) x.extent(1) * s * s, h, w));
    }

    private static Value triangle(Call c) {
        Value x = c.in(0);
        int rows = x.extent(-2);
        int columns = x.extent(-1);
        if (rows < 0 || columns < 0) {
            throw c.refuse("its extents are open");
        }
        boolean upper = c.flag("upper", true);
        long k = c.given(1).map(v -> (long) c.scalar(v, "k")).orElse(0L);
        double[] mask = new double[rows * columns];
        for (int i = 0; i < mask.length; i++) {
            int offset = i % columns - i / columns;
            mask[i] = upper ? offset >= k ? 1 : 0 : offset <= k ? 1 : 0;
        }
        Value keep = Value.known(x.type(), new int[] {rows, columns}, mask);
        if (x.isFloating()) {
            keep = Value.known(DataType.DT_BOOL, keep.shape(), mask);
            return Elementwise.where(c.b(), keep, x, Call.like(x, 0));
        }
        return Elementwise.binary(c.b(), "Mul", x, keep);
    }

    private static Value oneHot(Call c) {
        int depth = (int) c.scalar(c.in(1), "its depth");
        Value indices = c.in(0);
        int rank = indices.rank() + 1;
        int axis = c.axis(c.integer("axis", -1), rank);
        double[] values =
                c.b().known(c.in(2))
                        .allNumbers()
                        .orElseThrow(() -> c.refuse("its values are not known"));
        Value wide = Shaping.unsqueeze(c.b(), indices, axis);
        int[] along = new int[rank];
        Arrays.fill(along, 1);
        along[axis] = depth;
        double[] numbers = new double[depth];
        Arrays.setAll(numbers, i -> i);
        Value range = Value.known(indices.type(), along, numbers);
        Value at = Elementwise.binary(c.b(), "FloorMod", wide, Call.like(indices, depth));
        Value hot = Elementwise.binary(c.b(), "Equal", at, range);
        return Elementwise.where(
                c.b(),
                hot,
                Value.scalar(c.in(2).type(), values[1]),
                Value.scalar(c.in(2).type(), values[0]));
    }
}
