/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.TensorInfo;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.head.Logits;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Output;

/**
 * The output that holds the class scores, in a flattened graph.
 *
 * @param graph what the outputs depend on, flat
 * @param name the output's name in the signature
 * @param logits where its logits are
 */
public record ClassHead(Graph graph, String name, Logits logits) {

    /**
     * What is wanted of the outputs.
     *
     * @param output its name, or empty
     * @param numbers whether the outputs themselves are wanted, whatever closes them
     * @param map whether scores for each place come before those of the whole image
     */
    public record Wanted(String output, boolean numbers, boolean map) {

        public static final Wanted ANY = new Wanted("", false, false);
    }

    /**
     * Flattens the graph and chooses among its score outputs: the named one, else the only one,
     * else the only one that a softmax or sigmoid closes. Vectors come before maps.
     *
     * @throws ModelException with a list of what there is, where none or several fit
     */
    public static ClassHead choose(
            GraphDef stored, Map<String, TensorInfo> outputs, Wanted wanted, String model) {
        Map<String, TensorInfo> scores = candidates(outputs, wanted, model);
        FunctionInliner.Flattened flat = flatten(stored, scores, model);
        Map<String, Logits> heads = new LinkedHashMap<>();
        int i = 0;
        for (String name : scores.keySet()) {
            Output output = flat.outputs().get(i++);
            if (!output.equals(Branches.DEAD)) {
                heads.put(name, logits(flat.graph(), output, scores.get(name), wanted));
            }
        }
        String name = choose(heads, outputs, model);
        return new ClassHead(flat.graph(), name, heads.get(name));
    }

    private static Logits logits(Graph graph, Output output, TensorInfo info, Wanted wanted) {
        if (wanted.numbers()) {
            return Logits.none(output);
        }
        return Signature.isMap(info) ? Logits.ofMap(graph, output) : Logits.find(graph, output);
    }

    private static Map<String, TensorInfo> candidates(
            Map<String, TensorInfo> outputs, Wanted wanted, String model) {
        if (outputs.containsKey(wanted.output())) {
            return Map.of(wanted.output(), outputs.get(wanted.output()));
        }
        if (!wanted.output().isEmpty()) {
            throw new ModelException(
                    String.format(
                            Locale.ROOT,
                            "Model '%s' has no score output '%s'; it has %s.",
                            model,
                            wanted.output(),
                            describe(outputs, outputs.keySet())));
        }
        Predicate<TensorInfo> map = Signature::isMap;
        Predicate<TensorInfo> single = each -> each.getTensorShape().getDimCount() == 1;
        Predicate<TensorInfo> vector = map.or(single).negate();
        return (wanted.map() ? List.of(map, vector, single) : List.of(vector, single, map))
                .stream()
                        .map(kind -> only(outputs, kind))
                        .filter(some -> !some.isEmpty())
                        .findFirst()
                        .orElseThrow();
    }

    private static Map<String, TensorInfo> only(
            Map<String, TensorInfo> outputs, Predicate<TensorInfo> kind) {
        Map<String, TensorInfo> some = new TreeMap<>(outputs);
        some.values().removeIf(kind.negate());
        return some;
    }

    private static FunctionInliner.Flattened flatten(
            GraphDef stored, Map<String, TensorInfo> scores, String model) {
        List<Output> outputs = new ArrayList<>();
        scores.values().forEach(info -> outputs.add(Output.parse(info.getName())));
        try {
            return FunctionInliner.flatten(stored, outputs);
        } catch (ModelException e) {
            throw new ModelException("Model '" + model + "': " + e.getMessage(), e);
        }
    }

    /** Names with shapes, by which somebody may know them. */
    private static String describe(Map<String, TensorInfo> outputs, Set<String> names) {
        Map<String, TensorInfo> some = new TreeMap<>(outputs);
        some.keySet().retainAll(names);
        return Signature.describeTensors(some);
    }

    private static String choose(
            Map<String, Logits> heads, Map<String, TensorInfo> outputs, String model) {
        if (heads.isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + model
                            + "' computes its class scores in a branch that is not taken, such as"
                            + " that for training: export it for inference.");
        }
        List<String> closed =
                heads.keySet().stream()
                        .filter(name -> heads.get(name).closing().isActivation())
                        .toList();
        List<String> candidates = heads.size() == 1 ? List.copyOf(heads.keySet()) : closed;
        if (candidates.size() != 1) {
            throw new ModelException(
                    String.format(
                            Locale.ROOT,
                            "Model '%s' has several score outputs, name one (scores=…): %s",
                            model,
                            describe(outputs, heads.keySet())));
        }
        return candidates.get(0);
    }

    /** Whether the first convolution takes the channel axis before the spatial ones. */
    public boolean channelsFirst() {
        return graph.nodes().stream()
                .filter(node -> node.getOp().equals("Conv2D") || node.getOp().equals("Conv3D"))
                .findFirst()
                .map(node -> Node.of(node).channelsFirst())
                .orElse(false);
    }
}
