/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;

/**
 * What the operators of PyTorch are made of: nodes with account kept of their extents. What is held
 * with channels last stays so as long as it can.
 */
public final class Emission implements Scalars.Emitter {

    /** More nodes than any network has that could be explained in a lifetime. */
    private static final int NODES = 200_000;

    /** Numbers that code may make, such as masks and positions. */
    private static final int NUMBERS = 1 << 24;

    /** Elements of a tensor for one image, more than any machine holds for a network. */
    private static final long LARGEST = 1L << 30;

    private final NetworkBuilder builder;
    private final Symbols symbols = new Symbols();
    private long numbers;

    public Emission(NetworkBuilder builder) {
        this.builder = builder;
    }

    public NetworkBuilder builder() {
        return builder;
    }

    public Symbols symbols() {
        return symbols;
    }

    public Ops ops() {
        return builder.ops();
    }

    /** What is emitted next belongs to this layer. */
    public void enter(String scope) {
        if (builder.graph().nodes().size() > NODES) {
            throw new ModelException("the network has more than " + NODES + " operations");
        }
        String layer = scope.isEmpty() ? "network" : scope.replace('.', '/');
        if (!layer.equals(builder.layer())) {
            builder.layer(layer);
        }
    }

    /** An input of the network, each open extent with a number of its own. */
    public Value input(String name, DataType type, int... shape) {
        Value input =
                builder.input(name, type, Arrays.stream(shape).map(e -> Math.max(e, -1)).toArray());
        return Value.of(
                input.output(),
                type,
                Arrays.stream(shape).map(e -> e < 0 ? symbols.fresh() : e).toArray());
    }

    public Output out(Value value) {
        return builder.output(value);
    }

    public Value number(double number, DataType type) {
        return Value.scalar(type == DataType.DT_BOOL ? DataType.DT_FLOAT : type, number);
    }

    /** Numbers as a constant. */
    public Value floats(double[] values, int... shape) {
        return known(DataType.DT_FLOAT, values, shape);
    }

    /** Numbers that are not the file's: all of them together are bounded. */
    public Value known(DataType type, double[] values, int... shape) {
        numbers += values.length;
        if (numbers > NUMBERS) {
            throw new ModelException("the code makes more than " + NUMBERS + " numbers");
        }
        return Value.known(type, shape, values);
    }

    // Extents

    /** An extent as a number of the language: {@link Long}, or {@link Size}. */
    public Object extent(Value value, int axis) {
        int extent = value.shape()[axis];
        if (extent >= 0) {
            return (long) extent;
        }
        Size known = symbols.size(extent);
        if (known != null) {
            return known;
        }
        int at = value.last() ? NetworkBuilder.fromLast(value.rank())[axis] : axis;
        Output shape = ops().emit("Shape", value.output());
        return symbols.set(
                extent, ops().emit("GatherV2", shape, ops().scalar(at), ops().scalar(0)));
    }

    public List<Object> extents(Value value) {
        List<Object> extents = new ArrayList<>();
        for (int i = 0; i < value.rank(); i++) {
            extents.add(extent(value, i));
        }
        return extents;
    }

    @Override
    public Size emit(String op, Object... arguments) {
        Output[] inputs = Arrays.stream(arguments).map(this::scalarOf).toArray(Output[]::new);
        Size number = new Size(ops().emit(op, inputs));
        if (op.equals("Mul")) {
            symbols.product(
                    symbols.of(number), Arrays.stream(arguments).mapToInt(symbols::of).toArray());
        }
        return number;
    }

    @Override
    public boolean isExtent(Size number) {
        return symbols.isExtent(number);
    }

    /** A whole number as an int32 scalar of the graph. */
    Output scalarOf(Object number) {
        if (number instanceof Size size) {
            return size.value();
        }
        if (number instanceof Long known && known == known.intValue()) {
            return ops().scalar(known.intValue());
        }
        throw new ModelException("the code uses " + number + " as an extent");
    }

    /** A shape as an int32 vector of the graph. */
    public Output vector(List<Object> extents) {
        if (extents.stream().allMatch(Long.class::isInstance)) {
            return ops().vector(
                            extents.stream().mapToInt(e -> Math.toIntExact((Long) e)).toArray());
        }
        return ops().emit("Pack", extents.stream().map(this::scalarOf).toList(), "axis", 0);
    }

    // Nodes

    /** A node with known extents, on tensors with the author's axes. */
    public Value emit(String op, int[] shape, List<Output> inputs, Object... attributes) {
        return emit(false, op, shape, inputs, attributes);
    }

    private Value emit(
            boolean last, String op, int[] shape, List<Output> inputs, Object... attributes) {
        check(shape);
        Output output = ops().emit(op, inputs, attributes);
        return new Value(output, ops().type(output), shape, last, null, null);
    }

    private static void check(int[] shape) {
        double size = 1;
        for (int extent : shape) {
            size *= Math.max(1, extent);
        }
        if (size > LARGEST) {
            throw new ModelException("a tensor has the shape " + Arrays.toString(shape));
        }
    }

    public Value unary(String op, Value x, Object... attributes) {
        return emit(x.last(), op, x.shape(), List.of(held(x)), attributes);
    }

    /** In the order in which it is held. */
    private Output held(Value x) {
        return x.last() ? x.output() : out(x);
    }

    private Output held(Value x, boolean last) {
        return last && x.rank() > 2 ? builder.outputLast(x) : out(x);
    }

    /** Whether an op on all of them can work with channels last. */
    private static boolean canStay(List<Value> values, int rank) {
        return values.stream().anyMatch(Value::last)
                && values.stream().allMatch(v -> v.rank() == rank || v.rank() == 0);
    }

    public Value binary(String op, Value a, Value b) {
        DataType type = common(a.type(), b.type());
        return elementwise(op, cast(a, type), cast(b, type));
    }

    /** An op that treats each element alike, inputs repeated where one is smaller. */
    public Value elementwise(String op, Value... values) {
        int[] shape = new int[0];
        for (Value value : values) {
            shape = Symbols.broadcast(shape, value.shape());
        }
        boolean last = canStay(List.of(values), shape.length);
        List<Output> inputs = Arrays.stream(values).map(v -> held(v, last)).toList();
        return emit(last, op, shape, inputs);
    }

    /** The type that both take. */
    public static DataType common(DataType a, DataType b) {
        return order(a) >= order(b) ? a : b;
    }

    private static int order(DataType type) {
        return List.of(
                        DataType.DT_BOOL,
                        DataType.DT_UINT8,
                        DataType.DT_INT8,
                        DataType.DT_INT16,
                        DataType.DT_INT32,
                        DataType.DT_INT64,
                        DataType.DT_FLOAT)
                .indexOf(type);
    }

    public Value cast(Value x, DataType type) {
        if (x.type() == type) {
            return x;
        }
        if (x.numbers() != null) {
            return Value.known(type, x.shape(), x.numbers());
        }
        return unary("Cast", x, "DstT", type);
    }

    public Value floating(Value x) {
        return cast(x, DataType.DT_FLOAT);
    }

    public Value add(Value a, Value b) {
        return binary("AddV2", a, b);
    }

    public Value sub(Value a, Value b) {
        return binary("Sub", a, b);
    }

    public Value mul(Value a, Value b) {
        return binary("Mul", a, b);
    }

    public Value mul(Value a, double factor) {
        return factor == 1 ? a : mul(a, number(factor, DataType.DT_FLOAT));
    }

    public Value add(Value a, double summand) {
        return add(a, number(summand, DataType.DT_FLOAT));
    }

    public Value div(Value a, Value b) {
        return binary("RealDiv", floating(a), floating(b));
    }

    public Value reshape(Value x, List<Object> wanted) {
        return new Reshaping(this, x, wanted).result();
    }

    public Value reshape(Value x, long... shape) {
        return reshape(x, Arrays.stream(shape).<Object>mapToObj(Long::valueOf).toList());
    }

    public Value transpose(Value x, int... order) {
        int[] shape = new int[order.length];
        boolean same = true;
        for (int i = 0; i < order.length; i++) {
            shape[i] = x.shape()[order[i]];
            same &= order[i] == i;
        }
        if (same) {
            return x;
        }
        if (x.weight() != null) {
            return Value.of(x.weight().permuted(order));
        }
        return emit("Transpose", shape, List.of(out(x), ops().vector(order)));
    }

    /** Extents along an axis from begin, as many as length. */
    public Value slice(Value x, int axis, Object begin, Object length) {
        int[] shape = x.shape().clone();
        int wanted = symbols.of(length);
        if (wanted == shape[axis] && begin.equals(0L)) {
            return x;
        }
        shape[axis] = wanted;
        if (x.weight() != null && begin instanceof Long from && length instanceof Long count) {
            return Value.of(x.weight().part(axis, from, count));
        }
        Object[] begins = new Object[shape.length];
        Object[] lengths = new Object[shape.length];
        Arrays.fill(begins, 0L);
        Arrays.fill(lengths, -1L);
        int at = x.last() ? NetworkBuilder.fromLast(x.rank())[axis] : axis;
        begins[at] = begin;
        lengths[at] = length instanceof Size number ? notNegative(number) : length;
        List<Output> inputs = List.of(held(x), vector(List.of(begins)), vector(List.of(lengths)));
        return emit(x.last(), "Slice", shape, inputs);
    }

    /** Of a smaller image than the code is made for nothing is left; -1 would be all the rest. */
    private Size notNegative(Size length) {
        return symbols.isExtent(length) ? length : emit("Maximum", length, 0L);
    }

    public Value concat(List<Value> parts, int axis) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        DataType type = parts.stream().map(Value::type).reduce(DataType.DT_BOOL, Emission::common);
        int[] shape = parts.get(0).shape().clone();
        boolean last = canStay(parts, shape.length);
        List<Output> inputs = new ArrayList<>();
        Scalars scalars = new Scalars(this);
        Object along = 0L;
        for (Value part : parts) {
            if (part.rank() != shape.length) {
                throw new ModelException("tensors of different numbers of axes are joined");
            }
            inputs.add(held(cast(part, type), last));
            along = scalars.plus(along, extent(part, axis));
            for (int i = 0; i < shape.length; i++) {
                shape[i] = i == axis ? shape[i] : Symbols.same(shape[i], part.shape()[i]);
            }
        }
        shape[axis] = symbols.of(along);
        inputs.add(ops().scalar(last ? NetworkBuilder.fromLast(shape.length)[axis] : axis));
        return emit(last, "ConcatV2", shape, inputs);
    }

    /**
     * Pads with a value.
     *
     * @param before elements before each axis; may be negative, as after
     */
    public Value pad(Value x, int[] before, int[] after, double value) {
        Value inner = x;
        for (int i = 0; i < x.rank(); i++) {
            int less = Math.min(before[i], 0) + Math.min(after[i], 0);
            if (less < 0) {
                Object length = new Scalars(this).plus(extent(inner, i), (long) less);
                inner = slice(inner, i, (long) Math.max(0, -before[i]), length);
            }
        }
        int[] shape = inner.shape().clone();
        int[] pads = new int[2 * shape.length];
        for (int i = 0; i < shape.length; i++) {
            int at = inner.last() ? NetworkBuilder.fromLast(shape.length)[i] : i;
            pads[2 * at] = Math.max(0, before[i]);
            pads[2 * at + 1] = Math.max(0, after[i]);
            shape[i] = added(shape[i], pads[2 * at] + pads[2 * at + 1]);
        }
        if (Arrays.stream(pads).allMatch(p -> p == 0)) {
            return inner;
        }
        return value == 0
                ? emit(inner.last(), "Pad", shape, List.of(held(inner), pairs(pads)))
                : emit(
                        inner.last(),
                        "PadV2",
                        shape,
                        List.of(held(inner), pairs(pads), out(number(value, x.type()))));
    }

    /** Pairs of numbers as a matrix with two columns. */
    public Output pairs(int[] pairs) {
        return ops().constant(
                        DataType.DT_INT32,
                        pairs.length * Integer.BYTES,
                        buffer -> buffer.asIntBuffer().put(pairs),
                        pairs.length / 2,
                        2);
    }

    /** An extent and some more. */
    public int added(int extent, int more) {
        return extent >= 0
                ? extent + more
                : more == 0 ? extent : symbols.derived("added", extent, more);
    }

    /** Sum, Mean, Max, … over axes. */
    public Value reduce(String op, Value x, int[] axes, boolean keep) {
        int[] shape =
                IntStream.range(0, x.rank())
                        .filter(i -> keep || !has(axes, i))
                        .map(i -> has(axes, i) ? 1 : x.shape()[i])
                        .toArray();
        boolean spatial = x.last() && IntStream.range(2, x.rank()).allMatch(i -> has(axes, i));
        boolean stays = x.last() && (keep || spatial && shape.length < 3);
        if (!stays) {
            return emit(op, shape, List.of(out(x), ops().vector(axes)), "keep_dims", keep);
        }
        int[] moved =
                Arrays.stream(axes)
                        .map(i -> NetworkBuilder.fromLast(x.rank())[i])
                        .sorted()
                        .toArray();
        return emit(
                keep && shape.length > 2,
                op,
                shape,
                List.of(x.output(), ops().vector(moved)),
                "keep_dims",
                keep);
    }

    static boolean has(int[] axes, int axis) {
        return Arrays.stream(axes).anyMatch(each -> each == axis);
    }

    public Value mean(Value x, int[] axes, boolean keep) {
        return reduce("Mean", floating(x), axes, keep);
    }
}
