/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** A node of the forward graph as a rule sees it. */
record Node(NodeDef def, List<Output> inputs) {

    static Node of(NodeDef def) {
        return new Node(def, Graph.inputs(def));
    }

    /** The same op on another input. */
    Node with(int index, Output input) {
        List<Output> others = new ArrayList<>(inputs);
        others.set(index, input);
        return new Node(def, others);
    }

    String name() {
        return def.getName();
    }

    String op() {
        return def.getOp();
    }

    Output in(int index) {
        return inputs.get(index);
    }

    /** The first output. */
    Output out() {
        return out(0);
    }

    Output out(int index) {
        return new Output(def.getName(), index);
    }

    AttrValue attr(String name) {
        return OpRegistry.attribute(def, name);
    }

    boolean flag(String name) {
        return attr(name).getB();
    }

    String text(String name) {
        return attr(name).getS().toStringUtf8();
    }

    long[] list(String name) {
        return attr(name).getList().getIList().stream().mapToLong(Long::longValue).toArray();
    }

    boolean channelsFirst() {
        return text("data_format").startsWith("NC");
    }

    /** Alternating names and values of attributes, to hand on to another op. */
    Object[] copy(String... names) {
        Object[] attributes = new Object[2 * names.length];
        for (int i = 0; i < names.length; i++) {
            attributes[2 * i] = names[i];
            attributes[2 * i + 1] = attr(names[i]);
        }
        return attributes;
    }
}
