/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Refuses what reads a weight that the network itself wrote before, each time it runs: its scores
 * depend on how often it was asked, and without the order of the two, which flattening drops, they
 * would be others. What is written and not read any more, as moving averages in training, is no
 * matter.
 */
final class WrittenVariables {

    private WrittenVariables() {}

    /**
     * @param node that is needed
     * @param body by name, the nodes beside it
     * @param prefix of their names, for people
     */
    static void check(NodeDef node, Map<String, NodeDef> body, String prefix) {
        boolean reads = OpTable.is(node, Trait.READS_VARIABLE) || node.getOp().equals("Identity");
        if (!reads || node.getInputCount() < 2) {
            return;
        }
        String variable = node.getInput(0);
        Set<String> seen = new HashSet<>();
        Deque<NodeDef> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            for (String input : open.pop().getInputList()) {
                NodeDef before = body.get(name(input));
                if (before == null || !seen.add(before.getName())) {
                    continue;
                }
                if (OpTable.is(before, Trait.WRITES) && before.getInput(0).equals(variable)) {
                    throw new ModelException(
                            "The network writes a weight each time it runs, and reads it then"
                                    + " (layer '"
                                    + NodeName.of(prefix + before.getName())
                                    + "'): its scores depend on how often it was asked; export it"
                                    + " for inference, in Keras with training=False.");
                }
                open.push(before);
            }
        }
    }

    private static String name(String input) {
        String source = input.startsWith("^") ? input.substring(1) : input;
        int colon = source.indexOf(':');
        return colon < 0 ? source : source.substring(0, colon);
    }
}
