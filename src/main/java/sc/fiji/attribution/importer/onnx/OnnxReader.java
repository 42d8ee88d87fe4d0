/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import com.google.protobuf.CodedInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.importer.onnx.OnnxModel.Attribute;
import sc.fiji.attribution.importer.onnx.OnnxModel.Function;
import sc.fiji.attribution.importer.onnx.OnnxModel.Graph;
import sc.fiji.attribution.importer.onnx.OnnxModel.Info;
import sc.fiji.attribution.importer.onnx.OnnxModel.Node;

/**
 * Reads a file message by message. Bytes of tensors are stepped over, and remembered by their place
 * in the file.
 */
final class OnnxReader {

    /** Networks have some hundreds of nodes, unrolled ones some thousands. */
    static final int MOST_NODES = 50_000;

    private final Path file;
    private final long size;
    private Wire wire;
    private int nodes;

    private OnnxReader(Path file, long size) {
        this.file = file;
        this.size = size;
    }

    static OnnxModel read(Path file) throws IOException {
        OnnxReader reader = new OnnxReader(file, Files.size(file));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit(Integer.MAX_VALUE);
            reader.wire = new Wire(coded);
            return reader.model();
        }
    }

    private OnnxModel model() throws IOException {
        long[] version = {0};
        String[] texts = {"", ""};
        Map<String, Long> opsets = new LinkedHashMap<>();
        Graph[] graph = {null};
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Function> functions = new LinkedHashMap<>();
        wire.fields(
                (number, type) -> {
                    switch (number) {
                        case 1 -> version[0] = in().readInt64();
                        case 2 -> texts[0] = text();
                        case 3 -> texts[1] = text();
                        case 7 -> graph[0] = graph();
                        case 8 -> opset(opsets);
                        case 14 -> entry(metadata);
                        case 25 -> function(functions);
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        if (graph[0] == null) {
            throw new IOException("it holds no graph");
        }
        return new OnnxModel(version[0], texts[0], texts[1], opsets, graph[0], metadata, functions);
    }

    private CodedInputStream in() {
        return wire.in();
    }

    private String text() throws IOException {
        return in().readString();
    }

    private void opset(Map<String, Long> opsets) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> domain[0] = text();
                        case 2 -> version[0] = in().readInt64();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
    }

    private void entry(Map<String, String> to) throws IOException {
        String[] pair = {"", ""};
        wire.message(
                (number, type) -> {
                    if (number > 2) {
                        return false;
                    }
                    pair[number - 1] = text();
                    return true;
                });
        to.put(pair[0], pair[1]);
    }

    private Graph graph() throws IOException {
        String[] name = {""};
        List<Node> all = new ArrayList<>();
        Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
        List<Info> inputs = new ArrayList<>();
        List<Info> outputs = new ArrayList<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> all.add(node());
                        case 2 -> name[0] = text();
                        case 5 -> {
                            OnnxTensor tensor = tensor();
                            initializers.put(tensor.name(), tensor);
                        }
                        case 11 -> inputs.add(info());
                        case 12 -> outputs.add(info());
                        case 15 -> throw new IOException("sparse tensors are not supported");
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        return new Graph(name[0], all, initializers, inputs, outputs);
    }

    private void function(Map<String, Function> to) throws IOException {
        String[] names = {"", ""};
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<String> attributes = new ArrayList<>();
        List<Attribute> defaults = new ArrayList<>();
        List<Node> all = new ArrayList<>();
        Map<String, Long> opsets = new LinkedHashMap<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> names[0] = text();
                        case 4 -> inputs.add(text());
                        case 5 -> outputs.add(text());
                        case 6 -> attributes.add(text());
                        case 7 -> all.add(node());
                        case 9 -> opset(opsets);
                        case 10 -> names[1] = text();
                        case 11 -> defaults.add(attribute());
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        to.put(
                names[1] + "." + names[0],
                new Function(inputs, outputs, attributes, defaults, all, opsets));
    }

    private Node node() throws IOException {
        if (++nodes > MOST_NODES) {
            throw new IOException("it has more than " + MOST_NODES + " nodes");
        }
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        String[] texts = {"", "", ""};
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> inputs.add(text());
                        case 2 -> outputs.add(text());
                        case 3 -> texts[0] = text();
                        case 4 -> texts[1] = text();
                        case 5 -> {
                            Attribute attribute = attribute();
                            attributes.put(attribute.name(), attribute);
                        }
                        case 7 -> texts[2] = text();
                        case 9 -> entry(metadata);
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        String scope = metadata.getOrDefault("pkg.torch.onnx.name_scopes", "");
        return new Node(texts[0], texts[1], texts[2], inputs, outputs, attributes, scope);
    }

    private Attribute attribute() throws IOException {
        String[] texts = {"", "", ""};
        int[] kind = {0};
        float[] number1 = {0};
        long[] integer = {0};
        OnnxTensor[] tensor = {null};
        Graph[] graph = {null};
        Floats numbers = new Floats();
        Longs integers = new Longs();
        List<String> list = new ArrayList<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> texts[0] = text();
                        case 2 -> number1[0] = in().readFloat();
                        case 3 -> integer[0] = in().readInt64();
                        case 4 ->
                                texts[1] =
                                        new String(
                                                in().readByteArray(),
                                                java.nio.charset.StandardCharsets.UTF_8);
                        case 5 -> tensor[0] = tensor();
                        case 6 -> graph[0] = graph();
                        case 7 -> numbers.read(type);
                        case 8 -> integers.read(type);
                        case 9 ->
                                list.add(
                                        new String(
                                                in().readByteArray(),
                                                java.nio.charset.StandardCharsets.UTF_8));
                        case 20 -> kind[0] = in().readInt32();
                        case 21 -> texts[2] = text();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        return new Attribute(
                texts[0],
                kind[0],
                number1[0],
                integer[0],
                texts[1],
                tensor[0],
                graph[0],
                numbers.values(),
                integers.values(),
                list,
                texts[2]);
    }

    /** Repeated numbers, packed or one by one. */
    private final class Longs {
        private long[] values = new long[8];
        private int count;

        void read(int type) throws IOException {
            if (type != 2) {
                add(in().readInt64());
                return;
            }
            int limit = in().pushLimit(in().readRawVarint32());
            while (in().getBytesUntilLimit() > 0) {
                add(in().readInt64());
            }
            in().popLimit(limit);
        }

        private void add(long value) {
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = value;
        }

        long[] values() {
            return Arrays.copyOf(values, count);
        }
    }

    /** The same of floating point. */
    private final class Floats {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void read(int type) throws IOException {
            bytes.writeBytes(
                    type == 2 ? in().readByteArray() : little(in().readRawLittleEndian32()));
        }

        float[] values() {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[buffer.remaining() / Float.BYTES];
            buffer.asFloatBuffer().get(values);
            return values;
        }
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private Info info() throws IOException {
        String[] name = {""};
        int[] element = {0};
        List<int[]> shapes = new ArrayList<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> name[0] = text();
                        case 2 ->
                                wire.message(
                                        (n, t) -> {
                                            if (n != 1) {
                                                return false;
                                            }
                                            tensorType(element, shapes);
                                            return true;
                                        });
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        return new Info(name[0], element[0], shapes.stream().findFirst());
    }

    private void tensorType(int[] element, List<int[]> shapes) throws IOException {
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> element[0] = in().readInt32();
                        case 2 -> shapes.add(shape());
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private int[] shape() throws IOException {
        List<Integer> extents = new ArrayList<>();
        wire.message(
                (number, type) -> {
                    if (number != 1) {
                        return false;
                    }
                    long[] extent = {-1};
                    wire.message(
                            (n, t) -> {
                                if (n != 1) {
                                    return false;
                                }
                                extent[0] = in().readInt64();
                                return true;
                            });
                    boolean open = extent[0] <= 0 || extent[0] > Integer.MAX_VALUE;
                    extents.add(open ? -1 : (int) extent[0]);
                    return true;
                });
        return extents.stream().mapToInt(e -> e).toArray();
    }

    private OnnxTensor tensor() throws IOException {
        String[] name = {""};
        int[] element = {0, 0};
        Longs dims = new Longs();
        Longs integers = new Longs();
        Longs wide = new Longs();
        Floats numbers = new Floats();
        Floats doubles = new Floats();
        Wire.Region[] raw = {null};
        Map<String, String> outside = new LinkedHashMap<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> dims.read(type);
                        case 2 -> element[0] = in().readInt32();
                        case 4 -> numbers.read(type);
                        case 5 -> integers.read(type);
                        case 7, 11 -> wide.read(type);
                        case 8 -> name[0] = text();
                        case 9 -> raw[0] = wire.region();
                        case 10 -> {
                            if (type == 2) {
                                doubles.read(type);
                            } else {
                                long bits = in().readRawLittleEndian64();
                                doubles.bytes.writeBytes(little((int) bits));
                                doubles.bytes.writeBytes(little((int) (bits >>> 32)));
                            }
                        }
                        case 13 -> entry(outside);
                        case 14 -> element[1] = in().readInt32();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        long[] shape = dims.values();
        try {
            OnnxTensor.Stored stored = OnnxTensor.Stored.of(element[0]);
            long bytes = bytes(shape, stored);
            if (element[1] == 1) {
                return new ExternalData(file, outside).tensor(name[0], stored, shape, bytes);
            }
            if (raw[0] != null) {
                require(raw[0].length(), bytes);
                return new OnnxTensor(name[0], stored, shape, file, raw[0].offset(), bytes, null);
            }
            byte[] memory =
                    switch (stored) {
                        case FLOAT -> numbers.bytes.toByteArray();
                        case DOUBLE -> doubles.bytes.toByteArray();
                        case INT64, UINT64, UINT32 -> narrowed(wide.values(), stored.width);
                        default -> narrowed(integers.values(), stored.width);
                    };
            require(memory.length, bytes);
            return new OnnxTensor(name[0], stored, shape, null, 0, bytes, memory);
        } catch (IOException e) {
            throw new IOException("tensor '" + name[0] + "': " + e.getMessage(), e);
        }
    }

    private long bytes(long[] shape, OnnxTensor.Stored stored) throws IOException {
        long bytes = stored.width;
        for (long extent : shape) {
            if (extent < 0
                    || extent > 0 && bytes > Integer.MAX_VALUE / extent
                    || extent > Integer.MAX_VALUE) {
                throw new IOException("its extents " + Arrays.toString(shape) + " cannot be");
            }
            bytes *= extent;
        }
        return bytes;
    }

    private static void require(long there, long needed) throws IOException {
        if (there != needed) {
            throw new IOException("it has " + there + " bytes instead of " + needed);
        }
    }

    private static byte[] narrowed(long[] values, int width) {
        ByteBuffer buffer =
                ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            switch (width) {
                case 8 -> buffer.putLong(value);
                case 4 -> buffer.putInt((int) value);
                case 2 -> buffer.putShort((short) value);
                default -> buffer.put((byte) value);
            }
        }
        return buffer.array();
    }
}
