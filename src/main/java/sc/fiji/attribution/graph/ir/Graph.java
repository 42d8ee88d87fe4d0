/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** A flat graph of nodes by name, to walk and to append to. Not thread-safe. */
public final class Graph {

    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();

    /** By wanted name, the number below which all are taken. */
    private final Map<String, Integer> numbers = new HashMap<>();

    public Graph() {}

    public Graph(Collection<NodeDef> nodes) {
        nodes.forEach(this::put);
    }

    public NodeDef node(String name) {
        NodeDef node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node named '" + name + "'");
        }
        return node;
    }

    public NodeDef node(Output output) {
        return node(output.node());
    }

    public boolean has(String name) {
        return nodes.containsKey(name);
    }

    public void put(NodeDef node) {
        nodes.put(node.getName(), node);
    }

    public Collection<NodeDef> nodes() {
        return nodes.values();
    }

    /** Those of all nodes that there are now. */
    public Set<String> names() {
        return Set.copyOf(nodes.keySet());
    }

    /** A name that no node has yet. */
    public String freeName(String wanted) {
        if (!nodes.containsKey(wanted)) {
            return wanted;
        }
        int i = numbers.getOrDefault(wanted, 1);
        while (nodes.containsKey(wanted + "_" + i)) {
            i++;
        }
        numbers.put(wanted, i);
        return wanted + "_" + i;
    }

    /** Lets a node read another output in place of one of its inputs. */
    public void redirect(String node, Output from, Output to) {
        NodeDef.Builder changed = node(node).toBuilder();
        for (int i = 0; i < changed.getInputCount(); i++) {
            String input = changed.getInput(i);
            if (!input.startsWith("^") && Output.parse(input).equals(from)) {
                changed.setInput(i, to.asInput());
            }
        }
        put(changed.build());
    }

    /** Element type of an output. */
    public DataType type(Output output) {
        DataType type = OpRegistry.outputTypes(node(output)).get(output.index());
        // A reference variable of TensorFlow 1 reads as its value.
        return type.getNumber() > 100 ? DataType.forNumber(type.getNumber() - 100) : type;
    }

    /** Data inputs of a node, in order, without control inputs. */
    public static List<Output> inputs(NodeDef node) {
        List<Output> inputs = new ArrayList<>(node.getInputCount());
        for (String input : node.getInputList()) {
            if (!input.startsWith("^")) {
                inputs.add(Output.parse(input));
            }
        }
        return inputs;
    }

    /** Names of the nodes that a node waits for, control inputs included. */
    public static List<String> predecessors(NodeDef node) {
        List<String> names = new ArrayList<>(node.getInputCount());
        for (String input : node.getInputList()) {
            names.add(input.startsWith("^") ? input.substring(1) : Output.parse(input).node());
        }
        return names;
    }

    /** The named nodes and all that they wait for, predecessors first. */
    public List<NodeDef> ancestors(Collection<String> of) {
        return Topology.ancestors(of, name -> predecessors(node(name))).stream()
                .map(this::node)
                .toList();
    }

    /** Names of the nodes whose value depends on that of the named node, itself included. */
    public Set<String> descendants(String of, List<NodeDef> sorted) {
        Set<String> reached = new HashSet<>(Set.of(of));
        for (NodeDef node : sorted) {
            for (Output input : inputs(node)) {
                if (reached.contains(input.node())) {
                    reached.add(node.getName());
                    break;
                }
            }
        }
        return reached;
    }

    /** Which nodes read an output of a node: name to readers. */
    public static Map<String, List<NodeDef>> consumers(Collection<NodeDef> nodes) {
        Map<String, List<NodeDef>> consumers = new HashMap<>();
        for (NodeDef node : nodes) {
            for (String input : new LinkedHashSet<>(predecessors(node))) {
                consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(node);
            }
        }
        return consumers;
    }

    public GraphDef.Builder toProto() {
        return GraphDef.newBuilder().addAllNode(nodes.values());
    }
}
