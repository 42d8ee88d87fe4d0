/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Activations that a graph spells out in several ops, such as SiLU, x·σ(x), GELU, hard swish or
 * PReLU: an elementwise op that joins several functions of one x, and of nothing else of the image,
 * is one function of x; its parameters may differ from voxel to voxel. So are max(x, 0) and
 * min(ReLU(x), 6). Each counts as a node of op {@link #SPELLED_OUT} with input x.
 */
public final class Activations {

    /** An elementwise function of its one input. */
    public static final String SPELLED_OUT = "Activation";

    /** Places that are remembered behind one: no activation is spelled out in more ops. */
    private static final int FARTHEST = 64;

    private final Graph graph;
    private final Route route;

    /** By node, the places behind it that it is a function of alone. */
    private final Map<String, Places> entries = new HashMap<>();

    private final Map<String, Node> found = new LinkedHashMap<>();
    private final ValueRange.Finder ranges;

    /**
     * Places behind an output, nearest first, that share what lies behind the nearest: chains of
     * many thousand ops are looked through in time and memory of their length.
     */
    private record Places(Output nearest, Places others) {

        List<Output> list() {
            List<Output> list = new ArrayList<>();
            for (Places p = this; p != null && list.size() <= FARTHEST; p = p.others) {
                list.add(p.nearest);
            }
            return list;
        }
    }

    private Activations(Graph graph, Route route) {
        this.graph = graph;
        this.route = route;
        this.ranges = new ValueRange.Finder(graph);
    }

    public static boolean isOne(Node node) {
        return OpTable.is(node.op(), Trait.ACTIVATION) || node.op().equals(SPELLED_OUT);
    }

    /**
     * The activations that are spelled out.
     *
     * @param route from the image
     * @return by the name of their last node
     */
    public static Map<String, Node> find(Graph graph, Route route) {
        Activations activations = new Activations(graph, route);
        route.nodes().forEach(activations::visit);
        return activations.found;
    }

    private void visit(NodeDef def) {
        List<Output> parts = new ArrayList<>();
        boolean plain = OpTable.is(def, Trait.ELEMENTWISE);
        for (Output input : Graph.inputs(def)) {
            if (route.has(input)) {
                parts.add(input);
            } else {
                plain &= StaticShape.ofWeight(graph, input).isPresent();
            }
        }
        if (!plain || parts.isEmpty()) {
            return;
        }
        Optional<Output> x = parts.size() > 1 ? join(def, parts) : alone(def, parts.get(0));
        x.ifPresent(
                input -> {
                    NodeDef.Builder unit = NodeDef.newBuilder().setName(def.getName());
                    unit.setOp(SPELLED_OUT).addInput(input.asInput());
                    found.put(def.getName(), Node.of(unit.build()));
                });
    }

    private Optional<Output> alone(NodeDef def, Output part) {
        entries.put(def.getName(), behind(part));
        return bounded(def, part);
    }

    private Optional<Output> join(NodeDef def, List<Output> parts) {
        List<Output> common = behind(parts.get(0)).list();
        for (Output part : parts.subList(1, parts.size())) {
            common.retainAll(new HashSet<>(behind(part).list()));
        }
        Places places = null;
        for (int i = common.size() - 1; i >= 0; i--) {
            places = new Places(common.get(i), places);
        }
        entries.put(def.getName(), places);
        return common.stream().findFirst();
    }

    private Places behind(Output output) {
        return new Places(output, entries.get(output.node()));
    }

    /**
     * What a rectifier is a function of, where constants bound it: of max(x, 0), which is ReLU, and
     * of min(ReLU(x), 6), say.
     */
    private Optional<Output> bounded(NodeDef def, Output part) {
        NodeDef before = graph.node(part);
        boolean relu = before.getOp().equals("Relu") || found.containsKey(before.getName());
        return switch (def.getOp()) {
            case "Maximum" -> Optional.of(part).filter(x -> isZero(def, x));
            case "Minimum", "ClipByValue" -> Optional.of(before).filter(x -> relu).map(this::input);
            default -> Optional.empty();
        };
    }

    private boolean isZero(NodeDef maximum, Output part) {
        return Graph.inputs(maximum).stream()
                .filter(input -> !input.equals(part))
                .allMatch(other -> ranges.value(other).filter(v -> v == 0).isPresent());
    }

    private Output input(NodeDef activation) {
        return found.getOrDefault(activation.getName(), Node.of(activation)).in(0);
    }

    /** Whether it is made of weights, one for each channel or one for all. */
    static boolean isPerChannel(Graph graph, Output output) {
        return StaticShape.ofWeight(graph, output)
                .map(
                        shape -> {
                            for (int i = 0; i < shape.length - 1; i++) {
                                if (shape[i] != 1) {
                                    return false;
                                }
                            }
                            return true;
                        })
                .orElse(false);
    }
}
