/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxModel.Attribute;
import sc.fiji.attribution.importer.onnx.OnnxModel.Node;

/**
 * A node with the values of its inputs, as an entry of the table sees it.
 *
 * @param b emits what it is made of
 * @param opset version of the standard that the file keeps to
 * @param inputs null for one that is left away
 * @param bodies visits graphs within the node
 */
record Call(NetworkBuilder b, long opset, Node node, List<Value> inputs, Bodies bodies) {

    /** Visits a graph within a node. */
    interface Bodies {

        /** Its outputs, given values for its inputs. */
        List<Value> visit(OnnxModel.Graph graph, List<Value> inputs);
    }

    /** An input that must be there. */
    Value in(int index) {
        return given(index).orElseThrow(() -> refuse("its input " + index + " is missing"));
    }

    /** An input that may be left away. */
    Optional<Value> given(int index) {
        return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
    }

    private Optional<Attribute> attribute(String name) {
        return Optional.ofNullable(node.attributes().get(name));
    }

    boolean has(String name) {
        return node.attributes().containsKey(name);
    }

    long integer(String name, long otherwise) {
        return attribute(name).map(Attribute::integer).orElse(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    float number(String name, double otherwise) {
        return attribute(name).map(Attribute::number).orElse((float) otherwise);
    }

    String text(String name, String otherwise) {
        return attribute(name).map(Attribute::text).orElse(otherwise);
    }

    /** Numbers of an attribute; those given otherwise where it has none. */
    long[] integers(String name, long... otherwise) {
        return attribute(name).map(Attribute::integers).orElse(otherwise);
    }

    int[] ints(String name, int... otherwise) {
        return has(name)
                ? Arrays.stream(integers(name)).mapToInt(Math::toIntExact).toArray()
                : otherwise;
    }

    float[] numbers(String name) {
        return attribute(name).map(Attribute::numbers).orElse(new float[0]);
    }

    List<String> texts(String name) {
        return attribute(name).map(Attribute::texts).orElse(List.of());
    }

    Optional<OnnxTensor> tensor(String name) {
        return attribute(name).map(Attribute::tensor);
    }

    OnnxModel.Graph graph(String name) {
        return attribute(name)
                .map(Attribute::graph)
                .orElseThrow(() -> refuse("its graph " + name + " is missing"));
    }

    /** What was an attribute and became an input: integers, or empty where neither is there. */
    Optional<long[]> integersOf(String attribute, int input) {
        if (has(attribute)) {
            return Optional.of(integers(attribute));
        }
        return given(input).map(value -> b.longs(value, "its input " + attribute));
    }

    /** An axis of a value, which may be counted from behind. */
    int axis(long axis, int rank) {
        long positive = axis < 0 ? axis + rank : axis;
        if (positive < 0 || positive >= Math.max(1, rank)) {
            throw refuse("axis " + axis + " of " + rank);
        }
        return (int) positive;
    }

    /** The only number of a value. */
    double scalar(Value value, String what) {
        double[] numbers =
                b.known(value)
                        .allNumbers()
                        .filter(all -> all.length == 1)
                        .orElseThrow(() -> refuse(what + " is not one known number"));
        return numbers[0];
    }

    /** A number of the type of a value. */
    static Value like(Value value, double number) {
        return Value.scalar(value.type(), number);
    }

    /** Element type by its number in the format. */
    DataType type(long number) {
        try {
            return OnnxTensor.Stored.of((int) number).type;
        } catch (java.io.IOException e) {
            throw refuse(e.getMessage());
        }
    }

    ModelException refuse(String what) {
        return new ModelException("op " + node.op() + " (layer '" + node.label() + "'): " + what);
    }
}
