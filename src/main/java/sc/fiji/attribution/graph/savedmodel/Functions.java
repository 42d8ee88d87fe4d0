/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/** Which functions a graph's nodes call, and with which attributes. */
final class Functions {

    private Functions() {}

    /** The functions that nodes call, and those that these call in turn. */
    static FunctionDefLibrary reachable(
            FunctionDefLibrary functions, Collection<NodeDef> fromNodes) {
        Map<String, FunctionDef> byName = new HashMap<>();
        functions.getFunctionList().forEach(f -> byName.put(f.getSignature().getName(), f));
        Set<String> reached = new LinkedHashSet<>();
        List<NodeDef> open = new ArrayList<>(fromNodes);
        while (!open.isEmpty()) {
            NodeDef node = open.remove(open.size() - 1);
            for (String name : namedBy(node)) {
                if (byName.containsKey(name) && reached.add(name)) {
                    open.addAll(byName.get(name).getNodeDefList());
                }
            }
        }
        return FunctionDefLibrary.newBuilder()
                .addAllFunction(reached.stream().map(byName::get).toList())
                .build();
    }

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
