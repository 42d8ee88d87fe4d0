/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * What a loaded graph has computed from its weights and holds in variables. A pass that is appended
 * computes the same under other names, such as filters that normalisation is folded into; told by
 * how they are computed, it reads what is there instead.
 */
public final class KnownValues {

    /**
     * @param op without what it is called and what it reads
     */
    private record Form(NodeDef op, List<Integer> inputs, List<Integer> outputs) {}

    private final Map<Form, Integer> forms = new HashMap<>();
    private final Map<List<Integer>, Precomputed> values = new HashMap<>();

    /**
     * @param graph in which the values are computed, with its variables under the names that the
     *     loaded graph has
     */
    public KnownValues(Graph graph, Collection<Precomputed> values) {
        Map<String, Integer> seen = new HashMap<>();
        values.forEach(each -> this.values.put(form(graph, each.value(), seen), each));
    }

    /**
     * Lets the nodes of a pass that read such a value read its variable.
     *
     * @param graph is changed, but for what is not run
     * @param roots what is run
     * @param fed names of the nodes whose values are given with each call
     */
    public void reuse(Graph graph, Collection<String> roots, Collection<String> fed) {
        if (values.isEmpty()) {
            return;
        }
        Map<String, Integer> seen = new HashMap<>();
        Precomputed.reuse(
                graph,
                roots,
                fed,
                value ->
                        Optional.ofNullable(values.get(form(graph, value, seen)))
                                .map(known -> read(known, graph)));
    }

    private static Output read(Precomputed known, Graph graph) {
        graph.put(known.variable());
        graph.put(known.read());
        return known.output();
    }

    /** Equal for values that are computed alike. */
    private List<Integer> form(Graph graph, Output value, Map<String, Integer> seen) {
        for (String name :
                Topology.ancestors(
                        List.of(value.node()),
                        each ->
                                seen.containsKey(each)
                                        ? List.of()
                                        : Graph.predecessors(graph.node(each)))) {
            if (!seen.containsKey(name)) {
                seen.put(name, form(graph.node(name), seen));
            }
        }
        return List.of(seen.get(value.node()), value.index());
    }

    private Integer form(NodeDef node, Map<String, Integer> seen) {
        NodeDef.Builder op = node.toBuilder().clearInput();
        if (!OpTable.is(node, Trait.VARIABLE)) {
            op.clearName();
        }
        List<Integer> inputs = new ArrayList<>();
        List<Integer> outputs = new ArrayList<>();
        for (Output input : Graph.inputs(node)) {
            inputs.add(seen.get(input.node()));
            outputs.add(input.index());
        }
        return forms.computeIfAbsent(new Form(op.build(), inputs, outputs), form -> forms.size());
    }
}
