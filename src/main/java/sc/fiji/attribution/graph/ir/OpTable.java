/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.tensorflow.proto.NodeDef;

/** The ops of all {@link Op.Family families}: what is known of an op is asked here. */
public final class OpTable {

    private static final Map<String, Op> OPS = read();

    private OpTable() {}

    private static Map<String, Op> read() {
        Map<String, Op> ops = new TreeMap<>();
        for (Op.Family family :
                ServiceLoader.load(Op.Family.class, OpTable.class.getClassLoader())) {
            for (Op op : family.ops()) {
                if (ops.put(op.type(), op) != null) {
                    throw new IllegalStateException(op.type() + " is in two families of ops");
                }
            }
        }
        return Collections.unmodifiableMap(ops);
    }

    /** All, by name. */
    public static Collection<Op> ops() {
        return OPS.values();
    }

    public static Optional<Op> find(String type) {
        return Optional.ofNullable(OPS.get(type));
    }

    /** The plain gradient: the rules of all ops that have one, by name. */
    public static Map<String, Rule> gradients() {
        Map<String, Rule> rules = new TreeMap<>();
        OPS.forEach((type, op) -> op.gradient().ifPresent(rule -> rules.put(type, rule)));
        return rules;
    }

    /** Whether an op is known to have a trait. */
    public static boolean is(String type, Trait trait) {
        Op op = OPS.get(type);
        return op != null && op.is(trait);
    }

    public static boolean is(NodeDef node, Trait trait) {
        return is(node.getOp(), trait);
    }

    /**
     * The rule of the plain gradient.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static Rule gradient(String type) {
        return find(type)
                .flatMap(Op::gradient)
                .orElseThrow(() -> new IllegalArgumentException("no gradient of " + type));
    }
}
