/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small ONNX files for tests, message by message as the format's description has them. */
final class OnnxFile {

    static final int FLOAT = 1;
    static final int INT64 = 7;
    static final int BOOL = 9;

    /** Numbers with a shape, written as {@link #FLOAT}, {@link #INT64} or {@link #BOOL}. */
    record Array(int type, long[] shape, double[] numbers) {

        static Array ints(long... values) {
            double[] numbers = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                numbers[i] = values[i];
            }
            return new Array(INT64, new long[] {values.length}, numbers);
        }

        static Array scalar(int type, double value) {
            return new Array(type, new long[0], new double[] {value});
        }

        ByteBuffer bytes() {
            int width = type == FLOAT ? 4 : type == INT64 ? 8 : 1;
            ByteBuffer bytes =
                    ByteBuffer.allocate(numbers.length * width).order(ByteOrder.LITTLE_ENDIAN);
            for (double number : numbers) {
                switch (type) {
                    case FLOAT -> bytes.putFloat((float) number);
                    case INT64 -> bytes.putLong((long) number);
                    default -> bytes.put((byte) number);
                }
            }
            return bytes.flip();
        }
    }

    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    private final long opset;
    private final List<byte[]> nodes = new ArrayList<>();
    private final Map<String, Array> inputs = new LinkedHashMap<>();
    private final Map<String, Array> initializers = new LinkedHashMap<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();

    OnnxFile(long opset) {
        this.opset = opset;
    }

    /** An input of the shape of its example. */
    OnnxFile input(String name, Array example) {
        inputs.put(name, example);
        return this;
    }

    OnnxFile initializer(String name, Array value) {
        initializers.put(name, value);
        return this;
    }

    OnnxFile output(String name, int type) {
        outputs.put(name, type);
        return this;
    }

    OnnxFile node(String op, List<String> in, List<String> out, Map<String, Object> attributes) {
        nodes.add(
                bytes(
                        to -> {
                            for (String name : in) {
                                to.writeString(1, name);
                            }
                            for (String name : out) {
                                to.writeString(2, name);
                            }
                            to.writeString(3, "/block/" + out.get(0) + "/" + op);
                            to.writeString(4, op);
                            for (var each : attributes.entrySet()) {
                                message(to, 5, attribute(each.getKey(), each.getValue()));
                            }
                        }));
        return this;
    }

    Map<String, Array> inputs() {
        return inputs;
    }

    private static byte[] attribute(String name, Object value) {
        return bytes(
                to -> {
                    to.writeString(1, name);
                    if (value instanceof Float number) {
                        to.writeFloat(2, number);
                        to.writeInt32(20, 1);
                    } else if (value instanceof String text) {
                        to.writeBytes(4, ByteString.copyFromUtf8(text));
                        to.writeInt32(20, 3);
                    } else if (value instanceof long[] numbers) {
                        for (long number : numbers) {
                            to.writeInt64(8, number);
                        }
                        to.writeInt32(20, 7);
                    } else if (value instanceof float[] numbers) {
                        for (float number : numbers) {
                            to.writeFloat(7, number);
                        }
                        to.writeInt32(20, 6);
                    } else if (value instanceof Array array) {
                        message(to, 5, tensor("", array));
                        to.writeInt32(20, 4);
                    } else {
                        to.writeInt64(3, ((Number) value).longValue());
                        to.writeInt32(20, 2);
                    }
                });
    }

    private static byte[] tensor(String name, Array array) {
        return bytes(
                to -> {
                    for (long extent : array.shape()) {
                        to.writeInt64(1, extent);
                    }
                    to.writeInt32(2, array.type());
                    to.writeString(8, name);
                    to.writeBytes(9, ByteString.copyFrom(array.bytes()));
                });
    }

    private static byte[] info(String name, int type, long[] shape) {
        byte[] extents =
                bytes(
                        to -> {
                            for (long extent : shape == null ? new long[0] : shape) {
                                message(to, 1, bytes(dim -> dim.writeInt64(1, extent)));
                            }
                        });
        byte[] tensor =
                bytes(
                        to -> {
                            to.writeInt32(1, type);
                            if (shape != null) {
                                message(to, 2, extents);
                            }
                        });
        byte[] typed = bytes(to -> message(to, 1, tensor));
        return bytes(
                to -> {
                    to.writeString(1, name);
                    message(to, 2, typed);
                });
    }

    byte[] write() {
        byte[] graph =
                bytes(
                        to -> {
                            for (byte[] node : nodes) {
                                message(to, 1, node);
                            }
                            to.writeString(2, "test");
                            for (var each : initializers.entrySet()) {
                                message(to, 5, tensor(each.getKey(), each.getValue()));
                            }
                            for (var each : inputs.entrySet()) {
                                Array example = each.getValue();
                                message(
                                        to,
                                        11,
                                        info(each.getKey(), example.type(), example.shape()));
                            }
                            for (var each : outputs.entrySet()) {
                                message(to, 12, info(each.getKey(), each.getValue(), null));
                            }
                        });
        byte[] set = bytes(to -> to.writeInt64(2, opset));
        return bytes(
                to -> {
                    to.writeInt64(1, opset < 10 ? 4 : 8);
                    to.writeString(2, "test");
                    message(to, 7, graph);
                    message(to, 8, set);
                });
    }

    private static void message(CodedOutputStream to, int field, byte[] bytes) throws IOException {
        to.writeByteArray(field, bytes);
    }

    private static byte[] bytes(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writer.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
