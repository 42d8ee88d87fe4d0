/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * The names that the author of a network gave its layers, from the names of its nodes: {@code
 * StatefulPartitionedCall/functional_1/conv_a_1/convolution} is op {@code convolution} of layer
 * {@code conv_a}.
 *
 * <p>Calls and the model's own scope, which all layers share, are left away. Keras 3 traces a model
 * a second time to export it, so that each scope ends with a number of TensorFlow's; scopes that a
 * layer opens inside itself have none. Keras 2 and TensorFlow 1 number what they name themselves
 * ({@code sequential_14/conv2d_40/Conv2D}), and those numbers are the author's: they are told by
 * the names of the ops, and by that layers without them would bear the same name.
 */
final class LayerNames {

    private static final Pattern SUFFIX = Pattern.compile("_\\d+$");

    /** Scopes that layers of Keras 2 and TensorFlow 1 open inside themselves. */
    private static final Set<String> INNER =
            Set.of(
                    "batchnorm",
                    "moments",
                    "Tensordot",
                    "separable_conv2d",
                    "convolution",
                    "einsum",
                    "Gelu",
                    "resize",
                    "bn");

    private final List<String> prefix;
    private final boolean suffixed;

    private LayerNames(List<String> prefix, boolean suffixed) {
        this.prefix = prefix;
        this.suffixed = suffixed;
    }

    /**
     * @param nodes what stands between image and logits
     */
    static LayerNames of(Collection<NodeDef> nodes) {
        List<List<String>> scopes = new ArrayList<>();
        for (NodeDef node : nodes) {
            if (OpTable.is(node, Trait.WEIGHTED_SUM)) {
                List<String> parts = parts(node.getName());
                scopes.add(parts.subList(0, parts.size() - 1));
            }
        }
        List<String> prefix = commonPrefix(scopes);
        Set<String> stripped = new HashSet<>();
        Set<List<String>> different = new HashSet<>(scopes);
        different.forEach(
                scope ->
                        stripped.add(
                                scope.stream()
                                        .map(part -> SUFFIX.matcher(part).replaceFirst(""))
                                        .collect(Collectors.joining("/"))));
        boolean numbered =
                stripped.size() < different.size()
                        || nodes.stream()
                                .anyMatch(
                                        node ->
                                                OpTable.is(node.getOp(), Trait.CONVOLUTION)
                                                        && node.getName()
                                                                .endsWith("/" + node.getOp()));
        boolean suffixed =
                !numbered
                        && !prefix.isEmpty()
                        && SUFFIX.matcher(prefix.get(0)).find()
                        && scopes.stream()
                                .allMatch(scope -> SUFFIX.matcher(scope.get(prefix.size())).find());
        return new LayerNames(prefix, suffixed);
    }

    /** What all scopes begin with, and leave at least one part of each. */
    private static List<String> commonPrefix(List<List<String>> scopes) {
        List<String> prefix = new ArrayList<>();
        while (!scopes.isEmpty()) {
            int at = prefix.size();
            if (scopes.stream().anyMatch(scope -> scope.size() < at + 2)) {
                break;
            }
            String part = scopes.get(0).get(at);
            if (!scopes.stream().allMatch(scope -> scope.get(at).equals(part))) {
                break;
            }
            prefix.add(part);
        }
        return prefix;
    }

    private static List<String> parts(String node) {
        return Arrays.asList(NodeName.of(node).split("/"));
    }

    /** The layer that a node belongs to, outermost scope first; empty where it has none. */
    List<String> layer(String node) {
        List<String> parts = parts(node);
        boolean inside =
                parts.size() > prefix.size() && parts.subList(0, prefix.size()).equals(prefix);
        List<String> layer = new ArrayList<>();
        for (String part : parts.subList(inside ? prefix.size() : 0, parts.size() - 1)) {
            if (suffixed ? !SUFFIX.matcher(part).find() : INNER.contains(part)) {
                break;
            }
            layer.add(suffixed ? SUFFIX.matcher(part).replaceFirst("") : part);
        }
        return layer;
    }

    /** A node's own name: its layer's, and its op's within it. */
    String display(String node) {
        List<String> parts = parts(node);
        List<String> layer = layer(node);
        boolean inside =
                parts.size() > prefix.size() && parts.subList(0, prefix.size()).equals(prefix);
        List<String> name = new ArrayList<>(layer);
        name.addAll(parts.subList((inside ? prefix.size() : 0) + layer.size(), parts.size()));
        return String.join("/", name);
    }

    /**
     * A layer's name as it stands in the graph: with what all layers share before it, and with all
     * numbers.
     *
     * @param node one of the layer's
     * @param depth scopes of the layer's name
     */
    String given(String node, int depth) {
        List<String> parts = parts(node);
        boolean inside =
                parts.size() > prefix.size() && parts.subList(0, prefix.size()).equals(prefix);
        int end = Math.min((inside ? prefix.size() : 0) + depth, parts.size());
        return String.join("/", parts.subList(0, end));
    }
}
