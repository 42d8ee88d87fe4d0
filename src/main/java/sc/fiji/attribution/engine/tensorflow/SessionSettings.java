/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import ai.djl.tensorflow.engine.javacpp.JavacppUtils;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RewriterConfig;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.model.engine.Watchdog;

/**
 * How TensorFlow prepares a graph before its first run. It simplifies arithmetic and folds what is
 * constant, and looks at chains of sums and products again and again: 2,000 sums in a row take half
 * a minute and three gigabytes. Where a chain is longer than any network's, it prepares nothing.
 * Others of its preparations grow with the square of the graph: where that is larger than most, it
 * only fuses what follows each other, and where no network is so large, nothing.
 */
final class SessionSettings {

    /** Sums and products in a row; cells of 200 time steps have twice as many. */
    private static final int LONGEST = 1000;

    /** Nodes, those of backward passes among them. */
    private static final int LARGE = 10_000;

    /** Even fusing takes half a minute for more. */
    private static final int HUGE = 40_000;

    private SessionSettings() {}

    /** As DJL takes them; empty for its own. */
    static Optional<String> encoded(GraphDef graph) {
        boolean chained = longestChain(graph) > LONGEST || graph.getNodeCount() > HUGE;
        boolean large = graph.getNodeCount() > LARGE;
        boolean loops = graph.getNodeList().stream().anyMatch(n -> n.getOp().endsWith("While"));
        if (!chained && !large && !loops) {
            return Optional.empty();
        }
        ConfigProto.Builder config = JavacppUtils.getSessionConfig().toBuilder();
        if (chained) {
            config.getGraphOptionsBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true));
        } else if (large) {
            config.getGraphOptionsBuilder().setRewriteOptions(fusingOnly());
        }
        if (loops) {
            // TensorFlow ends a loop by the clock: later than the call is given up, so that nothing
            // computes for ever behind its back.
            config.setOperationTimeoutInMs(2000 * Watchdog.patience());
        }
        return Optional.of(Base64.getEncoder().encodeToString(config.build().toByteArray()));
    }

    private static RewriterConfig.Builder fusingOnly() {
        return RewriterConfig.newBuilder()
                .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE)
                .setMinGraphNodes(-1)
                .addOptimizers("remap");
    }

    /**
     * The most sums and products that read each other.
     *
     * @param graph predecessors first, as it is written here
     */
    static int longestChain(GraphDef graph) {
        Map<String, Integer> lengths = new HashMap<>();
        int longest = 0;
        for (NodeDef node : graph.getNodeList()) {
            int length = 0;
            for (String input : node.getInputList()) {
                if (!input.startsWith("^")) {
                    length = Math.max(length, lengths.getOrDefault(Output.parse(input).node(), 0));
                }
            }
            boolean arithmetic =
                    switch (node.getOp()) {
                        case "Add", "AddV2", "AddN", "Sub", "Mul", "Neg", "RealDiv", "Square" ->
                                true;
                        default -> false;
                    };
            boolean handsOn =
                    node.getOp().equals("Identity")
                            || node.getOp().equals("PlaceholderWithDefault");
            if (arithmetic || handsOn) {
                lengths.put(node.getName(), length + (arithmetic ? 1 : 0));
                longest = Math.max(longest, length + 1);
            }
        }
        return longest;
    }
}
