/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/**
 * Control flow that the graph itself decides: the predicate is a constant or has a default, as
 * Keras' learning phase has. The side that is not taken is dead, and what reads only dead values is
 * dead as well. Branches that depend on the image stay as they are.
 */
final class Branches {

    /** Stands for a value that never comes. */
    static final Output DEAD = new Output("", -1);

    /** Op to the attributes that name its branches, in the order of the predicate's values. */
    private static final Map<String, List<String>> SIDES =
            Map.of(
                    "If", List.of("else_branch", "then_branch"),
                    "StatelessIf", List.of("else_branch", "then_branch"),
                    "Case", List.of("branches"),
                    "StatelessCase", List.of("branches"));

    private final ValueRange.Finder ranges;

    /**
     * @param ranges of where predicates have been flattened to
     */
    Branches(ValueRange.Finder ranges) {
        this.ranges = ranges;
    }

    boolean isMerge(NodeDef node) {
        return OpTable.is(node, Trait.MERGES);
    }

    /** A merge's outputs where all but one of its inputs are dead; empty where it must stay. */
    Optional<List<Output>> merge(List<Output> inputs, int outputs) {
        List<Output> alive = new ArrayList<>(inputs);
        alive.removeIf(DEAD::equals);
        if (alive.isEmpty()) {
            return Optional.of(Collections.nCopies(outputs, DEAD));
        }
        return alive.size() == 1 && inputs.size() > 1
                ? Optional.of(List.of(alive.get(0), DEAD))
                : Optional.empty();
    }

    /** A switch's two outputs, false and true; empty where it is none or must stay. */
    Optional<List<Output>> pass(NodeDef node, List<Output> inputs) {
        return OpTable.is(node, Trait.SWITCHES)
                ? ranges.value(inputs.get(1))
                        .map(
                                value ->
                                        value == 0
                                                ? List.of(inputs.get(0), DEAD)
                                                : List.of(DEAD, inputs.get(0)))
                : Optional.empty();
    }

    /** The call that is left of a functional branch; empty where it is none or must stay. */
    Optional<NodeDef> taken(NodeDef node, List<Output> inputs) {
        List<String> sides = SIDES.get(node.getOp());
        if (sides == null) {
            return Optional.empty();
        }
        return ranges.value(inputs.get(0)).map(value -> call(node, side(node, sides, value)));
    }

    /** A call of a function that a node names. */
    static NodeDef call(NodeDef node, AttrValue function) {
        return NodeDef.newBuilder()
                .setName(node.getName())
                .setOp("PartitionedCall")
                .putAttr("f", function)
                .build();
    }

    private static AttrValue side(NodeDef node, List<String> sides, double value) {
        if (sides.size() == 2) {
            return node.getAttrOrThrow(sides.get(value == 0 ? 0 : 1));
        }
        AttrValue.ListValue all = node.getAttrOrThrow(sides.get(0)).getList();
        // Whatever is out of range takes the last branch.
        int last = all.getFuncCount() - 1;
        int index = value < 0 || value > last ? last : (int) value;
        return AttrValue.newBuilder().setFunc(all.getFunc(index)).build();
    }
}
