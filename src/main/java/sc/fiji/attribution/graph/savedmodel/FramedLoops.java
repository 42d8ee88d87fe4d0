/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Output;

/**
 * TensorFlow 1 writes a loop as a circle in the graph itself, between {@code Enter} and {@code
 * Exit} nodes of one frame. Each outermost one, with all that it holds, becomes the body of a
 * function and a call of that: one op, which runs as it is, and a graph without circles.
 */
public final class FramedLoops {

    /** Names of the functions begin so; they are not taken apart. */
    static final String FUNCTION = "attribution_loop_";

    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
    private final Map<String, List<String>> readers = new HashMap<>();
    private final GraphDef graph;

    private FramedLoops(GraphDef graph) {
        this.graph = graph;
        for (NodeDef node : graph.getNodeList()) {
            nodes.put(node.getName(), node);
            for (String input : node.getInputList()) {
                readers.computeIfAbsent(source(input), key -> new ArrayList<>())
                        .add(node.getName());
            }
        }
    }

    /** The same graph, its loops in calls; the graph itself where it has none. */
    public static GraphDef asCalls(GraphDef graph) {
        boolean any = graph.getNodeList().stream().anyMatch(n -> n.getOp().equals("NextIteration"));
        return any ? new FramedLoops(graph).replaced() : graph;
    }

    private static String source(String input) {
        return input.startsWith("^") ? input.substring(1) : Output.parse(input).node();
    }

    private GraphDef replaced() {
        Map<String, Set<String>> enters = new LinkedHashMap<>();
        for (NodeDef node : nodes.values()) {
            if (node.getOp().equals("Enter")) {
                String frame = node.getAttrOrThrow("frame_name").getS().toStringUtf8();
                enters.computeIfAbsent(frame, key -> new LinkedHashSet<>()).add(node.getName());
            }
        }
        Map<String, Set<String>> circles = new LinkedHashMap<>();
        enters.forEach((frame, names) -> circles.put(frame, circle(names)));
        Set<String> gone = new HashSet<>();
        List<NodeDef> calls = new ArrayList<>();
        GraphDef.Builder result = graph.toBuilder().clearNode();
        int number = 0;
        for (Map.Entry<String, Set<String>> each : enters.entrySet()) {
            Set<String> circle = circles.get(each.getKey());
            boolean inner =
                    circles.values().stream().anyMatch(other -> other.containsAll(each.getValue()));
            if (circle.isEmpty() || inner) {
                continue;
            }
            Set<String> all = new LinkedHashSet<>(each.getValue());
            all.addAll(circle);
            List<NodeDef> exits =
                    nodes.values().stream()
                            .filter(n -> n.getOp().equals("Exit"))
                            .filter(n -> circle.contains(source(n.getInput(0))))
                            .toList();
            exits.forEach(exit -> all.add(exit.getName()));
            String name = FUNCTION + number++;
            result.getLibraryBuilder().addFunction(function(name, all, each.getValue(), exits));
            calls.addAll(call(name, each.getKey(), each.getValue(), exits));
            gone.addAll(all);
        }
        for (NodeDef node : nodes.values()) {
            if (!gone.contains(node.getName())) {
                result.addNode(without(node, gone));
            }
        }
        return result.addAllNode(calls).build();
    }

    /** What lies between the merges that a frame is entered by, and these again. */
    private Set<String> circle(Set<String> enters) {
        Set<String> merges = new LinkedHashSet<>();
        for (String enter : enters) {
            readers.getOrDefault(enter, List.of()).stream()
                    .filter(name -> nodes.get(name).getOp().equals("Merge"))
                    .forEach(merges::add);
        }
        Set<String> ahead = reached(merges, true);
        Set<String> circle = new LinkedHashSet<>(reached(merges, false));
        circle.retainAll(ahead);
        return circle;
    }

    private Set<String> reached(Collection<String> from, boolean forward) {
        Set<String> reached = new LinkedHashSet<>(from);
        Deque<String> open = new ArrayDeque<>(from);
        while (!open.isEmpty()) {
            String name = open.pop();
            List<String> next =
                    forward
                            ? readers.getOrDefault(name, List.of())
                            : nodes.get(name).getInputList().stream()
                                    .map(FramedLoops::source)
                                    .filter(nodes::containsKey)
                                    .toList();
            for (String each : next) {
                if (reached.add(each)) {
                    open.push(each);
                }
            }
        }
        return reached;
    }

    /** Nobody waits for what is inside of a call. */
    private static NodeDef without(NodeDef node, Set<String> gone) {
        List<String> inputs =
                node.getInputList().stream()
                        .filter(input -> !input.startsWith("^") || !gone.contains(source(input)))
                        .toList();
        return node.toBuilder().clearInput().addAllInput(inputs).build();
    }

    private FunctionDef function(
            String name, Set<String> all, Set<String> enters, List<NodeDef> exits) {
        FunctionDef.Builder function = FunctionDef.newBuilder();
        OpDef.Builder signature = function.getSignatureBuilder().setName(name).setIsStateful(true);
        Map<String, String> arguments = new HashMap<>();
        for (String enter : enters) {
            String argument = "a" + arguments.size();
            arguments.put(enter, argument);
            signature.addInputArgBuilder().setName(argument).setType(type(nodes.get(enter)));
        }
        for (String each : all) {
            NodeDef.Builder copy = nodes.get(each).toBuilder().clearInput().clearDevice();
            for (String input : nodes.get(each).getInputList()) {
                if (arguments.containsKey(each)) {
                    copy.addInput(arguments.get(each));
                    break;
                }
                if (all.contains(source(input))) {
                    copy.addInput(input.startsWith("^") ? input : inBody(Output.parse(input)));
                }
            }
            function.addNodeDef(copy);
        }
        for (int i = 0; i < exits.size(); i++) {
            signature.addOutputArgBuilder().setName("r" + i).setType(type(exits.get(i)));
            function.putRet("r" + i, exits.get(i).getName() + ":output:0");
        }
        return function.build();
    }

    /** As inputs are named in functions: {@code node:argument:index}. */
    private String inBody(Output output) {
        NodeDef node = nodes.get(output.node());
        String argument = "";
        int first = 0;
        for (OpDef.ArgDef each : OpRegistry.ops().get(node.getOp()).getOutputArgList()) {
            int start = OpRegistry.firstOutput(node, each.getName());
            if (start <= output.index()) {
                argument = each.getName();
                first = start;
            }
        }
        return output.node() + ":" + argument + ":" + (output.index() - first);
    }

    private static DataType type(NodeDef node) {
        return node.getAttrOrThrow("T").getType();
    }

    /** The call, and a node under the name of each exit. */
    private List<NodeDef> call(
            String function, String frame, Set<String> enters, List<NodeDef> exits) {
        NodeDef.Builder call =
                NodeDef.newBuilder()
                        .setName(free(frame + "/loop"))
                        .setOp("StatefulPartitionedCall")
                        .putAttr(
                                "f",
                                AttrValue.newBuilder()
                                        .setFunc(NameAttrList.newBuilder().setName(function))
                                        .build());
        AttrValue.Builder given = AttrValue.newBuilder();
        for (String enter : enters) {
            call.addInput(nodes.get(enter).getInput(0));
            given.getListBuilder().addType(type(nodes.get(enter)));
        }
        AttrValue.Builder returned = AttrValue.newBuilder();
        exits.forEach(exit -> returned.getListBuilder().addType(type(exit)));
        call.putAttr("Tin", given.build()).putAttr("Tout", returned.build());
        List<NodeDef> made = new ArrayList<>(List.of(call.build()));
        for (int i = 0; i < exits.size(); i++) {
            made.add(
                    NodeDef.newBuilder()
                            .setName(exits.get(i).getName())
                            .setOp("Identity")
                            .addInput(new Output(call.getName(), i).asInput())
                            .putAttr("T", exits.get(i).getAttrOrThrow("T"))
                            .build());
        }
        return made;
    }

    private String free(String name) {
        String free = name;
        while (nodes.containsKey(free)) {
            free += "_";
        }
        return free;
    }
}
