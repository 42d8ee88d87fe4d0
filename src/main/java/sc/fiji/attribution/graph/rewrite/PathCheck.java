/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Output;

/**
 * What may not stand between image and logits, since no map of it would mean anything: control flow
 * that the image decides, numbers that differ from run to run, integers in place of reals.
 */
public final class PathCheck {

    /**
     * @param ops which ops
     * @param anywhere also where the image does not pass: TensorFlow runs what the graph itself
     *     decides while it loads, and a loop that never ends would never come back
     * @param reason completes "op X (layer 'y') …"
     * @param advice what to do
     */
    private record Refusal(Pattern ops, boolean anywhere, String reason, String advice) {}

    private static final List<Refusal> REFUSALS =
            List.of(
                    new Refusal(
                            Pattern.compile("(Stateless)?(If|Case)"),
                            true,
                            "chooses a branch by what it sees at run time",
                            "export the model with that branch decided, in Keras with"
                                    + " training=False"),
                    refuse(
                            "(Ref)?(Switch|Merge)",
                            "chooses a branch by what it sees at run time",
                            "export the model with that branch decided, in Keras with"
                                    + " training=False"),
                    new Refusal(
                            Pattern.compile(
                                    "(Stateless)?While|For|StatefulPartitionedCall"
                                            + "|(Ref)?(Enter|Exit|NextIteration)|LoopCond"),
                            true,
                            "is a loop",
                            "export the model with the loop unrolled"),
                    refuse(
                            "Quantize[dV].*|Dequantize|Requantize.*|UniformQuantize.*",
                            "computes with quantised integers",
                            "export the model before it was quantised"),
                    refuse(
                            "Decode.*|ParseExample.*",
                            "unpacks the image from a file's bytes",
                            "export the model with a float32 image as its input"),
                    refuse(
                            "LookupTable.*|String.*|AsString",
                            "looks values up as text",
                            "export the model without it"));

    /**
     * What runs as a black box where the image passes it: TensorFlow has it as one op. The calls
     * that are left are loops.
     */
    private static final Pattern RUNS =
            Pattern.compile("(Stateless)?(If|Case|While)|For|StatefulPartitionedCall");

    private final Graph graph;
    private final String model;

    private PathCheck(Graph graph, String model) {
        this.graph = graph;
        this.model = model;
    }

    /**
     * Checks what the logits are computed from.
     *
     * @return why the network is a black box, which has scores but no gradient, in one line; empty
     *     where it is none
     * @throws ModelException names op and layer
     */
    public static Optional<String> check(Graph graph, Output image, Output logits, String model) {
        PathCheck check = new PathCheck(graph, model);
        List<NodeDef> sorted = graph.ancestors(List.of(logits.node()));
        Optional<String> box = check.operations(sorted, graph.descendants(image.node(), sorted));
        check.randomness(sorted, logits);
        check.placeholders(sorted, image);
        return box;
    }

    private Optional<String> operations(List<NodeDef> sorted, Set<String> onPath) {
        Optional<String> box = Optional.empty();
        for (NodeDef node : sorted) {
            boolean runs = onPath.contains(node.getName()) && RUNS.matcher(node.getOp()).matches();
            if (runs && box.isEmpty()) {
                box =
                        Optional.of(
                                "No gradient for op "
                                        + node.getOp()
                                        + " (layer '"
                                        + NodeName.of(node.getName())
                                        + "'), which runs as it is: Classify... and the methods that"
                                        + " need scores only still work, or export the model with"
                                        + " loops unrolled and branches decided.");
            }
            if (runs) {
                continue;
            }
            for (Refusal refusal : REFUSALS) {
                if ((refusal.anywhere || onPath.contains(node.getName()))
                        && refusal.ops.matcher(node.getOp()).matches()) {
                    throw refused(node, refusal.reason + ": " + refusal.advice);
                }
            }
        }
        return box;
    }

    private void randomness(List<NodeDef> sorted, Output logits) {
        NodeDef source = new Randomness(graph).follow(sorted).get(logits.node());
        if (source != null) {
            throw refused(
                    source,
                    "makes the class scores differ from run to run (dropout or data augmentation"
                            + " left active inside the network): export the model for inference, in"
                            + " Keras 3 with keras.export.ExportArchive and training=False");
        }
    }

    private void placeholders(List<NodeDef> sorted, Output image) {
        Set<String> missing = new HashSet<>();
        for (NodeDef node : sorted) {
            if (node.getOp().startsWith("Placeholder")
                    && node.getInputCount() == 0
                    && !node.getName().equals(image.node())) {
                missing.add(node.getName());
            }
        }
        if (!missing.isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' waits for values of "
                            + String.join(", ", new ArrayList<>(missing))
                            + " besides the image: give them (constants="
                            + missing.iterator().next()
                            + "=0).");
        }
    }

    private ModelException refused(NodeDef node, String why) {
        return new ModelException(
                "Model '"
                        + model
                        + "' cannot be explained: op "
                        + node.getOp()
                        + " (layer '"
                        + NodeName.of(node.getName())
                        + "') "
                        + why
                        + ".");
    }

    private static Refusal refuse(String ops, String reason, String advice) {
        return new Refusal(Pattern.compile(ops), false, reason, advice);
    }
}
