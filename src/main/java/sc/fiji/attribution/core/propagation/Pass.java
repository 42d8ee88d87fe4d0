/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

import java.util.ArrayList;
import java.util.List;

/**
 * A way through a network: where values are fed, which layers are looked at, and where a backward
 * pass starts and ends. Layers go by their names.
 *
 * @param from what is fed: {@link #IMAGE}, or a layer, whose activations then replace those that
 *     the network would compute
 * @param at layers whose activations are wanted
 * @param of what the backward pass starts from: {@link #LOGITS} or a layer
 * @param to where the gradient is wanted: layers or {@link #IMAGE}; empty for a forward pass alone
 * @param rules by which the backward pass goes
 */
public record Pass(String from, List<String> at, String of, List<String> to, Propagation rules) {

    public static final String IMAGE = "<image>";
    public static final String LOGITS = "<logits>";

    /** The scores of each place, of a network that puts out a map; the logits are their means. */
    public static final String SCORES = "<scores>";

    /** Whether a place is one of those that every network has, and no layer's name. */
    public static boolean isFixed(String place) {
        return place.equals(IMAGE) || place.equals(LOGITS) || place.equals(SCORES);
    }

    public Pass {
        at = List.copyOf(at);
        to = List.copyOf(to);
    }

    /** By the chain rule. */
    public Pass(String from, List<String> at, String of, List<String> to) {
        this(from, at, of, to, Propagation.Gradient.PLAIN);
    }

    /** From the image to the layers and the logits. */
    public static Pass forward(String... at) {
        return new Pass(IMAGE, List.of(at), LOGITS, List.of());
    }

    /** From the image to the logits, and back to the places named, whose activations come too. */
    public static Pass gradient(String... to) {
        List<String> layers = List.of(to).stream().filter(name -> !name.equals(IMAGE)).toList();
        return new Pass(IMAGE, layers, LOGITS, List.of(to));
    }

    /** From the image, or a layer, to another layer and no further. */
    public static Pass between(String from, String to) {
        return new Pass(from, List.of(to), to, List.of());
    }

    /** The same with a layer's activations fed in place of the image. */
    public Pass from(String layer) {
        return new Pass(layer, at, of, to, rules);
    }

    /** The same with one more layer looked at. */
    public Pass at(String layer) {
        List<String> more = new ArrayList<>(at);
        if (!more.contains(layer)) {
            more.add(layer);
        }
        return new Pass(from, more, of, to, rules);
    }

    /** The same with the backward pass starting at a layer's activations. */
    public Pass of(String layer) {
        return new Pass(from, at, layer, to, rules);
    }

    /** The same by other rules. */
    public Pass by(Propagation others) {
        return new Pass(from, at, of, to, others);
    }
}
