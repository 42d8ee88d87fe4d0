/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Operators that stand tensors beside each other, turn them, or deal with their diagonals. */
final class ArrangementOperators {

    private final TensorOperators all;
    private final Emission g;

    private ArrangementOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ArrangementOperators each = new ArrangementOperators(all);
        all.add("hstack(x)", a -> each.stacked(a, 1, 1));
        all.add("vstack(x)", a -> each.stacked(a, 0, 2));
        all.add("dstack(x)", a -> each.stacked(a, 2, 3));
        all.table().add("meshgrid(x, indexing='ij')", each::grid);
        all.table().add("tensor_split(x, parts, dim=0)", each::parts);
        all.add("rot90(x, k=1, dims=[])", each::turned);
        all.add("fliplr(x)", a -> each.flipped(all.tensor(a, "x"), 1));
        all.add("flipud(x)", a -> each.flipped(all.tensor(a, "x"), 0));
        all.add("diff(x, n=1, dim=-1, prepend=None, append=None)", each::differences);
        all.add("diagonal(x, offset=0, dim1=0, dim2=1)", each::diagonal);
        all.add("diag_embed(x, offset=0, dim1=-2, dim2=-1)", each::embedded);
    }

    /** Vectors stand beside each other along their only axis. */
    private Value stacked(Arguments a, int axis, int least) {
        List<Value> parts = all.tensors(a, "x");
        boolean lines = parts.stream().allMatch(p -> p.rank() == 1) && axis == 1;
        if (!lines && parts.stream().anyMatch(p -> p.rank() < Math.max(least, axis + 1))) {
            throw a.refuse("tensors of fewer than " + Math.max(least, axis + 1) + " axes");
        }
        return g.concat(parts, lines ? 0 : axis);
    }

    /** The coordinates of a grid; by 'xy' the second axis comes first. */
    private Object grid(Arguments a) {
        List<Value> lines = all.tensors(a, "x");
        boolean swapped = a.text("indexing").equals("xy") && lines.size() > 1;
        List<Object> extents = new ArrayList<>();
        for (Value line : lines) {
            if (line.rank() > 1) {
                throw a.refuse("tensors of " + line.rank() + " axes");
            }
            extents.add(line.rank() == 0 ? (Object) 1L : g.extent(line, 0));
        }
        if (swapped) {
            java.util.Collections.swap(extents, 0, 1);
        }
        int[] shape = extents.stream().mapToInt(g.symbols()::of).toArray();
        List<Object> grids = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int axis = swapped && i < 2 ? 1 - i : i;
            List<Object> own = new ArrayList<>(java.util.Collections.nCopies(shape.length, 1L));
            own.set(axis, extents.get(axis));
            Value line = g.reshape(lines.get(i), own);
            grids.add(
                    new ScriptTensor(
                            g.emit("BroadcastTo", shape, List.of(g.out(line), g.vector(extents)))));
        }
        return grids;
    }

    /** As equal as can be, the longer ones first; or at the given places. */
    private Object parts(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        int extent = known(a, x, axis);
        List<Long> ends = new ArrayList<>();
        if (a.value("parts") instanceof List<?>) {
            for (long at : a.longs("parts")) {
                ends.add(Math.min(extent, at < 0 ? Math.max(0, at + extent) : at));
            }
            ends.add((long) extent);
        } else {
            long count = a.whole("parts");
            for (long i = 1, at = 0; i <= count; i++) {
                at += extent / count + (i <= extent % count ? 1 : 0);
                ends.add(at);
            }
        }
        List<Object> parts = new ArrayList<>();
        long begin = 0;
        for (long end : ends) {
            long length = Math.max(0, end - begin);
            parts.add(IndexOperators.range(all, a.value("x"), axis, begin, length));
            begin = end;
        }
        return parts;
    }

    private static int known(Arguments a, Value x, int axis) {
        if (x.shape()[axis] < 0) {
            throw new SizeNeeded("operator '" + a.operator() + "' along an axis of the image");
        }
        return x.shape()[axis];
    }

    private Value flipped(Value x, int... axes) {
        return g.emit("ReverseV2", x.shape(), List.of(g.out(x), g.ops().vector(axes)));
    }

    private static int[] swapped(int rank, int a, int b) {
        int[] order = IntStream.range(0, rank).toArray();
        order[a] = b;
        order[b] = a;
        return order;
    }

    /** By right angles, from the first axis towards the second. */
    private Value turned(Arguments a) {
        Value x = all.tensor(a, "x");
        List<Long> dims = a.longs("dims").isEmpty() ? List.of(0L, 1L) : a.longs("dims");
        int from = Math.floorMod(dims.get(0), x.rank());
        int to = Math.floorMod(dims.get(1), x.rank());
        return switch ((int) Math.floorMod(a.whole("k"), 4L)) {
            case 1 -> g.transpose(flipped(x, to), swapped(x.rank(), from, to));
            case 2 -> flipped(x, from, to);
            case 3 -> g.transpose(flipped(x, from), swapped(x.rank(), from, to));
            default -> x;
        };
    }

    private Value differences(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        List<Value> parts = new ArrayList<>();
        for (String name : List.of("prepend", "x", "append")) {
            if (!a.isNone(name)) {
                parts.add(all.tensor(a, name));
            }
        }
        Value result = g.concat(parts, axis);
        for (long i = 0; i < a.whole("n"); i++) {
            Object less = all.scalars().minus(g.extent(result, axis), 1L);
            result = g.sub(g.slice(result, axis, 1L, less), g.slice(result, axis, 0L, less));
        }
        return result;
    }

    private Value diagonal(Arguments a) {
        Value x = all.tensor(a, "x");
        int rank = x.rank();
        int rows = a.axis("dim1", rank);
        int columns = a.axis("dim2", rank);
        int height = known(a, x, rows);
        int width = known(a, x, columns);
        long offset = a.whole("offset");
        int first = (int) Math.max(0, -offset);
        int n = (int) Math.max(0, Math.min(height - first, width - Math.max(0, offset)));
        int[] places = new int[n];
        Arrays.setAll(places, i -> (first + i) * width + (int) (first + i + offset));
        int[] order =
                IntStream.concat(
                                IntStream.range(0, rank).filter(i -> i != rows && i != columns),
                                IntStream.of(rows, columns))
                        .toArray();
        Value moved = g.transpose(x, order);
        List<Object> extents = g.extents(moved);
        List<Object> flat = new ArrayList<>(extents.subList(0, rank - 2));
        flat.add((long) height * width);
        Value matrices = g.reshape(moved, flat);
        int[] shape = matrices.shape().clone();
        shape[rank - 2] = n;
        return g.emit(
                "GatherV2",
                shape,
                List.of(g.out(matrices), g.ops().vector(places), g.ops().scalar(rank - 2)));
    }

    /** Matrices with the last axis in their diagonal, zero elsewhere. */
    private Value embedded(Arguments a) {
        Value x = all.tensor(a, "x");
        int rank = x.rank() + 1;
        if (a.whole("offset") != 0
                || a.axis("dim1", rank) != rank - 2
                || a.axis("dim2", rank) != rank - 1) {
            throw a.refuse("another diagonal than the first of the last two axes");
        }
        int n = known(a, x, x.rank() - 1);
        double[] eye = new double[n * n];
        for (int i = 0; i < n; i++) {
            eye[i * n + i] = 1;
        }
        List<Object> column = g.extents(x);
        column.add(1L);
        DataType type = x.type();
        return g.mul(g.reshape(x, column), g.known(type, eye, n, n));
    }
}
