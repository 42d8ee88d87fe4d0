/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.Map;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * A kind of backward pass: which rule stands at which op, and which groups of nodes count as one
 * op.
 *
 * @param rules by op type
 * @param units by the name of a group's last node: the group as a node of that name, whose inputs
 *     are the group's
 * @param name of one of its rules, for messages: {@code "gradient"}
 */
public record RuleTable(Map<String, Rule> rules, Map<String, Node> units, String name) {

    /** The chain rule. */
    public static final RuleTable GRADIENT =
            new RuleTable(OpTable.gradients(), Map.of(), "gradient");

    /** What a node counts as. */
    Node node(NodeDef def) {
        return units.getOrDefault(def.getName(), Node.of(def));
    }

    /**
     * @throws UnsupportedOpException where there is none
     */
    Rule rule(Node node) {
        Rule rule = rules.get(node.op());
        if (rule == null) {
            throw new UnsupportedOpException(node, name, "there is no rule for it");
        }
        return rule;
    }
}
