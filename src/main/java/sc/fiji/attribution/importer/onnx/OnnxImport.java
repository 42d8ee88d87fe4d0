/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.network.Elementwise;
import sc.fiji.attribution.importer.network.Network;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxModel.Function;
import sc.fiji.attribution.importer.onnx.OnnxModel.Graph;
import sc.fiji.attribution.importer.onnx.OnnxModel.Info;
import sc.fiji.attribution.importer.onnx.OnnxModel.Node;

/** Visits a file's nodes in their order, branches and functions where they are called. */
final class OnnxImport {

    /** Branches within branches, functions that call functions. */
    private static final int DEEPEST = 32;

    private static final List<String> QUANTISED =
            List.of("Quantize", "Dequantize", "Integer", "QLinear");

    private final OnnxModel model;
    private final NetworkBuilder b;
    private final Map<OnnxTensor, Value> weights = new HashMap<>();
    private int visited;
    private int depth;

    OnnxImport(OnnxModel model, WeightStore store) {
        this.model = model;
        this.b = new NetworkBuilder(store);
    }

    /** Values by name, those around them behind. */
    private final class Scope {
        private final Scope around;
        private final Map<String, Value> values = new HashMap<>();
        private final Map<String, OnnxTensor> tensors;

        Scope(Scope around, Map<String, OnnxTensor> tensors) {
            this.around = around;
            this.tensors = tensors;
        }

        Value get(String name) {
            if (name.isEmpty()) {
                return null;
            }
            for (Scope at = this; at != null; at = at.around) {
                Value found = at.values.get(name);
                if (found != null) {
                    return found;
                }
                OnnxTensor tensor = at.tensors.get(name);
                if (tensor != null) {
                    return weights.computeIfAbsent(tensor, Value::of);
                }
            }
            throw new ModelException(
                    "'"
                            + name
                            + "' is read before it is computed, or never: the file's nodes go round"
                            + " in a circle, or one is missing");
        }
    }

    Network network() {
        refuseUnknown();
        Graph graph = model.graph();
        Scope scope = new Scope(null, graph.initializers());
        for (Info input : graph.inputs()) {
            if (!graph.initializers().containsKey(input.name())) {
                scope.values.put(input.name(), b.input(input.name(), type(input), shape(input)));
            }
        }
        visit(graph.nodes(), scope, model.opsets());
        Map<String, Value> outputs = new LinkedHashMap<>();
        for (Info output : graph.outputs()) {
            b.layer(output.name());
            outputs.put(output.name(), flat(scope.get(output.name())));
        }
        return b.finish(outputs);
    }

    /** A vector of scores with axes of extent 1 behind it is one. */
    private Value flat(Value given) {
        boolean input =
                given.output() != null
                        && b.graph().node(given.output()).getOp().equals("Placeholder");
        Value output = input ? Elementwise.unary(b, "Identity", given) : given;
        if (output.rank() == 0
                && model.graph().inputs().stream().anyMatch(OnnxImport::isOneImage)) {
            // Its only score, with all axes squeezed away.
            return Shaping.reshape(b, output, Value.ints(1, 1));
        }
        boolean scores =
                output.rank() > 2 && Arrays.stream(output.shape()).skip(2).allMatch(e -> e == 1);
        return scores
                ? Shaping.squeeze(
                        b, output, java.util.stream.LongStream.range(2, output.rank()).toArray())
                : output;
    }

    private static boolean isOneImage(Info input) {
        return input.shape().map(shape -> shape.length > 3 && shape[0] == 1).orElse(false);
    }

    private DataType type(Info input) {
        try {
            return OnnxTensor.Stored.of(input.type()).type;
        } catch (java.io.IOException e) {
            throw new ModelException("input '" + input.name() + "': " + e.getMessage(), e);
        }
    }

    private static int[] shape(Info input) {
        return input.shape()
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "input '"
                                                + input.name()
                                                + "' does not say how many axes it has: export the"
                                                + " model with the shape of its input"));
    }

    /** All ops that are missing, at once. */
    private void refuseUnknown() {
        Map<String, String> missing = new LinkedHashMap<>();
        model.functions().values().forEach(each -> collect(each.nodes(), missing));
        collect(model.graph().nodes(), missing);
        if (missing.isEmpty()) {
            return;
        }
        boolean quantised =
                missing.keySet().stream().anyMatch(op -> QUANTISED.stream().anyMatch(op::contains));
        throw new ModelException(
                "ops that are not supported: "
                        + missing.entrySet().stream()
                                .limit(20)
                                .map(each -> each.getKey() + " (layer '" + each.getValue() + "')")
                                .collect(Collectors.joining(", "))
                        + (quantised
                                ? "; the network is quantised: export it in floating point"
                                : "; export the model without them"));
    }

    private void collect(List<Node> nodes, Map<String, String> missing) {
        for (Node node : nodes) {
            String domain = node.domain();
            String op = domain.isEmpty() ? node.op() : node.op() + " of " + domain;
            boolean there =
                    model.functions().containsKey(domain + "." + node.op())
                            || domain.isEmpty() && OnnxOps.TABLE.containsKey(node.op());
            if (!there) {
                missing.putIfAbsent(op, node.label());
            }
            node.attributes()
                    .values()
                    .forEach(
                            attribute -> {
                                if (attribute.graph() != null) {
                                    collect(attribute.graph().nodes(), missing);
                                }
                            });
        }
    }

    private void visit(List<Node> nodes, Scope scope, Map<String, Long> opsets) {
        for (Node node : sorted(nodes)) {
            visit(node, scope, opsets);
        }
    }

    /** The standard asks for nodes in the order of computation; some tools write them otherwise. */
    private static List<Node> sorted(List<Node> nodes) {
        Map<String, Node> makers = new HashMap<>();
        nodes.forEach(node -> node.outputs().forEach(name -> makers.put(name, node)));
        Set<String> made = new HashSet<>();
        boolean ordered =
                nodes.stream()
                        .allMatch(
                                node -> {
                                    boolean ready =
                                            node.inputs().stream()
                                                    .allMatch(
                                                            name ->
                                                                    made.contains(name)
                                                                            || !makers.containsKey(
                                                                                    name));
                                    made.addAll(node.outputs());
                                    return ready;
                                });
        if (ordered) {
            return nodes;
        }
        IdentityHashMap<Node, Integer> open = new IdentityHashMap<>();
        Map<String, List<Node>> readers = new HashMap<>();
        Deque<Node> ready = new ArrayDeque<>();
        for (Node node : nodes) {
            Set<String> needs = new LinkedHashSet<>(node.inputs());
            needs.removeIf(name -> !makers.containsKey(name));
            needs.forEach(name -> readers.computeIfAbsent(name, k -> new ArrayList<>()).add(node));
            open.put(node, needs.size());
            if (needs.isEmpty()) {
                ready.add(node);
            }
        }
        List<Node> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Node node = ready.remove();
            order.add(node);
            for (String name : new LinkedHashSet<>(node.outputs())) {
                for (Node reader : readers.getOrDefault(name, List.of())) {
                    if (open.merge(reader, -1, Integer::sum) == 0) {
                        ready.add(reader);
                    }
                }
            }
        }
        if (order.size() < nodes.size()) {
            throw new ModelException("its nodes go round in a circle");
        }
        return order;
    }

    private void visit(Node node, Scope scope, Map<String, Long> opsets) {
        if (++visited > OnnxReader.MOST_NODES) {
            throw new ModelException(
                    "with its loops unrolled it has more than " + OnnxReader.MOST_NODES + " nodes");
        }
        List<Value> inputs = new ArrayList<>();
        node.inputs().forEach(name -> inputs.add(scope.get(name)));
        b.layer(layer(node));
        List<Value> outputs;
        Function function = model.functions().get(node.domain() + "." + node.op());
        if (function != null) {
            outputs = call(node, function, inputs);
        } else {
            Call call =
                    new Call(
                            b,
                            opsets.getOrDefault("", model.opsets().getOrDefault("", 17L)),
                            node,
                            inputs,
                            (graph, given) -> body(graph, given, scope, opsets));
            outputs = apply(call);
        }
        for (int i = 0; i < Math.min(outputs.size(), node.outputs().size()); i++) {
            scope.values.put(node.outputs().get(i), outputs.get(i));
        }
    }

    private static List<Value> apply(Call call) {
        try {
            return OnnxOps.TABLE.get(call.node().op()).apply(call);
        } catch (AttributionException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ModelException(
                    call.refuse("its inputs do not fit together (" + e.getMessage() + ")")
                            .getMessage(),
                    e);
        }
    }

    private List<Value> body(
            Graph graph, List<Value> given, Scope around, Map<String, Long> opsets) {
        deeper();
        Scope scope = new Scope(around, graph.initializers());
        for (int i = 0; i < Math.min(given.size(), graph.inputs().size()); i++) {
            scope.values.put(graph.inputs().get(i).name(), given.get(i));
        }
        visit(graph.nodes(), scope, opsets);
        depth--;
        return graph.outputs().stream().map(output -> scope.get(output.name())).toList();
    }

    private void deeper() {
        if (++depth > DEEPEST) {
            throw new ModelException("its functions or branches are nested too deep");
        }
    }

    private List<Value> call(Node node, Function function, List<Value> inputs) {
        deeper();
        Scope scope = new Scope(null, Map.of());
        for (int i = 0; i < Math.min(inputs.size(), function.inputs().size()); i++) {
            if (inputs.get(i) != null) {
                scope.values.put(function.inputs().get(i), inputs.get(i));
            }
        }
        List<Node> nodes = new ArrayList<>();
        function.nodes().forEach(inner -> nodes.add(bound(inner, node, function)));
        visit(nodes, scope, function.opsets());
        depth--;
        return function.outputs().stream().map(scope::get).toList();
    }

    /** A function's node with the attributes of the call; what was not given is left away. */
    private static Node bound(Node inner, Node call, Function function) {
        Map<String, OnnxModel.Attribute> attributes = new LinkedHashMap<>();
        inner.attributes()
                .forEach(
                        (name, attribute) -> {
                            if (attribute.reference().isEmpty()) {
                                attributes.put(name, attribute);
                                return;
                            }
                            OnnxModel.Attribute given =
                                    call.attributes().get(attribute.reference());
                            if (given == null) {
                                given =
                                        function.defaults().stream()
                                                .filter(d -> d.name().equals(attribute.reference()))
                                                .findFirst()
                                                .orElse(null);
                            }
                            if (given != null) {
                                attributes.put(name, given);
                            }
                        });
        List<String> inputs =
                inner.inputs().stream()
                        .map(
                                name ->
                                        function.inputs().indexOf(name) >= call.inputs().size()
                                                ? ""
                                                : name)
                        .toList();
        return new Node(
                call.label() + "/" + inner.label(),
                inner.op(),
                inner.domain(),
                inputs,
                inner.outputs(),
                attributes,
                inner.scope());
    }

    /**
     * The author's name for the layer that a node belongs to: the exporters write paths of modules
     * that end with the op.
     */
    private static String layer(Node node) {
        String name = node.label().replaceFirst("^/+", "").replaceAll(":\\d+$", "");
        int slash = name.lastIndexOf('/');
        return slash > 0 ? name.substring(0, slash) : name;
    }

    /** Whether the first image has its channels before space: as its first convolution reads it. */
    boolean channelsFirst() {
        for (Info input : model.graph().inputs()) {
            boolean image =
                    input.shape().map(s -> s.length >= 3).orElse(false)
                            && !model.graph().initializers().containsKey(input.name());
            if (image) {
                return channelsFirst(input);
            }
        }
        return true;
    }

    private boolean channelsFirst(Info input) {
        int rank = input.shape().orElseThrow().length;
        Set<String> same = new HashSet<>(Set.of(input.name()));
        for (Node node : model.graph().nodes()) {
            if (node.inputs().stream().noneMatch(same::contains)) {
                continue;
            }
            switch (node.op()) {
                case "Transpose" -> {
                    OnnxModel.Attribute order = node.attributes().get("perm");
                    return order == null
                            || !Arrays.equals(
                                    Arrays.stream(order.integers())
                                            .mapToInt(i -> (int) i)
                                            .toArray(),
                                    NetworkBuilder.fromLast(rank));
                }
                case "Conv", "MaxPool", "AveragePool", "BatchNormalization" -> {
                    return true;
                }
                default -> same.addAll(node.outputs());
            }
        }
        return true;
    }
}
