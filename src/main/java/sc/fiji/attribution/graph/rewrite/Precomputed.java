/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Gives what is computed from weights alone, such as a filter that normalisation was folded into, a
 * variable of its own, which is filled once, when the weights are restored. TensorFlow folds what
 * is made of constants; what is made of variables it computes in each call. Takes as much memory
 * again as those weights.
 *
 * @param variable holds the value from now on
 * @param read what reads it
 * @param value what it is to be filled with
 */
public record Precomputed(NodeDef variable, NodeDef read, Output value) {

    private static final String NAME = Ops.SCOPE + "precomputed";
    private static final Pattern CONTROL =
            Pattern.compile("(Stateless)?(If|Case|While)|For|.*PartitionedCall|Enter|Merge|Switch");

    /**
     * Lets the nodes that read such a value read its variable.
     *
     * @param graph is changed
     * @param roots what is run
     * @param fed names of the nodes whose values are given with each call
     */
    public static List<Precomputed> apply(
            Graph graph, Collection<String> roots, Collection<String> fed) {
        List<Precomputed> all = new ArrayList<>();
        Search search = new Search(graph, roots, fed);
        search.replace(
                value ->
                        search.shape(value)
                                .map(
                                        shape -> {
                                            Precomputed made = search.made(value, shape);
                                            all.add(made);
                                            return made.output();
                                        }));
        return all;
    }

    /** The value, as it is read from now on. */
    Output output() {
        return new Output(read.getName(), 0);
    }

    /**
     * Lets the nodes that read a value which is there already read that.
     *
     * @param graph is changed
     * @param roots what is run
     * @param fed names of the nodes whose values are given with each call
     * @param known where a value that is computed from weights alone can be read; empty where it is
     *     nowhere
     */
    public static void reuse(
            Graph graph,
            Collection<String> roots,
            Collection<String> fed,
            Function<Output, Optional<Output>> known) {
        Search search = new Search(graph, roots, fed);
        search.replace(value -> search.shape(value).flatMap(shape -> known.apply(value)));
    }

    private static final class Search {

        private final Graph graph;
        private final List<NodeDef> sorted;

        /** Nodes whose values may differ from call to call. */
        private final Set<String> moving;

        /** By node that does not: elements of the largest variable that it is made of. */
        private final Map<String, Long> largest = new HashMap<>();

        /** Weights as they are. */
        private final Set<String> plain = new HashSet<>();

        Search(Graph graph, Collection<String> roots, Collection<String> fed) {
            this.graph = graph;
            this.sorted = graph.ancestors(roots);
            this.moving = new HashSet<>(fed);
            sorted.forEach(this::look);
        }

        private void look(NodeDef node) {
            String name = node.getName();
            List<String> before = Graph.predecessors(node);
            boolean weight = OpTable.is(node, Trait.VARIABLE) && before.isEmpty();
            if (!weight && differs(node) || before.stream().anyMatch(moving::contains)) {
                moving.add(name);
                return;
            }
            if (weight) {
                StaticShape.ofWeight(graph, new Output(name, 0))
                        .ifPresent(shape -> largest.put(name, elements(shape)));
            } else {
                before.stream()
                        .filter(largest::containsKey)
                        .mapToLong(largest::get)
                        .max()
                        .ifPresent(most -> largest.put(name, most));
            }
            boolean handsOn =
                    OpTable.is(node, Trait.READS_VARIABLE) || OpTable.is(node, Trait.KEEPS_ORDER);
            if (weight || before.isEmpty() || handsOn && plain.contains(before.get(0))) {
                plain.add(name);
            }
        }

        private static boolean differs(NodeDef node) {
            return OpTable.is(node, Trait.FED)
                    || OpTable.is(node, Trait.RANDOM)
                    || node.getInputList().stream().anyMatch(input -> input.startsWith("^"))
                    || !OpRegistry.knows(node.getOp())
                    || CONTROL.matcher(node.getOp()).matches()
                    || OpRegistry.ops().get(node.getOp()).getIsStateful()
                            && !OpTable.is(node, Trait.READS_VARIABLE);
        }

        /** Lets nodes read something else in place of a value, where there is something. */
        void replace(Function<Output, Optional<Output>> by) {
            Map<Output, Optional<Output>> reads = new HashMap<>();
            for (NodeDef node : sorted) {
                if (!moving.contains(node.getName())) {
                    continue;
                }
                for (Output input : Graph.inputs(node)) {
                    if (!reads.containsKey(input)) {
                        reads.put(input, by.apply(input));
                    }
                    reads.get(input).ifPresent(read -> graph.redirect(node.getName(), input, read));
                }
            }
        }

        /** Of a value that is worth it; no larger than what it is made of. */
        Optional<long[]> shape(Output value) {
            Long most = largest.get(value.node());
            return most == null
                            || plain.contains(value.node())
                            || graph.type(value) != DataType.DT_FLOAT
                    ? Optional.empty()
                    : StaticShape.ofWeight(graph, value).filter(shape -> elements(shape) <= most);
        }

        Precomputed made(Output value, long[] extents) {
            String name = graph.freeName(NAME);
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            Arrays.stream(extents).forEach(extent -> shape.addDimBuilder().setSize(extent));
            AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
            NodeDef variable =
                    NodeDef.newBuilder()
                            .setName(name)
                            .setOp("VarHandleOp")
                            .putAttr("dtype", type)
                            .putAttr("shared_name", text(name))
                            .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                            .build();
            NodeDef read =
                    NodeDef.newBuilder()
                            .setName(graph.freeName(name + "/read"))
                            .setOp("ReadVariableOp")
                            .addInput(name)
                            .putAttr("dtype", type)
                            .build();
            graph.put(variable);
            graph.put(read);
            return new Precomputed(variable, read, value);
        }

        private static AttrValue text(String text) {
            return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
        }

        private static long elements(long[] shape) {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }
}
