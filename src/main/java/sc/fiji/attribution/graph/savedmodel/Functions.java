/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/** Which functions a graph's nodes call, and with which attributes. */
final class Functions {

    private Functions() {}

    /**
     * What a node may call: its own op, and every function that an attribute names, also as an
     * attribute that it hands on to another function.
     */
    static Set<String> namedBy(NodeDef node) {
        Set<String> named = new LinkedHashSet<>(Set.of(node.getOp()));
        node.getAttrMap().values().forEach(value -> add(value, named));
        return named;
    }

    private static void add(AttrValue value, Set<String> named) {
        List<NameAttrList> functions = new ArrayList<>(value.getList().getFuncList());
        functions.add(value.getFunc());
        for (NameAttrList function : functions) {
            named.add(function.getName());
            function.getAttrMap().values().forEach(handed -> add(handed, named));
        }
    }

    /** The node with the attributes that an instance of a polymorphic function has. */
    static NodeDef substitute(NodeDef node, Map<String, AttrValue> attributes) {
        NodeDef.Builder result = node.toBuilder();
        node.getAttrMap()
                .forEach((key, value) -> result.putAttr(key, substitute(value, attributes)));
        return result.build();
    }

    private static AttrValue substitute(AttrValue value, Map<String, AttrValue> attributes) {
        if (!value.getPlaceholder().isEmpty()) {
            return attributes.get(value.getPlaceholder());
        }
        if (value.hasFunc()) {
            AttrValue.Builder result = value.toBuilder();
            value.getFunc()
                    .getAttrMap()
                    .forEach(
                            (key, handed) ->
                                    result.getFuncBuilder()
                                            .putAttr(key, substitute(handed, attributes)));
            return result.build();
        }
        return value;
    }
}
