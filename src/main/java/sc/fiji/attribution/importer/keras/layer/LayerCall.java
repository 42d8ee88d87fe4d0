/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.file.StoredArray;
import sc.fiji.attribution.importer.keras.file.Variables;
import sc.fiji.attribution.importer.keras.file.Weights;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;

/**
 * One call of a layer: what it is, what it is called with, and where its nodes go.
 *
 * @param layer the layer
 * @param weights its weights
 * @param inputs its arguments' tensors, flat
 * @param arguments its arguments in order, tensors replaced by {@link Tensor}
 * @param named its arguments by name, likewise
 * @param builder of the whole network
 * @param ops adds nodes under the layer's name
 * @param variables takes weights
 * @param inner calls a layer that this one wraps, under a name of its own
 */
public record LayerCall(
        SavedLayer layer,
        Weights weights,
        List<Value> inputs,
        List<Object> arguments,
        Map<String, Object> named,
        NetworkBuilder builder,
        Ops ops,
        Variables variables,
        BiFunction<String, Value, Value> inner) {

    public Config config() {
        return layer.config();
    }

    /** The one tensor that most layers are called with. */
    public Value input() {
        if (inputs.isEmpty()) {
            throw config().wrong("it is called with nothing");
        }
        return inputs.get(0);
    }

    public boolean channelsFirst() {
        String format = config().text("data_format", config().text("dim_ordering", ""));
        return format.equals("channels_first") || format.equals("th");
    }

    /** Of the graph, its axes as the author has them. */
    public static Value value(Output output, int... shape) {
        return Value.of(output, DataType.DT_FLOAT, shape);
    }

    /** Of the graph, which may have its second axis last. */
    public static Value value(Output output, int[] shape, boolean last) {
        return last ? Value.last(output, DataType.DT_FLOAT, shape) : value(output, shape);
    }

    /** The input with its axes as the author has them. */
    public Value plain() {
        return plain(input());
    }

    public Value plain(Value value) {
        return value.last() ? value(builder.output(value), value.shape()) : value;
    }

    /**
     * The input with its channels last, whatever the layer's data format.
     *
     * @param rank how many axes it must have
     */
    public Value image(int rank) {
        return image(input(), rank);
    }

    public Value image(Value value, int rank) {
        if (value.rank() != rank) {
            throw config().wrong("its input has " + value.rank() + " axes, not " + rank);
        }
        return channelsFirst() ? channelsLast(value) : plain(value);
    }

    /** A result with its channels last, in the layer's data format. */
    public Value fromImage(Value value) {
        return channelsFirst() ? channelsFirst(value) : value;
    }

    /** The second axis moved to the end. */
    public Value channelsLast(Value value) {
        return value.rank() < 3
                ? value
                : value(builder.outputLast(value), NetworkBuilder.shapeLast(value.shape()));
    }

    /** The last axis counted as the second, without being moved. */
    public static Value channelsFirst(Value value) {
        int[] order = NetworkBuilder.fromLast(value.rank());
        int[] shape = Arrays.stream(order).map(axis -> value.shape()[axis]).toArray();
        return value.rank() < 3 ? value : Value.last(value.output(), DataType.DT_FLOAT, shape);
    }

    /** A weight as the layer has it. */
    public Output weight(String name, int... shape) {
        return weight(name, shape, shape);
    }

    /**
     * A weight.
     *
     * @param shape that it must have in the file
     * @param as that the graph is to see, of as many elements
     */
    public Output weight(String name, int[] shape, int[] as) {
        return variables.of(builder, stored(name, shape), as);
    }

    /** Values of a small weight, to reckon with. */
    public float[] values(String name, int... shape) {
        return stored(name, shape).values();
    }

    private StoredArray stored(String name, int... shape) {
        StoredArray array = weights.get(name);
        long[] extents = Arrays.stream(shape).asLongStream().toArray();
        boolean fits = Arrays.equals(array.shape(), extents);
        if (!fits) {
            throw config().wrong(
                            "its weight '"
                                    + name
                                    + "' has the shape "
                                    + array.describe()
                                    + " in the file, where "
                                    + Arrays.toString(shape)
                                    + " belongs");
        }
        return array;
    }

    /** A vector of small weights in the graph. */
    public Output constant(float[] values, int... shape) {
        long[] extents = Arrays.stream(shape).asLongStream().toArray();
        return ops.constant(
                DataType.DT_FLOAT,
                values.length * Float.BYTES,
                buffer -> buffer.asFloatBuffer().put(values),
                extents);
    }

    /** Adds the layer's bias, if it has one, and its activation. */
    public Value finished(Output output, int... shape) {
        Output biased = output;
        if (config().flag("use_bias", config().flag("bias", true))) {
            biased = ops.emit("BiasAdd", output, weight("bias", shape[shape.length - 1]));
        }
        return Activations.of(this, "activation", LayerCall.value(biased, shape));
    }

    /** In another shape, of which at most one extent is not known. */
    public Output reshape(Value value, int... shape) {
        long unknown = Arrays.stream(shape).filter(extent -> extent < 0).count();
        if (unknown > 1) {
            throw config().unsupported("an input whose size is not known");
        }
        return ops.reshape(value.output(), ops.vector(shape));
    }

    /** The extents must be known for what the layer does. */
    public void requireKnown(Value value, int from) {
        if (!value.isKnown(from)) {
            throw config().unsupported("an input whose size is not known");
        }
    }

    public int channels(Value value) {
        int channels = value.extent(-1);
        if (channels < 1) {
            throw config().wrong("the number of its input's channels is not known");
        }
        return channels;
    }

    /**
     * A setting: an argument by name or, behind the tensors, by place, or what the layer says.
     *
     * @throws sc.fiji.attribution.core.ModelException where a tensor is given by that name
     */
    public Optional<JsonElement> setting(String name, int place) {
        Object given = named.get(name);
        if (!tensors(given).isEmpty()) {
            throw config().unsupported("a computed " + name);
        }
        if (given == null && place >= 0 && place < arguments.size()) {
            given = arguments.get(place);
        }
        if (given instanceof JsonElement json && !(json instanceof JsonNull)) {
            return Optional.of(json);
        }
        return config().get(name);
    }

    /** All tensors in arguments, in order. */
    public static List<Value> tensors(Object argument) {
        List<Value> found = new ArrayList<>();
        if (argument instanceof Value value) {
            found.add(value);
        } else if (argument instanceof List<?> several) {
            several.forEach(each -> found.addAll(tensors(each)));
        }
        return found;
    }
}
