/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Appends ops to a graph. Types and counts are inferred from the inputs; an op that was asked for
 * with the same inputs and attributes before is not added twice. Shapes are computed where the
 * graph runs, so batch and spatial sizes stay free.
 */
public final class Ops {

    /** All that is added to a network begins with this. */
    public static final String SCOPE = "attribution/";

    private final Graph graph;
    private final String scope;
    private final Kernels kernels;
    private final Map<List<Object>, Output> emitted = new HashMap<>();

    /** Whether cotangents flow through values of the type. */
    public static boolean isFloating(DataType type) {
        return switch (type) {
            case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16 -> true;
            default -> false;
        };
    }

    /** For any TensorFlow. */
    public Ops(Graph graph, String scope) {
        this(graph, scope, Kernels.UNKNOWN);
    }

    /**
     * @param scope prefix of the new nodes' names
     * @param kernels of the TensorFlow that will run them
     */
    public Ops(Graph graph, String scope, Kernels kernels) {
        this.graph = graph;
        this.scope = scope;
        this.kernels = kernels;
    }

    /** Prefix of the new nodes' names. */
    public String scope() {
        return scope;
    }

    public Kernels kernels() {
        return kernels;
    }

    public Graph graph() {
        return graph;
    }

    public DataType type(Output output) {
        return graph.type(output);
    }

    public Output emit(String op, Output... inputs) {
        return emit(op, Arrays.asList(inputs));
    }

    /**
     * Adds a node.
     *
     * @param attributes alternating names and values: Boolean, Number, String, {@link DataType} or
     *     {@link AttrValue}
     * @return its first output
     */
    public Output emit(String op, List<Output> inputs, Object... attributes) {
        Map<String, AttrValue> attrs = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            attrs.put((String) attributes[i], attrValue(attributes[i + 1]));
        }
        inferTypes(OpRegistry.ops().get(op), inputs, attrs);
        return op.equals("Placeholder")
                ? add(op, inputs, attrs)
                : emitted.computeIfAbsent(
                        List.of(op, inputs, attrs), key -> add(op, inputs, attrs));
    }

    /** All attributes of a node as alternating names and values, to hand on to one like it. */
    public Object[] attributes(Node node) {
        List<Object> attributes = new ArrayList<>();
        node.def()
                .getAttrMap()
                .forEach(
                        (name, value) -> {
                            attributes.add(name);
                            attributes.add(value);
                        });
        return attributes.toArray();
    }

    private Output add(String op, List<Output> inputs, Map<String, AttrValue> attrs) {
        NodeDef.Builder node = NodeDef.newBuilder().setOp(op).setName(graph.freeName(scope + op));
        inputs.forEach(input -> node.addInput(input.asInput()));
        node.putAllAttr(attrs);
        graph.put(node.build());
        return new Output(node.getName(), 0);
    }

    private void inferTypes(OpDef op, List<Output> inputs, Map<String, AttrValue> attrs) {
        int next = 0;
        List<OpDef.ArgDef> arguments = op.getInputArgList();
        for (OpDef.ArgDef argument : arguments) {
            int count = 1;
            if (!argument.getNumberAttr().isEmpty()) {
                count =
                        attrs.containsKey(argument.getNumberAttr())
                                ? (int) attrs.get(argument.getNumberAttr()).getI()
                                : inputs.size() - (arguments.size() - 1);
                attrs.putIfAbsent(argument.getNumberAttr(), attrValue(count));
            }
            if (!argument.getTypeAttr().isEmpty()) {
                attrs.putIfAbsent(argument.getTypeAttr(), attrValue(type(inputs.get(next))));
            }
            next += count;
        }
    }

    private static AttrValue attrValue(Object value) {
        AttrValue.Builder attr = AttrValue.newBuilder();
        if (value instanceof AttrValue given) {
            return given;
        } else if (value instanceof Boolean flag) {
            attr.setB(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            attr.setI(((Number) value).longValue());
        } else if (value instanceof Float number) {
            attr.setF(number);
        } else if (value instanceof DataType type) {
            attr.setType(type);
        } else {
            attr.setS(ByteString.copyFromUtf8((String) value));
        }
        return attr.build();
    }

    /** An AttrValue holding a list of integers, such as strides. */
    public static AttrValue list(long... values) {
        AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
        for (long value : values) {
            list.addI(value);
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    /** A vector of int32. */
    public Output vector(int... values) {
        return constant(
                DataType.DT_INT32,
                values.length * Integer.BYTES,
                buffer -> buffer.asIntBuffer().put(values),
                values.length);
    }

    /** An int32 scalar. */
    public Output scalar(int value) {
        return constant(
                DataType.DT_INT32, Integer.BYTES, buffer -> buffer.asIntBuffer().put(value));
    }

    /** A floating-point scalar of the type of another output. */
    public Output scalar(double value, Output like) {
        return real(value, type(like));
    }

    /** A scalar of a floating-point type. */
    public Output real(double value, DataType type) {
        Output scalar =
                constant(
                        DataType.DT_FLOAT,
                        Float.BYTES,
                        buffer -> buffer.asFloatBuffer().put((float) value));
        return cast(scalar, type);
    }

    public Output constant(
            DataType type,
            int bytes,
            java.util.function.Consumer<ByteBuffer> write,
            long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        write.accept(buffer);
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (long extent : shape) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(extent));
        }
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(type)
                        .setTensorShape(dims)
                        .setTensorContent(ByteString.copyFrom(buffer.array()))
                        .build();
        return emit(
                "Const",
                List.of(),
                "dtype",
                type,
                "value",
                AttrValue.newBuilder().setTensor(tensor).build());
    }

    public Output cast(Output x, DataType to) {
        return type(x) == to ? x : emit("Cast", List.of(x), "DstT", to);
    }

    public Output shape(Output x) {
        NodeDef node = graph.node(x);
        if (!node.getOp().equals("Pad") && !node.getOp().equals("PadV2")) {
            return emit("Shape", x);
        }
        // Not asked of the padding itself: TensorFlow would give up fusing anything at all.
        List<Output> inputs = Graph.inputs(node);
        Output added = sum(cast(inputs.get(1), DataType.DT_INT32), vector(1));
        return add(shape(inputs.get(0)), added);
    }

    public Output add(Output a, Output b) {
        return emit("AddV2", a, b);
    }

    public Output sub(Output a, Output b) {
        return emit("Sub", a, b);
    }

    public Output mul(Output a, Output b) {
        return emit("Mul", a, b);
    }

    public Output mul(Output a, double factor) {
        return mul(a, scalar(factor, a));
    }

    public Output div(Output a, Output b) {
        return emit("RealDiv", a, b);
    }

    public Output neg(Output a) {
        return emit("Neg", a);
    }

    /** {@code mask ? x : 0}, mask a boolean of x's shape or one that broadcasts with it. */
    public Output where(Output mask, Output x) {
        return emit("SelectV2", mask, x, scalar(0.0, x));
    }

    public Output reshape(Output x, Output shape) {
        return emit("Reshape", x, shape);
    }

    /** x, and what its shape is, for those who read the graph. */
    public Output ensureShape(Output x, long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDimBuilder().setSize(extent);
        }
        AttrValue value = AttrValue.newBuilder().setShape(shape).build();
        return emit("EnsureShape", List.of(x), "shape", value);
    }

    /** x in the shape of another. */
    public Output reshapeLike(Output x, Output like) {
        return reshape(x, shape(like));
    }

    public Output sum(Output x, Output axes) {
        return emit("Sum", x, axes);
    }

    public Output sumKeepingAxes(Output x, Output axes) {
        return emit("Sum", List.of(x, axes), "keep_dims", true);
    }

    public Output rank(Output x) {
        return emit("Rank", x);
    }

    public Output range(Output end) {
        return emit("Range", scalar(0), end, scalar(1));
    }

    /** Elements of an int32 vector from {@code begin}, {@code size} of them. */
    public Output slice(Output vector, int begin, int size) {
        return emit("Slice", vector, vector(begin), vector(size));
    }

    public Output concat(Output... vectors) {
        if (vectors.length == 1) {
            return vectors[0];
        }
        Output[] inputs = Arrays.copyOf(vectors, vectors.length + 1);
        inputs[vectors.length] = scalar(0);
        return emit("ConcatV2", inputs);
    }

    public Output onesLike(Output x) {
        return emit("OnesLike", x);
    }

    public Output zerosLike(Output x) {
        return emit("ZerosLike", x);
    }

    /**
     * Undoes broadcasting: the cotangent of {@code x} where {@code x} and {@code other} were
     * broadcast to the shape of {@code dy}. Costs nothing where nothing was broadcast.
     */
    public Output unbroadcast(Output dy, Output x, Output other) {
        if (x.equals(other)) {
            return dy;
        }
        Output args = emit("BroadcastGradientArgs", shape(x), shape(other));
        return reshapeLike(sum(dy, args), x);
    }
}
