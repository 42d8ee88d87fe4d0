/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/**
 * What TensorFlow 2.16.1 knows of each op: names, number and types of its outputs, defaults of its
 * attributes. Read from {@code tensorflow-ops.binpb.gz}, the library's own op list without its
 * prose.
 */
public final class OpRegistry {

    private static final Map<String, OpDef> OPS = read();

    /** Of one node: a damaged number must not take memory. */
    private static final int MOST_OUTPUTS = 100_000;

    private OpRegistry() {}

    private static Map<String, OpDef> read() {
        try (InputStream in = OpRegistry.class.getResourceAsStream("tensorflow-ops.binpb.gz")) {
            Map<String, OpDef> ops = new HashMap<>();
            for (OpDef op : OpList.parseFrom(new GZIPInputStream(in)).getOpList()) {
                ops.put(op.getName(), op);
            }
            return Collections.unmodifiableMap(ops);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All ops by name. */
    public static Map<String, OpDef> ops() {
        return OPS;
    }

    public static boolean knows(String op) {
        return OPS.containsKey(op);
    }

    public static boolean hasAttribute(String op, String name) {
        return knows(op)
                && OPS.get(op).getAttrList().stream().anyMatch(a -> a.getName().equals(name));
    }

    /** The attribute as the node or else the op's default has it. */
    public static AttrValue attribute(NodeDef node, String name) {
        AttrValue value = node.getAttrMap().get(name);
        if (value != null) {
            return value;
        }
        for (OpDef.AttrDef attribute : OPS.get(node.getOp()).getAttrList()) {
            if (attribute.getName().equals(name)) {
                return attribute.getDefaultValue();
            }
        }
        throw new IllegalArgumentException(
                node.getOp() + " '" + node.getName() + "' has no attribute " + name);
    }

    /** The attribute that names the element type of the first input. */
    public static String typeOfFirstInput(NodeDef node) {
        return OPS.get(node.getOp()).getInputArg(0).getTypeAttr();
    }

    /** Element type of each output of the node, in order. */
    public static List<DataType> outputTypes(NodeDef node) {
        List<DataType> types = new ArrayList<>();
        for (OpDef.ArgDef output : OPS.get(node.getOp()).getOutputArgList()) {
            types.addAll(types(node, output));
        }
        return types;
    }

    /** Index of the first output that belongs to the named output argument. */
    public static int firstOutput(NodeDef node, String argument) {
        int index = 0;
        for (OpDef.ArgDef output : OPS.get(node.getOp()).getOutputArgList()) {
            if (output.getName().equals(argument)) {
                return index;
            }
            index += types(node, output).size();
        }
        throw new IllegalArgumentException(
                node.getOp() + " '" + node.getName() + "' has no output " + argument);
    }

    private static List<DataType> types(NodeDef node, OpDef.ArgDef argument) {
        if (!argument.getTypeListAttr().isEmpty()) {
            return attribute(node, argument.getTypeListAttr()).getList().getTypeList();
        }
        DataType type =
                argument.getTypeAttr().isEmpty()
                        ? argument.getType()
                        : attribute(node, argument.getTypeAttr()).getType();
        long count =
                argument.getNumberAttr().isEmpty()
                        ? 1
                        : attribute(node, argument.getNumberAttr()).getI();
        if (count < 0 || count > MOST_OUTPUTS) {
            throw new IllegalArgumentException(
                    node.getOp() + " '" + node.getName() + "' has " + count + " outputs");
        }
        return Collections.nCopies((int) count, type);
    }
}
