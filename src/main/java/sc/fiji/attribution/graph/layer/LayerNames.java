/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Layer;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.rewrite.ChannelsLast;

/**
 * The names that the author of a network gave its layers, from the names of its nodes: {@code
 * StatefulPartitionedCall/functional_1/conv_a_1/convolution} is op {@code convolution} of layer
 * {@code conv_a}.
 *
 * <p>Calls and the model's own scope, which all layers share, are left away. Keras 3 traces a model
 * a second time to export it, so that each scope ends with a number of TensorFlow's; scopes that a
 * layer opens inside itself have none.
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
        boolean suffixed =
                !prefix.isEmpty()
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
        return Arrays.asList(Layer.of(ChannelsLast.original(node)).split("/"));
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
}
