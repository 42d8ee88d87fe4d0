/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * What a model's restore graph would do: which key of the checkpoint goes into which variable, and
 * whether it reads any other file. The graph is read like a table; it never runs.
 */
final class RestoreGraph {

    /**
     * Where a variable's values are.
     *
     * @param key in the checkpoint
     * @param slice which part of what is stored there, as TensorFlow writes it; empty for all
     */
    record Slice(String key, String slice) {}

    /** Calls inside calls, and nodes in a row that only hand on. */
    private static final int DEEPEST = 100;

    private static final int LARGEST = 200_000;

    private final Map<String, FunctionDef> functions = new HashMap<>();
    private final String file;
    private final Map<String, Slice> variables = new LinkedHashMap<>();
    private NodeDef foreign;
    private int visited;

    /**
     * @param arguments what its inputs are where it is called; none for the graph itself
     */
    private record Scope(Map<String, NodeDef> nodes, Map<String, Source> arguments) {}

    private record Source(Scope scope, String input) {}

    /**
     * A node that makes a value.
     *
     * @param index which of its outputs
     */
    private record Made(Scope scope, NodeDef node, int index) {}

    private RestoreGraph(MetaGraphDef graph) {
        graph.getGraphDef()
                .getLibrary()
                .getFunctionList()
                .forEach(function -> functions.put(function.getSignature().getName(), function));
        this.file = Output.parse(graph.getSaverDef().getFilenameTensorName()).node();
    }

    static RestoreGraph of(MetaGraphDef graph) {
        RestoreGraph result = new RestoreGraph(graph);
        String restore = Output.parse(graph.getSaverDef().getRestoreOpName()).node();
        Map<String, NodeDef> nodes = new HashMap<>();
        graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
        if (nodes.containsKey(restore)) {
            Scope top = new Scope(nodes, Map.of());
            List<String> reached =
                    Topology.ancestors(
                            List.of(restore),
                            name ->
                                    Graph.predecessors(nodes.get(name)).stream()
                                            .filter(nodes::containsKey)
                                            .toList());
            reached.forEach(name -> result.visit(top, nodes.get(name), 0));
        }
        return result;
    }

    /** Where each variable's values are, by the variable's name. */
    Map<String, Slice> variables() {
        return variables;
    }

    /** A node that reads a file which is not the checkpoint beside the model. */
    Optional<NodeDef> foreign() {
        return Optional.ofNullable(foreign);
    }

    /** By what a variable goes in a checkpoint and among others. */
    static String variable(NodeDef node) {
        String shared =
                node.getOp().equals("VarHandleOp")
                        ? OpRegistry.attribute(node, "shared_name").getS().toStringUtf8()
                        : "";
        return shared.isEmpty() ? node.getName() : shared;
    }

    static boolean isVariable(NodeDef node) {
        return OpTable.is(node, Trait.VARIABLE);
    }

    private void visit(Scope scope, NodeDef node, int depth) {
        if (++visited > LARGEST || depth > DEEPEST) {
            return;
        }
        if (OpTable.is(node, Trait.RESTORES) && !isOwnFile(scope, node)) {
            foreign = node;
        }
        if (OpTable.is(node, Trait.ASSIGNS) && node.getInputCount() >= 2) {
            assign(scope, node);
        }
        for (String name : Functions.namedBy(node)) {
            FunctionDef function = functions.get(name);
            if (function != null) {
                Scope body = body(scope, node, function);
                function.getNodeDefList().forEach(inner -> visit(body, inner, depth + 1));
            }
        }
    }

    private static Scope body(Scope scope, NodeDef call, FunctionDef function) {
        Map<String, NodeDef> nodes = new HashMap<>();
        function.getNodeDefList().forEach(node -> nodes.put(node.getName(), node));
        Map<String, Source> arguments = new HashMap<>();
        List<OpDef.ArgDef> parameters = function.getSignature().getInputArgList();
        for (int i = 0; i < Math.min(parameters.size(), call.getInputCount()); i++) {
            arguments.put(parameters.get(i).getName(), new Source(scope, call.getInput(i)));
        }
        return new Scope(nodes, arguments);
    }

    private boolean isOwnFile(Scope scope, NodeDef node) {
        Optional<Made> prefix = input(scope, node, 0);
        return prefix.isPresent()
                && prefix.get().scope().arguments().isEmpty()
                && prefix.get().node().getName().equals(file);
    }

    private void assign(Scope scope, NodeDef node) {
        Optional<Made> variable = input(scope, node, 0);
        Optional<Made> value = input(scope, node, 1);
        if (variable.isEmpty()
                || value.isEmpty()
                || !isVariable(variable.get().node())
                || !value.get().node().getOp().equals("RestoreV2")) {
            return;
        }
        Made read = value.get();
        List<String> keys = texts(input(read.scope(), read.node(), 1));
        List<String> slices = texts(input(read.scope(), read.node(), 2));
        if (read.index() >= 0 && read.index() < Math.min(keys.size(), slices.size())) {
            variables.put(
                    variable(variable.get().node()),
                    new Slice(keys.get(read.index()), slices.get(read.index())));
        }
    }

    private static Optional<Made> input(Scope scope, NodeDef node, int index) {
        return index < node.getInputCount() ? made(scope, node.getInput(index)) : Optional.empty();
    }

    /** What makes an input, through whatever only hands it on. */
    private static Optional<Made> made(Scope from, String input) {
        Scope scope = from;
        String at = input;
        for (int step = 0; step < DEEPEST; step++) {
            String[] parts = at.split(":");
            Source argument = scope.arguments().get(parts[0]);
            if (argument != null) {
                scope = argument.scope();
                at = argument.input();
                continue;
            }
            NodeDef node = scope.nodes().get(parts[0]);
            if (node == null) {
                return Optional.empty();
            }
            if (node.getOp().equals("Identity") && node.getInputCount() > 0) {
                at = node.getInput(0);
                continue;
            }
            String last = parts[parts.length - 1];
            boolean numbered = parts.length > 1 && last.matches("\\d{1,9}");
            return Optional.of(new Made(scope, node, numbered ? Integer.parseInt(last) : 0));
        }
        return Optional.empty();
    }

    private static List<String> texts(Optional<Made> made) {
        List<String> texts = new ArrayList<>();
        if (made.isPresent() && made.get().node().getOp().equals("Const")) {
            made.get()
                    .node()
                    .getAttrOrDefault("value", org.tensorflow.proto.AttrValue.getDefaultInstance())
                    .getTensor()
                    .getStringValList()
                    .forEach(text -> texts.add(text.toStringUtf8()));
        }
        return texts;
    }
}
