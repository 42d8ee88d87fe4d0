/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known of a kind of op.
 *
 * @param type its name in TensorFlow
 * @param gradient the chain rule for it; empty where no cotangent gets there
 * @param traits with all that they imply
 */
public record Op(String type, Optional<Rule> gradient, Set<Trait> traits) {

    /** Ops that belong together; a service, so that a new one is a new class. */
    public interface Family {
        List<Op> ops();
    }

    public static Op op(String type, Rule gradient, Trait... traits) {
        return new Op(type, Optional.of(gradient), Trait.closure(traits));
    }

    /** An op whose inputs carry no cotangent. */
    public static Op op(String type, Trait... traits) {
        return new Op(type, Optional.empty(), Trait.closure(traits));
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
