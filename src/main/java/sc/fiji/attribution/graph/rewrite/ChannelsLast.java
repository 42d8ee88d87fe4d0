/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Lets channels-first ops work on tensors with channels last. TensorFlow's own CPU kernels know no
 * other order; those of oneDNN do, where the library was built with it, but are slower and lack
 * some of the gradients. Values are transposed where they enter a chain of such ops and where they
 * leave it; in between, activations and sums work on the transposed values.
 */
public final class ChannelsLast {

    /** How far back the number of axes is looked for. */
    private static final int STEPS = 8;

    private final Ops ops;
    private final Graph graph;

    /** Outputs of the original graph to the same with channels last. */
    private final Map<Output, Output> last = new HashMap<>();

    /** Number of axes of the outputs in {@link #last}. */
    private final Map<Output, Integer> ranks = new HashMap<>();

    /** Nodes whose own values have their channels last now. */
    private final Set<String> moved = new HashSet<>();

    private ChannelsLast(Ops ops) {
        this.ops = ops;
        this.graph = ops.graph();
    }

    /**
     * Changes what the output depends on.
     *
     * @return the output with its axes as they were
     */
    public static Output apply(Ops ops, Output of) {
        ChannelsLast pass = new ChannelsLast(ops);
        List<NodeDef> sorted = pass.graph.ancestors(List.of(of.node()));
        Set<String> several = new HashSet<>();
        for (NodeDef node : sorted) {
            Graph.inputs(node).stream()
                    .filter(input -> input.index() > 0)
                    .forEach(input -> several.add(input.node()));
        }
        for (NodeDef def : sorted) {
            Node node = Node.of(def);
            boolean image = isImage(node);
            if (image && node.channelsFirst() && !several.contains(node.name())) {
                pass.replace(node, pass.rank(node));
            } else if (node.is(Trait.ELEMENTWISE)) {
                pass.elementwise(node);
            }
        }
        pass.transposeBack();
        return pass.moved.contains(of.node()) ? pass.back(of) : of;
    }

    /** Whether an attribute says where its channels are. */
    private static boolean isImage(Node node) {
        return OpRegistry.hasAttribute(node.op(), "data_format")
                && Stream.of(
                                Trait.CONVOLUTION,
                                Trait.POOL,
                                Trait.BIAS,
                                Trait.NORMALISATION,
                                Trait.MOVES)
                        .anyMatch(node::is);
    }

    /** Of what the node makes; a bias says {@code NCHW} of volumes too. */
    private int rank(Node node) {
        int said = node.text("data_format").length();
        return node.is(Trait.BIAS) ? rank(node.in(0), said) : said;
    }

    private int rank(Output output, int otherwise) {
        Output at = output;
        for (int step = 0; step < STEPS; step++) {
            Node node = Node.of(graph.node(at));
            if (ranks.containsKey(at)) {
                return ranks.get(at);
            }
            if (node.op().equals("Transpose")) {
                return StaticShape.ofWeight(graph, node.in(1))
                        .map(order -> (int) order[0])
                        .orElse(otherwise);
            }
            if (node.is(Trait.CONVOLUTION) && !node.text("data_format").isEmpty()) {
                return node.text("data_format").length();
            }
            if (node.inputs().isEmpty()) {
                break;
            }
            at = node.in(0);
        }
        return otherwise;
    }

    private void replace(Node node, int rank) {
        List<Output> inputs = new ArrayList<>(node.inputs());
        if (node.is(Trait.TRANSPOSED)) {
            inputs.set(
                    0, ops.emit("GatherV2", inputs.get(0), ops.vector(there(rank)), ops.scalar(0)));
            inputs.set(2, toLast(inputs.get(2), rank));
        } else {
            inputs.set(0, toLast(inputs.get(0), rank));
        }
        NodeDef.Builder moved = node.def().toBuilder();
        boolean flat = rank == 4 || node.is(Trait.BIAS);
        moved.putAttr("data_format", text(flat ? "NHWC" : "NDHWC"));
        for (String name : List.of("strides", "dilations", "ksize")) {
            if (node.def().containsAttr(name)) {
                moved.putAttr(name, Ops.list(permuted(node.list(name), 1)));
            }
        }
        if (node.def().containsAttr("explicit_paddings")) {
            long[] pads = node.list("explicit_paddings");
            moved.putAttr("explicit_paddings", Ops.list(permuted(pads, 2)));
        }
        finish(node, moved, inputs, rank);
    }

    private void elementwise(Node node) {
        int rank = 0;
        for (Output input : node.inputs()) {
            rank = Math.max(rank, ranks.getOrDefault(input, 0));
        }
        if (rank == 0) {
            return;
        }
        List<Output> inputs = new ArrayList<>();
        for (Output input : node.inputs()) {
            if (!last.containsKey(input) && weightRank(input) == rank) {
                toLast(input, rank);
            }
            if (!last.containsKey(input) && weightRank(input) != 0) {
                return;
            }
            inputs.add(last.getOrDefault(input, input));
        }
        finish(node, node.def().toBuilder(), inputs, rank);
    }

    /** Number of axes of something that is made of weights alone, -1 where it does not show. */
    private int weightRank(Output output) {
        return StaticShape.ofWeight(graph, output).map(shape -> shape.length).orElse(-1);
    }

    /** Its name stays: people know it. */
    private void finish(Node node, NodeDef.Builder by, List<Output> inputs, int rank) {
        by.clearInput();
        inputs.forEach(input -> by.addInput(input.asInput()));
        graph.put(by.build());
        last.put(node.out(), node.out());
        ranks.put(node.out(), rank);
        moved.add(node.name());
    }

    /** The output in its own order of axes. */
    private Output back(Output output) {
        int rank = ranks.get(output);
        int[] order =
                IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray();
        return ops.emit("Transpose", output, ops.vector(order));
    }

    /** Whoever is not moved gets the values of those that are in their own order. */
    private void transposeBack() {
        for (NodeDef reader : List.copyOf(graph.nodes())) {
            if (!moved.contains(reader.getName())) {
                Graph.inputs(reader).stream()
                        .filter(input -> moved.contains(input.node()))
                        .forEach(input -> graph.redirect(reader.getName(), input, back(input)));
            }
        }
    }

    private Output toLast(Output input, int rank) {
        Output known = last.get(input);
        if (known == null) {
            known = ops.emit("Transpose", input, ops.vector(there(rank)));
            last.put(input, known);
            ranks.put(input, rank);
        }
        return known;
    }

    /** Where each axis comes from if the second one is to be the last. */
    private static int[] there(int rank) {
        return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toArray();
    }

    /** Moves the second of several groups of numbers to the end. */
    private static long[] permuted(long[] values, int group) {
        if (values.length < 3 * group) {
            return values;
        }
        long[] result = values.clone();
        System.arraycopy(values, 2 * group, result, group, values.length - 2 * group);
        System.arraycopy(values, group, result, values.length - group, group);
        return result;
    }

    private static AttrValue text(String value) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
    }
}
