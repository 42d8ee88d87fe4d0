/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * The backward pass: from a fed cotangent at one output down to another, by a table of rules.
 *
 * <p>Only nodes on a path between the two are visited, and only inputs on such a path get a
 * cotangent, so no gradient of a weight is ever computed.
 */
public final class ReverseMode {

    private final Ops ops;
    private final RuleTable table;

    public ReverseMode(Ops ops, RuleTable table) {
        this.ops = ops;
        this.table = table;
    }

    /**
     * Appends the backward pass.
     *
     * @param from where the cotangent is fed
     * @param cotangent its value, of the shape of {@code from}
     * @param to where the cotangent is wanted, an ancestor of {@code from}
     * @return the cotangent at {@code to}, of its shape; zeros where none flows
     * @throws UnsupportedOpException where an op on the path has no rule
     */
    public Output backward(Output from, Output cotangent, Output to) {
        return backward(from, cotangent, List.of(to)).get(to);
    }

    /**
     * Appends one backward pass to several places, which may lie behind one another.
     *
     * @param to where the cotangent is wanted
     * @return the cotangent at each of them
     */
    public Map<Output, Output> backward(Output from, Output cotangent, Collection<Output> to) {
        List<NodeDef> sorted = between(from, to);
        Set<String> onPath = new HashSet<>();
        Set<String> below = new HashSet<>();
        for (Output each : to) {
            Set<String> reached = ops.graph().descendants(each.node(), sorted);
            onPath.addAll(reached);
            reached.remove(each.node());
            below.addAll(reached);
        }
        Map<Output, List<Output>> cotangents = new HashMap<>();
        add(cotangents, from, cotangent);
        Collections.reverse(sorted);
        for (NodeDef def : sorted) {
            if (below.contains(def.getName())) {
                visit(def, onPath, cotangents);
            }
        }
        Map<Output, Output> results = new HashMap<>();
        for (Output each : to) {
            Output total = total(cotangents, each);
            results.put(each, total == null ? ops.zerosLike(each) : total);
        }
        return results;
    }

    /** What lies on the way, at least, predecessors first. */
    private List<NodeDef> between(Output from, Collection<Output> to) {
        Graph graph = ops.graph();
        // Behind the only end there is nothing to look at, and a pass may be a short one of many.
        String end = to.size() == 1 ? to.iterator().next().node() : "";
        List<NodeDef> sorted = new ArrayList<>();
        Topology.ancestors(
                        List.of(from.node()),
                        name -> name.equals(end) ? List.of() : Graph.predecessors(graph.node(name)))
                .forEach(name -> sorted.add(graph.node(name)));
        // What is computed from a shape does not change with the values.
        sorted.removeIf(node -> OpTable.is(node, Trait.VALUELESS));
        return sorted;
    }

    private void visit(NodeDef def, Set<String> onPath, Map<Output, List<Output>> cotangents) {
        List<DataType> types = OpRegistry.outputTypes(def);
        List<Output> dy = new ArrayList<>();
        boolean reached = false;
        for (int i = 0; i < types.size(); i++) {
            Output total = total(cotangents, new Output(def.getName(), i));
            reached |= total != null;
            dy.add(total);
        }
        if (!reached) {
            return;
        }
        Node node = table.node(def);
        Rule rule = table.rule(node);
        for (int i = 0; i < dy.size(); i++) {
            if (dy.get(i) == null && Ops.isFloating(types.get(i))) {
                dy.set(i, ops.zerosLike(node.out(i)));
            }
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            Output input = node.in(i);
            if (onPath.contains(input.node()) && Ops.isFloating(ops.type(input))) {
                add(cotangents, input, rule.pullback(ops, node, i, dy));
            }
        }
    }

    private static void add(Map<Output, List<Output>> cotangents, Output at, Output cotangent) {
        if (cotangent != null) {
            cotangents.computeIfAbsent(at, key -> new ArrayList<>()).add(cotangent);
        }
    }

    private Output total(Map<Output, List<Output>> cotangents, Output at) {
        List<Output> parts = cotangents.get(at);
        if (parts == null) {
            return null;
        }
        return parts.size() == 1 ? parts.get(0) : ops.emit("AddN", parts, "N", parts.size());
    }
}
