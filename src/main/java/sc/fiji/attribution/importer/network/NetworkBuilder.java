/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.importer.Weight;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.WeightView;

/**
 * Builds a network node by node. Values have their axes in the author's order; those of images are
 * held with channels last wherever an op wants them so, and are brought into another order only
 * where something else reads them. What is known while importing is computed there: shapes above
 * all.
 */
public final class NetworkBuilder {

    /** More numbers than these are not computed with while importing. */
    static final int MOST_NUMBERS = 1 << 16;

    private final Graph graph = new Graph();
    private final WeightStore store;
    private final Map<List<Object>, Output> orders = new HashMap<>();
    private final Map<String, Value> inputs = new java.util.LinkedHashMap<>();
    private String layer = "";
    private Ops ops;

    public NetworkBuilder(WeightStore store) {
        this.store = store;
        layer("network");
    }

    /**
     * Begins a layer: what is emitted from now on belongs to it.
     *
     * @param name the author's; slashes part the blocks that it stands in
     */
    public NetworkBuilder layer(String name) {
        String valid = name.replaceAll("[^A-Za-z0-9_./-]", "_").replaceAll("^[/_.-]+|/+$", "");
        layer = (valid.isEmpty() ? "layer" : valid).replaceAll("/+", "/");
        ops = new Ops(graph, layer + "/", Kernels.UNKNOWN);
        return this;
    }

    /** The layer that was begun last. */
    public String layer() {
        return layer;
    }

    /** Emits nodes of the layer that was begun last. */
    public Ops ops() {
        return ops;
    }

    public Graph graph() {
        return graph;
    }

    /**
     * An input of the network.
     *
     * @param shape -1 where any extent fits
     */
    public Value input(String name, DataType type, int... shape) {
        layer(name);
        Output output =
                new Ops(graph, "", Kernels.UNKNOWN)
                        .emit(
                                "Placeholder",
                                List.of(),
                                "dtype",
                                type,
                                "shape",
                                AttrValue.newBuilder().setShape(shape(shape)).build());
        Value value = Value.of(output, type, shape);
        inputs.put(name, value);
        return value;
    }

    static TensorShapeProto shape(int... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int extent : extents) {
            shape.addDimBuilder().setSize(Math.max(extent, -1));
        }
        return shape.build();
    }

    /** The value in the graph, with its axes as the author has them. */
    public Output output(Value value) {
        if (value.output() == null) {
            return value.weight() != null ? weight(value.weight()) : constant(value);
        }
        return value.last() ? ordered(value.output(), value.shape(), false) : value.output();
    }

    /** The value in the graph, with its second axis behind all others. */
    public Output outputLast(Value value) {
        if (value.last()) {
            return value.output();
        }
        if (value.output() == null && value.weight() != null) {
            return weight(value.weight().permuted(toLast(value.rank())));
        }
        return ordered(output(value), value.shape(), true);
    }

    /** Whether a value depends on an input; others are weights, or made of them alone. */
    public boolean isOfInput(Value value) {
        return value.output() != null
                && graph.ancestors(List.of(value.output().node())).stream()
                        .anyMatch(node -> OpTable.is(node, Trait.FED));
    }

    /** A weight's value in the graph. */
    public Output weight(Weight weight) {
        return store.value(graph, layer + "/weight", weight);
    }

    /**
     * The numbers of a value, if it is a weight that has not too many; otherwise the value.
     *
     * @throws ModelException where the file cannot be read
     */
    public Value known(Value value) {
        return value.numbers() == null
                        && value.weight() != null
                        && value.weight().size() <= MOST_NUMBERS
                ? known(value.weight())
                : value;
    }

    private Value known(Weight weight) {
        int[] shape = Arrays.stream(weight.shape()).mapToInt(Math::toIntExact).toArray();
        double[] numbers = new double[Math.toIntExact(weight.size())];
        try {
            ByteBuffer bytes = weight.read().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] =
                        switch (weight.type()) {
                            case DT_FLOAT -> bytes.getFloat();
                            case DT_DOUBLE -> bytes.getDouble();
                            case DT_INT64, DT_UINT64 -> bytes.getLong();
                            case DT_INT32 -> bytes.getInt();
                            case DT_UINT32 -> bytes.getInt() & 0xffffffffL;
                            case DT_INT16 -> bytes.getShort();
                            case DT_UINT16 -> bytes.getShort() & 0xffff;
                            case DT_INT8 -> bytes.get();
                            default -> bytes.get() & 0xff;
                        };
            }
        } catch (IOException | java.nio.BufferUnderflowException e) {
            throw new ModelException(
                    "A weight of layer '" + layer + "' cannot be read: " + e.getMessage() + ".", e);
        }
        return new Value(null, weight.type(), shape, false, numbers, weight);
    }

    private Output constant(Value value) {
        double[] numbers = value.numbers();
        if (value.type() == DataType.DT_FLOAT && numbers.length > 1) {
            return weight(Numbers.of(value));
        }
        int width = WeightView.bytes(value.type());
        return ops.constant(
                value.type(),
                numbers.length * width,
                bytes -> {
                    bytes.order(ByteOrder.LITTLE_ENDIAN);
                    for (double number : numbers) {
                        switch (value.type()) {
                            case DT_FLOAT -> bytes.putFloat((float) number);
                            case DT_DOUBLE -> bytes.putDouble(number);
                            case DT_INT64, DT_UINT64 -> bytes.putLong((long) number);
                            case DT_INT32, DT_UINT32 -> bytes.putInt((int) number);
                            case DT_INT16, DT_UINT16 -> bytes.putShort((short) number);
                            default -> bytes.put((byte) number);
                        }
                    }
                },
                Arrays.stream(value.shape()).asLongStream().toArray());
    }

    /** For each axis with channels last, which of the author's it is. */
    public static int[] toLast(int rank) {
        return IntStream.range(0, rank)
                .map(i -> i == 0 || rank < 3 ? i : i == rank - 1 ? 1 : i + 1)
                .toArray();
    }

    /** For each of the author's axes, where it is with channels last. */
    public static int[] fromLast(int rank) {
        return IntStream.range(0, rank)
                .map(i -> i == 0 || rank < 3 ? i : i == 1 ? rank - 1 : i - 1)
                .toArray();
    }

    /** Extents in the order with channels last. */
    public static int[] shapeLast(int... shape) {
        return Arrays.stream(toLast(shape.length)).map(axis -> shape[axis]).toArray();
    }

    private Output ordered(Output output, int[] shape, boolean channelsLast) {
        if (shape.length < 3) {
            return output;
        }
        int[] order = channelsLast ? toLast(shape.length) : fromLast(shape.length);
        return orders.computeIfAbsent(
                List.of(output, channelsLast),
                key -> ops.emit("Transpose", output, ops.vector(order)));
    }

    /** The value as the author names it in an output, for the signature. */
    public Network finish(Map<String, Value> outputs) {
        return new Network(this, store, inputs, outputs);
    }

    /** Numbers that must be known while importing, such as axes. */
    public long[] longs(Value value, String what) {
        double[] numbers =
                known(value)
                        .allNumbers()
                        .orElseThrow(
                                () ->
                                        refuse(
                                                what
                                                        + " depends on the image or on an extent"
                                                        + " that is left open"));
        return Arrays.stream(numbers).mapToLong(number -> (long) number).toArray();
    }

    /**
     * A vector of int32 in the graph, for the shape or the like that an op wants.
     *
     * @param vector integers, known or not
     */
    public Output vector(Value vector) {
        Value known = known(vector);
        if (known.allNumbers().isPresent()) {
            return ops.vector(
                    Arrays.stream(known.numbers())
                            .mapToInt(
                                    n ->
                                            (int)
                                                    Math.max(
                                                            -(1L << 31),
                                                            Math.min(n, Integer.MAX_VALUE)))
                            .toArray());
        }
        return ops.cast(output(vector), DataType.DT_INT32);
    }

    /** An error about the layer that was begun last. */
    public ModelException refuse(String what) {
        return new ModelException("Layer '" + layer + "': " + what + ".");
    }

    static List<Output> outputs(List<Value> values, java.util.function.Function<Value, Output> of) {
        List<Output> outputs = new ArrayList<>();
        values.forEach(value -> outputs.add(of.apply(value)));
        return outputs;
    }
}
