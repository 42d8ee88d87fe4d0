/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Ops that pick parts of a value, by ranges or by indices along its axes. */
public final class Slicing {

    private Slicing() {}

    /**
     * From begin to before end by steps, as Python's slices.
     *
     * @param begin one for each of the axes; not known, or negative and counted from behind
     */
    public static Value slice(
            NetworkBuilder b, Value x, Value begin, Value end, int[] axes, long[] steps) {
        int[] shape = x.shape().clone();
        Value from = b.known(begin);
        Value to = b.known(end);
        if (!Folding.applies(from, to)) {
            throw b.refuse("where it cuts is computed from the image");
        }
        Value result = x.output() == null ? b.known(x) : x;
        boolean foldable = result.numbers() != null && result.rank() > 0;
        double[] numbers = result.numbers();
        boolean whole = true;
        for (int i = 0; i < axes.length; i++) {
            double first = from.numbers()[i];
            double last = to.numbers()[i];
            int extent = x.extent(axes[i]);
            if (extent < 0 || Double.isNaN(first) || Double.isNaN(last)) {
                boolean all = first == 0 && last >= Integer.MAX_VALUE && steps[i] == 1;
                shape[axes[i]] = all ? extent : -1;
                foldable = false;
                whole &= all;
                continue;
            }
            int[] indices = indices(extent, first, last, steps[i]);
            whole &= indices.length == extent && steps[i] > 0;
            if (foldable) {
                numbers = Folding.gather(numbers, shape, axes[i], indices);
            }
            shape[axes[i]] = indices.length;
        }
        if (whole) {
            return x;
        }
        if (foldable) {
            Value folded = Value.known(x.type(), shape, numbers);
            if (folded.allNumbers().isPresent() || x.output() == null) {
                return folded;
            }
        }
        if (x.weight() != null && axes.length == 1 && steps[0] == 1 && shape[axes[0]] > 0) {
            int[] indices = indices(x.extent(axes[0]), from.numbers()[0], to.numbers()[0], 1);
            return Value.of(x.weight().part(axes[0], indices[0], indices.length));
        }
        return new Value(
                strided(b, x, begin, end, axes, steps),
                x.type(),
                shape,
                x.last(),
                foldable ? numbers : null,
                null);
    }

    private static Output strided(
            NetworkBuilder b, Value x, Value begin, Value end, int[] axes, long[] steps) {
        int rank = x.rank();
        Ops g = b.ops();
        int mask = (1 << rank) - 1;
        int[] step = new int[rank];
        Arrays.fill(step, 1);
        Output[] from = new Output[rank];
        Output[] to = new Output[rank];
        Arrays.fill(from, g.vector(0));
        Arrays.fill(to, g.vector(0));
        for (int i = 0; i < axes.length; i++) {
            int at = Shaping.held(x, axes[i]);
            mask &= ~(1 << at);
            step[at] = (int) steps[i];
            from[at] = b.vector(element(b, begin, i));
            to[at] = b.vector(element(b, end, i));
        }
        return g.emit(
                "StridedSlice",
                List.of(Shaping.held(b, x), vector(g, from), vector(g, to), g.vector(step)),
                "begin_mask",
                mask,
                "end_mask",
                mask);
    }

    private static Output vector(Ops g, Output... elements) {
        int[] known = new int[elements.length];
        for (int i = 0; i < known.length; i++) {
            var node = g.graph().node(elements[i]);
            if (!node.getOp().equals("Const")) {
                return g.concat(elements);
            }
            var bytes = node.getAttrOrThrow("value").getTensor().getTensorContent();
            known[i] =
                    bytes.asReadOnlyByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
        }
        return g.vector(known);
    }

    /** One element of a vector, as a vector. */
    static Value element(NetworkBuilder b, Value vector, int index) {
        Value known = b.known(vector);
        double number = known.numbers() == null ? Double.NaN : known.numbers()[index];
        if (!Double.isNaN(number)) {
            return Value.known(vector.type(), new int[] {1}, number);
        }
        Output at =
                b.ops()
                        .emit(
                                "GatherV2",
                                b.output(vector),
                                b.ops().vector(index),
                                b.ops().scalar(0));
        return new Value(at, vector.type(), new int[] {1}, false, new double[] {number}, null);
    }

    private static int[] indices(int extent, double begin, double end, long step) {
        if (step == 0) {
            throw new IllegalArgumentException("a slice of step 0");
        }
        double first = begin < 0 ? begin + extent : begin;
        double last = end < 0 ? end + extent : end;
        if (step > 0) {
            long from = (long) Math.max(0, Math.min(first, extent));
            long to = (long) Math.max(0, Math.min(last, extent));
            long count = Math.max(0, (to - from + step - 1) / step);
            return IntStream.range(0, (int) count).map(i -> (int) (from + i * step)).toArray();
        }
        long from = (long) Math.max(-1, Math.min(first, extent - 1));
        long to = (long) Math.max(-1, Math.min(last, extent - 1));
        long count = Math.max(0, (from - to - step - 1) / -step);
        return IntStream.range(0, (int) count).map(i -> (int) (from + i * step)).toArray();
    }

    /** From begin, count of them along an axis. */
    public static Value part(NetworkBuilder b, Value x, int axis, long begin, long count) {
        return slice(
                b,
                x,
                Value.ints(begin),
                Value.ints(begin + count),
                new int[] {axis},
                new long[] {1});
    }

    /** Pieces of given lengths along an axis. */
    public static List<Value> split(NetworkBuilder b, Value x, int axis, long... lengths) {
        List<Value> parts = new ArrayList<>();
        long begin = 0;
        for (long length : lengths) {
            parts.add(part(b, x, axis, begin, length));
            begin += length;
        }
        return parts;
    }

    /** What is at some indices along an axis; the axes of the indices take that one's place. */
    public static Value gather(NetworkBuilder b, Value x, Value indices, int axis) {
        int extent = x.extent(axis);
        Value at = b.known(indices);
        int[] shape =
                IntStream.concat(
                                IntStream.concat(
                                        Arrays.stream(x.shape(), 0, axis),
                                        Arrays.stream(at.shape())),
                                Arrays.stream(x.shape(), axis + 1, x.rank()))
                        .toArray();
        if (at.allNumbers().isPresent() && extent >= 0) {
            int[] known =
                    Arrays.stream(at.numbers())
                            .mapToInt(i -> (int) (i < 0 ? i + extent : i))
                            .toArray();
            if (Arrays.stream(known).anyMatch(i -> i < 0 || i >= extent)) {
                throw b.refuse("an index is beyond the extent " + extent);
            }
            Value from = x.output() == null ? b.known(x) : x;
            if (from.numbers() != null && from.size() >= 0) {
                double[] numbers = Folding.gather(from.numbers(), x.shape(), axis, known);
                Value folded = Value.known(x.type(), shape, numbers);
                if (folded.allNumbers().isPresent()) {
                    return folded;
                }
                Output out = gathered(b, x, at, axis);
                return new Value(out, x.type(), shape, false, numbers, null);
            }
            boolean row =
                    known.length > 0
                            && IntStream.range(0, known.length)
                                    .allMatch(i -> known[i] == known[0] + i);
            if (row) {
                Value part = part(b, x, axis, known[0], known.length);
                return at.rank() == 1
                        ? part
                        : at.rank() == 0
                                ? Shaping.squeeze(b, part, axis)
                                : Shaping.reshape(b, part, Shaping.extents(x, shape));
            }
            at =
                    Value.known(
                            DataType.DT_INT32,
                            at.shape(),
                            Arrays.stream(known).asDoubleStream().toArray());
        }
        return Value.of(gathered(b, x, at, axis), x.type(), shape);
    }

    private static Output gathered(NetworkBuilder b, Value x, Value indices, int axis) {
        Ops g = b.ops();
        Output at = g.cast(b.output(indices), DataType.DT_INT32);
        if (indices.allNumbers().isEmpty() && x.extent(axis) >= 0) {
            at = g.emit("FloorMod", at, g.scalar(x.extent(axis)));
        }
        return g.emit("GatherV2", b.output(x), at, g.scalar(axis));
    }
}
