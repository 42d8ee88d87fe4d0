/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Flattens a graph: the bodies of called functions take the place of the calls. Keras stores a
 * model as nested {@code StatefulPartitionedCall}s, into which TensorFlow's own gradients cannot
 * look. Only what the wanted outputs depend on is kept; control dependencies and attributes that
 * begin with an underscore are dropped, since inference needs neither: what does ({@link
 * WrittenVariables}) is refused. Of a branch that the graph itself decides, the side that is taken
 * remains; of a loop whose steps the graph counts, the steps.
 */
public final class FunctionInliner {

    /** Calls inside calls; beyond this a function calls itself. */
    private static final int DEEPEST = 100;

    /** Nodes and calls. Functions that call others twice each grow beyond any measure. */
    private static final int LARGEST = 200_000;

    /** Steps of a loop, and nodes of all of them; with more it stays a loop. */
    private static final int MOST_STEPS = 1024;

    private static final int UNROLLED = LARGEST / 4;

    private final Map<String, FunctionDef> library = new HashMap<>();
    private final Set<String> topLevel = new HashSet<>();
    private final Graph flat = new Graph();
    private final SavedShapes shapes;
    private final ValueRange.Finder ranges;
    private final Branches branches;
    private final TensorLists lists;
    private final SoundValues values = new SoundValues();
    private int depth;
    private int size;

    private FunctionInliner(GraphDef graph, Set<Output> distrusted) {
        shapes = new SavedShapes(distrusted);
        ranges = new ValueRange.Finder(flat, shapes::decisive);
        branches = new Branches(ranges);
        lists = new TensorLists(flat, ranges, shapes);
        graph.getNodeList().forEach(node -> topLevel.add(node.getName()));
        graph.getLibrary()
                .getFunctionList()
                .forEach(function -> library.put(function.getSignature().getName(), function));
    }

    /**
     * A flattened graph and where the wanted outputs ended up in it.
     *
     * @param graph the flat graph
     * @param outputs in the order in which they were asked for
     */
    public record Flattened(Graph graph, List<Output> outputs) {}

    /** Flattens what the outputs depend on. */
    public static Flattened flatten(GraphDef graph, List<Output> outputs) {
        Set<Output> distrusted = new HashSet<>();
        while (true) {
            Optional<Flattened> flat = flatten(graph, outputs, distrusted);
            if (flat.isPresent()) {
                return flat.get();
            }
        }
    }

    /**
     * @param distrusted tensors of which the file is not believed what extents they have; where
     *     more must be, they are added, and nothing is returned
     */
    private static Optional<Flattened> flatten(
            GraphDef graph, List<Output> outputs, Set<Output> distrusted) {
        FunctionInliner inliner = new FunctionInliner(graph, distrusted);
        Body top =
                inliner.new Body("", graph.getNodeList(), Map.of(), Map.of()) {
                    @Override
                    Output resolve(String input) {
                        Output output = Output.parse(input);
                        return results.get(output.node()).get(output.index());
                    }
                };
        top.expand(outputs.stream().map(Output::node).toList());
        List<Output> found = outputs.stream().map(o -> top.resolve(o.toString())).toList();
        // Without conditions that are decided, and lists that are taken apart.
        Graph needed = new Graph(inliner.flat.ancestors(found.stream().map(Output::node).toList()));
        return distrusted.addAll(inliner.shapes.missing(needed))
                ? Optional.empty()
                : Optional.of(new Flattened(needed, inliner.shapes.check(needed, found)));
    }

    /** The function of a call that is taken apart. */
    private FunctionDef called(NodeDef node) {
        if (isLoop(node)) {
            return null;
        }
        return OpTable.is(node, Trait.CALLS)
                ? library.get(node.getAttrOrThrow("f").getFunc().getName())
                : library.get(node.getOp());
    }

    private static boolean isLoop(NodeDef node) {
        return node.getOp().equals("StatefulPartitionedCall")
                && node.getAttrOrThrow("f").getFunc().getName().startsWith(FramedLoops.FUNCTION);
    }

    private List<Output> call(NodeDef call, String prefix, List<Output> arguments) {
        FunctionDef function = called(call);
        if (++depth > DEEPEST) {
            throw new ModelException(
                    "Function '"
                            + function.getSignature().getName()
                            + "' calls itself, or "
                            + DEEPEST
                            + " others inside each other: this is no network; it is refused.");
        }
        Map<String, Output> byName = new HashMap<>();
        List<OpDef.ArgDef> parameters = function.getSignature().getInputArgList();
        if (parameters.size() != arguments.size()) {
            throw new ModelException(
                    "Function '"
                            + function.getSignature().getName()
                            + "' takes argument lists, which cannot be flattened: export the model"
                            + " again with one tensor per argument.");
        }
        for (int i = 0; i < parameters.size(); i++) {
            byName.put(parameters.get(i).getName(), arguments.get(i));
        }
        Map<String, AttrValue> attributes =
                call.containsAttr("f")
                        ? call.getAttrOrThrow("f").getFunc().getAttrMap()
                        : call.getAttrMap();
        Body body =
                new Body(prefix + "/", function.getNodeDefList(), byName, attributes) {
                    @Override
                    Output resolve(String input) {
                        return resolveInBody(input);
                    }
                };
        List<String> returned =
                function.getSignature().getOutputArgList().stream()
                        .map(result -> function.getRetOrThrow(result.getName()))
                        .toList();
        body.expand(
                returned.stream()
                        .map(Body::nodeOf)
                        .filter(name -> !byName.containsKey(name))
                        .toList());
        depth--;
        return returned.stream().map(body::resolve).toList();
    }

    private static boolean isWhile(NodeDef node) {
        return node.getOp().equals("While") || node.getOp().equals("StatelessWhile");
    }

    /** What a loop ends with, where the graph says how often it runs; empty where it must stay. */
    private Optional<List<Output>> unrolled(NodeDef loop, String prefix, List<Output> inputs) {
        int before = size;
        NodeDef condition = Branches.call(loop, loop.getAttrOrThrow("cond"));
        NodeDef body = Branches.call(loop, loop.getAttrOrThrow("body"));
        List<Output> state = inputs;
        for (int i = 0; i <= MOST_STEPS && size - before < UNROLLED; i++) {
            Optional<Double> runs =
                    ranges.value(call(condition, prefix + "/condition_" + i, state).get(0));
            if (runs.isEmpty()) {
                break;
            }
            if (runs.get() == 0) {
                return Optional.of(state);
            }
            state = call(body, prefix + "/step_" + i, state);
        }
        size = before;
        return Optional.empty();
    }

    /** One function's body, or the graph itself, on its way into the flat graph. */
    private abstract class Body {
        private final String prefix;
        private final Map<String, NodeDef> nodes = new HashMap<>();
        private final Map<String, Output> arguments;
        private final Map<String, AttrValue> attributes;
        final Map<String, List<Output>> results = new HashMap<>();

        Body(
                String prefix,
                List<NodeDef> nodes,
                Map<String, Output> arguments,
                Map<String, AttrValue> attributes) {
            this.prefix = prefix;
            nodes.forEach(node -> this.nodes.put(node.getName(), node));
            this.arguments = arguments;
            this.attributes = attributes;
        }

        /** Where the input of a node of this body comes from in the flat graph. */
        abstract Output resolve(String input);

        /** An input inside a function reads {@code argument} or {@code node:output:index}. */
        Output resolveInBody(String input) {
            String[] parts = input.split(":");
            if (arguments.containsKey(parts[0])) {
                return arguments.get(parts[0]);
            }
            NodeDef node = nodes.get(parts[0]);
            int index = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
            return results.get(parts[0]).get(firstOutput(node, parts[1]) + index);
        }

        private int firstOutput(NodeDef node, String argument) {
            FunctionDef function = library.get(node.getOp());
            if (function == null) {
                return OpRegistry.firstOutput(Functions.substitute(node, attributes), argument);
            }
            List<OpDef.ArgDef> results = function.getSignature().getOutputArgList();
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i).getName().equals(argument)) {
                    return i;
                }
            }
            throw new ModelException(
                    "'" + node.getName() + "' has no output " + argument + ": export it again.");
        }

        static String nodeOf(String input) {
            int colon = input.indexOf(':');
            return colon < 0 ? input : input.substring(0, colon);
        }

        private List<String> dataInputs(NodeDef node) {
            return node.getInputList().stream().filter(input -> !input.startsWith("^")).toList();
        }

        void expand(Collection<String> roots) {
            List<String> order =
                    Topology.ancestors(
                            roots,
                            name ->
                                    dataInputs(node(name)).stream()
                                            .map(Body::nodeOf)
                                            .filter(input -> !arguments.containsKey(input))
                                            .toList(),
                            this::refuseCycle);
            for (String name : order) {
                if (results.containsKey(name)) {
                    continue;
                }
                NodeDef node = node(name);
                refuseLoops(node);
                WrittenVariables.check(node, nodes, prefix);
                List<Output> inputs = dataInputs(node).stream().map(this::resolve).toList();
                results.put(name, evaluate(Functions.substitute(node, attributes), inputs));
            }
        }

        private List<Output> evaluate(NodeDef node, List<Output> inputs) {
            if (++size > LARGEST) {
                throw new ModelException(
                        "The graph has more than "
                                + LARGEST
                                + " nodes, with those of its functions: this is no network; it is"
                                + " refused.");
            }
            int outputs = outputCount(node);
            if (branches.isMerge(node)) {
                Optional<List<Output>> alive = branches.merge(inputs, outputs);
                return alive.isPresent() ? alive.get() : copy(node, inputs);
            }
            if (inputs.contains(Branches.DEAD) || waitsForDead(node)) {
                return Collections.nCopies(outputs, Branches.DEAD);
            }
            Optional<List<Output>> passed = branches.pass(node, inputs);
            if (passed.isPresent()) {
                return passed.get();
            }
            Optional<NodeDef> taken = branches.taken(node, inputs);
            if (taken.isPresent()) {
                return call(taken.get(), prefix + node.getName(), inputs.subList(1, inputs.size()));
            }
            if (called(node) != null) {
                return call(node, prefix + node.getName(), inputs);
            }
            Optional<List<Output>> steps =
                    isWhile(node)
                            ? unrolled(node, prefix + node.getName(), inputs)
                            : Optional.empty();
            return steps.isPresent() ? steps.get() : copy(node, inputs);
        }

        /** A constant in a branch reads nothing, but waits for the switch of that branch. */
        private boolean waitsForDead(NodeDef node) {
            for (String input : node.getInputList()) {
                NodeDef pivot = input.startsWith("^") ? nodes.get(input.substring(1)) : null;
                if (pivot != null && pivot.getOp().equals("Identity")) {
                    expand(List.of(pivot.getName()));
                    if (results.get(pivot.getName()).contains(Branches.DEAD)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private NodeDef node(String name) {
            NodeDef node = nodes.get(name);
            if (node == null) {
                throw new ModelException(
                        "The graph names a node '"
                                + prefix
                                + name
                                + "' that it does not have: export the model again.");
            }
            return node;
        }

        private List<Output> copy(NodeDef node, List<Output> inputs) {
            NodeDef.Builder copy = node.toBuilder().setName(nameOf(node));
            copy.clearInput().clearDevice().clearExperimentalDebugInfo();
            inputs.forEach(input -> copy.addInput(input.asInput()));
            node.getAttrMap().keySet().stream()
                    .filter(key -> key.startsWith("_"))
                    .forEach(copy::removeAttr);
            NodeDef built = copy.build();
            values.check(built);
            flat.put(built);
            shapes.note(node, built.getName());
            Optional<Output> element = lists.instead(built, inputs);
            if (element.isPresent()) {
                return List.of(element.get());
            }
            List<Output> outputs = new ArrayList<>();
            for (int i = 0; i < outputCount(node); i++) {
                outputs.add(new Output(copy.getName(), i));
            }
            return outputs;
        }

        /**
         * Nodes of the graph itself keep their names: signatures and the restoring refer to them.
         */
        private String nameOf(NodeDef node) {
            String name = prefix + node.getName();
            while (!prefix.isEmpty() && (topLevel.contains(name) || flat.has(name))) {
                name += "_";
            }
            return name;
        }

        private int outputCount(NodeDef node) {
            FunctionDef function = called(node);
            if (function != null) {
                return function.getSignature().getOutputArgCount();
            }
            if (!OpRegistry.knows(node.getOp())) {
                throw new ModelException(
                        "Op '"
                                + node.getOp()
                                + "' (node '"
                                + prefix
                                + node.getName()
                                + "') is not part of TensorFlow: the model needs a custom op"
                                + " library, which cannot be loaded; export it without.");
            }
            return OpRegistry.outputTypes(node).size();
        }

        private void refuseCycle(List<String> cycle) {
            cycle.forEach(name -> refuseLoops(node(name)));
            throw new ModelException(
                    "The graph is not sound: "
                            + cycle.stream()
                                    .limit(3)
                                    .map(name -> "'" + NodeName.of(prefix + name) + "'")
                                    .collect(Collectors.joining(", "))
                            + (cycle.size() > 3 ? " and " + (cycle.size() - 3) + " more" : "")
                            + (cycle.size() > 1 ? " wait for each other" : " waits for itself")
                            + "; copy or export it again.");
        }

        private void refuseLoops(NodeDef node) {
            if (OpTable.is(node, Trait.LOOPS)) {
                throw new ModelException(
                        "Op "
                                + node.getOp()
                                + " (layer '"
                                + NodeName.of(prefix + node.getName())
                                + "') begins a loop between input and output: export the model with"
                                + " the loop unrolled.");
            }
        }
    }
}
