/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.importer.network.Places;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.OperatorTable;
import sc.fiji.attribution.importer.torchscript.call.Scalars;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;
import sc.fiji.attribution.importer.torchscript.call.Symbols;

/** Operators that take some of the elements. */
final class IndexOperators {

    private final TensorOperators all;
    private final Emission g;

    private IndexOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        IndexOperators index = new IndexOperators(all);
        OperatorTable table = all.table();
        table.add("slice(x, dim=0, start=None, end=None, step=1)", index::slice);
        table.add(
                "narrow(x, dim, start, length)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Object length = a.value("length");
                    return range(
                            all, a.value("x"), a.axis("dim", x.rank()), a.value("start"), length);
                });
        table.add(
                "select(x, dim, index)",
                a -> {
                    Value x = all.tensor(a, "x");
                    int axis = a.axis("dim", x.rank());
                    return selected(all, a.value("x"), axis, index.position(a, x, axis));
                });
        table.add(
                "__getitem__(x, index)",
                a -> selected(all, a.value("x"), 0, index.position(a, all.tensor(a, "x"), 0)));
        table.add("index(x, indices)", index::index);
        all.add("index_select(x, dim, index)", index::indexSelect);
        all.add(
                "embedding(weight, x, padding_idx=-1, scale=False, sparse=False)",
                index::embedding);
        all.add("gather(x, dim, index, sparse_grad=False)", index::gather);
        all.add("scatter(x, dim, index, src)", a -> index.scatter(a, false));
        all.add("scatter_add(x, dim, index, src)", a -> index.scatter(a, true));
        all.add("one_hot(x, num_classes)", index::oneHot);
        table.add("unfold(x, dimension, size, step)", index::unfold);
        all.add("tril(x, diagonal=0)", a -> index.triangle(a, true));
        all.add("triu(x, diagonal=0)", a -> index.triangle(a, false));
    }

    private long position(Arguments a, Value x, int axis) {
        long index = a.whole("index");
        if (index >= 0) {
            return index;
        }
        if (x.shape()[axis] < 0) {
            throw new SizeNeeded("the code counts from the end of an axis of unknown extent");
        }
        return index + x.shape()[axis];
    }

    /** Extents from begin, as a view. */
    static ScriptTensor range(
            TensorOperators all, Object of, int axis, Object begin, Object length) {
        Emission g = all.emission();
        UnaryOperator<Value> view = x -> g.slice(x, axis, begin, length);
        if (!(of instanceof ScriptTensor base)) {
            throw new ClassCastException("no tensor");
        }
        return ScriptTensor.view(base, view, (x, part) -> replaced(g, x, axis, begin, part));
    }

    /** The tensor with a part of it, from begin on, replaced. */
    private static Value replaced(Emission g, Value x, int axis, Object begin, Value part) {
        Scalars scalars = new Scalars(g);
        Object after = scalars.plus(begin, g.extent(part, axis));
        List<Value> parts = new ArrayList<>();
        if (!begin.equals(0L)) {
            parts.add(g.slice(x, axis, 0L, begin));
        }
        parts.add(g.cast(part, x.type()));
        Object rest = scalars.minus(g.extent(x, axis), after);
        if (!rest.equals(0L)) {
            parts.add(g.slice(x, axis, after, rest));
        }
        Value whole = g.concat(parts, axis);
        return new Value(
                whole.output(),
                whole.type(),
                x.shape(),
                whole.last(),
                whole.numbers(),
                whole.weight());
    }

    /** One of the extents, without its axis, as a view. */
    static ScriptTensor selected(TensorOperators all, Object of, int axis, long index) {
        Emission g = all.emission();
        ScriptTensor single = range(all, of, axis, index, 1L);
        UnaryOperator<Value> view =
                x -> {
                    List<Object> shape = g.extents(x);
                    shape.remove(axis);
                    return g.reshape(x, shape);
                };
        BinaryOperator<Value> write = (x, changed) -> g.reshape(changed, g.extents(x));
        return ScriptTensor.view(single, view, write);
    }

    private Object slice(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dim", x.rank());
        Object extent = g.extent(x, axis);
        Scalars scalars = all.scalars();
        Object start = a.isNone("start") ? (Object) 0L : from(a.value("start"), extent);
        Object end =
                a.isNone("end") || isEndless(a.value("end"))
                        ? extent
                        : from(a.value("end"), extent);
        long step = a.whole("step");
        Object length;
        if (extent instanceof Long known && start instanceof Long s && end instanceof Long e) {
            start = Math.min(s, known);
            length = Math.max(0, Math.min(e, known) - (Long) start);
        } else if (end == extent || !(end instanceof Long) || !(start instanceof Long)) {
            length = scalars.minus(end, start);
        } else {
            // Of an axis of unknown extent, from the front: taken to be long enough.
            length = (Long) end - (Long) start;
        }
        if (step == 1) {
            return range(all, a.value("x"), axis, start, length);
        }
        return new ScriptTensor(strided(g.slice(x, axis, start, length), axis, step));
    }

    private static boolean isEndless(Object end) {
        return end instanceof Long number && number >= Integer.MAX_VALUE;
    }

    /** Counted from the front. */
    private Object from(Object index, Object extent) {
        if (index instanceof Long known && known < 0) {
            Object position = all.scalars().plus(extent, known);
            return position instanceof Long number ? (Object) Math.max(0, number) : position;
        }
        return index;
    }

    private Value strided(Value x, int axis, long step) {
        int[] shape = x.shape().clone();
        shape[axis] =
                shape[axis] >= 0
                        ? (int) ((shape[axis] + step - 1) / step)
                        : g.symbols().derived("step", shape[axis], step);
        int[] zeros = new int[shape.length];
        int[] steps = new int[shape.length];
        Arrays.fill(steps, 1);
        steps[axis] = Math.toIntExact(step);
        long every = (1L << shape.length) - 1;
        return g.emit(
                "StridedSlice",
                shape,
                List.of(
                        g.out(x),
                        g.ops().vector(zeros),
                        g.ops().vector(zeros),
                        g.ops().vector(steps)),
                "begin_mask",
                every,
                "end_mask",
                every);
    }

    /** {@code x[i, :, j]}: indices as tensors, one for each axis, or none. */
    private Object index(Arguments a) {
        Value x = all.tensor(a, "x");
        List<?> indices = a.list("indices");
        int axis = -1;
        for (int i = 0; i < indices.size(); i++) {
            if (indices.get(i) != None.NONE) {
                if (axis >= 0) {
                    return several(a, x, indices);
                }
                axis = i;
            }
        }
        if (axis < 0) {
            return a.value("x");
        }
        Value index = all.tensor(indices.get(axis), a);
        if (index.type() == DataType.DT_BOOL) {
            throw a.refuse("a mask as index");
        }
        return new ScriptTensor(taken(x, axis, index));
    }

    /** Several index vectors beside each other from the first axis on. */
    private Object several(Arguments a, Value x, List<?> indices) {
        List<Value> each = new ArrayList<>();
        for (Object index : indices) {
            if (index == None.NONE) {
                throw a.refuse("indices at some axes only");
            }
            each.add(wrapped(all.tensor(index, a), x.shape()[each.size()]));
        }
        int[] common = new int[0];
        for (Value index : each) {
            common = Symbols.broadcast(common, index.shape());
        }
        List<Value> full = new ArrayList<>();
        for (Value index : each) {
            List<Object> shape = new ArrayList<>();
            Arrays.stream(common).forEach(e -> shape.add((long) e));
            Value wide =
                    Arrays.equals(index.shape(), common)
                            ? index
                            : g.emit("BroadcastTo", common, List.of(g.out(index), g.vector(shape)));
            shape.add(1L);
            full.add(g.reshape(wide, shape));
        }
        Value places = g.concat(full, common.length);
        int[] shape = Arrays.copyOf(common, common.length + x.rank() - each.size());
        System.arraycopy(x.shape(), each.size(), shape, common.length, x.rank() - each.size());
        return new ScriptTensor(g.emit("GatherNd", shape, List.of(g.out(x), g.out(places))));
    }

    /** Indices counted from the front. */
    private Value wrapped(Value index, int extent) {
        if (index.type() == DataType.DT_BOOL || extent < 0) {
            throw new SizeNeeded("an index into an axis of unknown extent");
        }
        Value whole = g.cast(index, DataType.DT_INT32);
        Value size = g.number(extent, DataType.DT_INT32);
        return g.binary("FloorMod", whole, size);
    }

    private Value taken(Value x, int axis, Value index) {
        int[] shape = new int[x.rank() - 1 + index.rank()];
        System.arraycopy(x.shape(), 0, shape, 0, axis);
        System.arraycopy(index.shape(), 0, shape, axis, index.rank());
        System.arraycopy(x.shape(), axis + 1, shape, axis + index.rank(), x.rank() - axis - 1);
        Value places = x.shape()[axis] < 0 ? index : wrapped(index, x.shape()[axis]);
        return g.emit("GatherV2", shape, List.of(g.out(x), g.out(places), g.ops().scalar(axis)));
    }

    private Value indexSelect(Arguments a) {
        Value x = all.tensor(a, "x");
        return taken(x, a.axis("dim", x.rank()), all.tensor(a, "index"));
    }

    private Value embedding(Arguments a) {
        return taken(all.tensor(a, "weight"), 0, all.tensor(a, "x"));
    }

    private Value oneHot(Arguments a) {
        Value x = all.tensor(a, "x");
        int classes = Math.toIntExact(a.whole("num_classes"));
        int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
        shape[x.rank()] = classes;
        Ops ops = g.ops();
        return g.emit(
                "OneHot",
                shape,
                List.of(g.out(x), ops.scalar(classes), ops.scalar(1), ops.scalar(0)),
                "axis",
                -1);
    }

    /** Elements by their place along one axis. */
    private Value gather(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = axis(a, x);
        return Places.taken(g.builder(), x, all.tensor(a, "index"), axis);
    }

    private static int axis(Arguments a, Value x) {
        int axis = a.axis("dim", x.rank());
        if (x.extent(axis) < 0) {
            throw new SizeNeeded("the code picks places along an axis of the image");
        }
        return axis;
    }

    private Value scatter(Arguments a, boolean adds) {
        Value x = all.tensor(a, "x");
        Value index = all.tensor(a, "index");
        Value updates = g.cast(all.tensor(a, "src"), x.type());
        int axis = axis(a, x);
        for (int i = 0; i < x.rank(); i++) {
            if (i != axis && index.shape()[i] != x.shape()[i]) {
                throw a.refuse("an index smaller than the tensor");
            }
        }
        return Places.put(g.builder(), x, index, axis, updates, adds);
    }

    /** Windows along an axis, as a new last axis. */
    private Object unfold(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.axis("dimension", x.rank());
        int extent = x.shape()[axis];
        if (extent < 0) {
            throw new SizeNeeded("windows along an axis of unknown extent");
        }
        int size = Math.toIntExact(a.whole("size"));
        int step = Math.toIntExact(a.whole("step"));
        int count = (extent - size) / step + 1;
        int[] places = new int[count * size];
        for (int i = 0; i < places.length; i++) {
            places[i] = i / size * step + i % size;
        }
        int[] shape = x.shape().clone();
        shape[axis] = places.length;
        Value all =
                g.emit(
                        "GatherV2",
                        shape,
                        List.of(g.out(x), g.ops().vector(places), g.ops().scalar(axis)));
        List<Object> split = g.extents(all);
        split.set(axis, (long) count);
        split.add(axis + 1, (long) size);
        Value windows = g.reshape(all, split);
        int[] order = new int[windows.rank()];
        for (int i = 0, next = 0; i < order.length; i++) {
            if (i != axis + 1) {
                order[next++] = i;
            }
        }
        order[order.length - 1] = axis + 1;
        return new ScriptTensor(g.transpose(windows, order));
    }

    private Value triangle(Arguments a, boolean lower) {
        Value x = all.tensor(a, "x");
        int rows = x.extent(-2);
        int columns = x.extent(-1);
        if (rows < 0 || columns < 0) {
            throw new SizeNeeded("a triangle of unknown extent");
        }
        long diagonal = a.whole("diagonal");
        double[] mask = new double[rows * columns];
        for (int i = 0; i < mask.length; i++) {
            long above = i % columns - i / columns - diagonal;
            mask[i] = lower ? above <= 0 ? 1 : 0 : above >= 0 ? 1 : 0;
        }
        Value keep = Value.known(DataType.DT_BOOL, new int[] {rows, columns}, mask);
        return x.type() == DataType.DT_BOOL
                ? g.elementwise("LogicalAnd", keep, x)
                : g.elementwise("SelectV2", keep, x, g.number(0, x.type()));
    }
}
