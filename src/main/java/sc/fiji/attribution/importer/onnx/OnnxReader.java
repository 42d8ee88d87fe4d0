/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import com.google.protobuf.CodedInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.importer.onnx.OnnxModel.Attribute;
import sc.fiji.attribution.importer.onnx.OnnxModel.Function;
import sc.fiji.attribution.importer.onnx.OnnxModel.Graph;
import sc.fiji.attribution.importer.onnx.OnnxModel.Info;
import sc.fiji.attribution.importer.onnx.OnnxModel.Node;
import sc.fiji.attribution.importer.onnx.RepeatedNumbers.Floats;
import sc.fiji.attribution.importer.onnx.RepeatedNumbers.Longs;

/**
 * Reads a file message by message. Bytes of tensors are stepped over, and remembered by their place
 * in the file.
 */
final class OnnxReader {

    /** Networks have some hundreds of nodes, unrolled ones some thousands. */
    static final int MOST_NODES = 50_000;

    private final Wire wire;
    private final TensorReader tensors;
    private int nodes;

    private OnnxReader(Path file, Wire wire) {
        this.wire = wire;
        this.tensors = new TensorReader(file, wire);
    }

    static OnnxModel read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit(Integer.MAX_VALUE);
            return new OnnxReader(file, new Wire(coded)).model();
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
                        case 14 -> wire.entry(metadata);
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
        return wire.text();
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
                            OnnxTensor tensor = tensors.read();
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
                        case 9 -> wire.entry(metadata);
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
        Floats numbers = new Floats(wire);
        Longs integers = new Longs(wire);
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
                        case 5 -> tensor[0] = tensors.read();
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
}
