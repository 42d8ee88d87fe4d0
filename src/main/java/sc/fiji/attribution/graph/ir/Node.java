/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** A node of the forward graph as a rule sees it. */
public record Node(NodeDef def, List<Output> inputs) {

    public static Node of(NodeDef def) {
        return new Node(def, Graph.inputs(def));
    }

    /** The same op on another input. */
    public Node with(int index, Output input) {
        List<Output> others = new ArrayList<>(inputs);
        others.set(index, input);
        return new Node(def, others);
    }

    public String name() {
        return def.getName();
    }

    public String op() {
        return def.getOp();
    }

    public Output in(int index) {
        return inputs.get(index);
    }

    public boolean is(Trait trait) {
        return OpTable.is(op(), trait);
    }

    /** The first output. */
    public Output out() {
        return out(0);
    }

    public Output out(int index) {
        return new Output(def.getName(), index);
    }

    public AttrValue attr(String name) {
        return OpRegistry.attribute(def, name);
    }

    public boolean flag(String name) {
        return attr(name).getB();
    }

    public String text(String name) {
        return attr(name).getS().toStringUtf8();
    }

    public long[] list(String name) {
        return attr(name).getList().getIList().stream().mapToLong(Long::longValue).toArray();
    }

    public boolean channelsFirst() {
        return text("data_format").startsWith("NC");
    }

    /** Alternating names and values of attributes, to hand on to another op. */
    public Object[] copy(String... names) {
        Object[] attributes = new Object[2 * names.length];
        for (int i = 0; i < names.length; i++) {
            attributes[2 * i] = names[i];
            attributes[2 * i + 1] = attr(names[i]);
        }
        return attributes;
    }
}
