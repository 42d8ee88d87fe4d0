/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.EnumSet;
import java.util.Set;

/**
 * What is known of an op, whatever the backward pass. Whoever treats some ops in a way of their own
 * asks for a trait; a list of names would not know the ops that are added later.
 */
public enum Trait {
    /** Its output has the shape of its first input. */
    KEEPS_SIZE,
    /** Each element is a function of the elements at its place in the inputs, which broadcast. */
    ELEMENTWISE(KEEPS_SIZE),
    /** Linear, but for a constant, in all of its floating inputs together. */
    LINEAR,
    /** Sums and differences, element by element. */
    ADDS(ELEMENTWISE, LINEAR),
    /** Adds a number to each channel. */
    BIAS(LINEAR),
    /** Its elements are those of one input: moved, cut, or repeated. */
    MOVES(LINEAR),
    /** Its elements are those of several inputs. */
    JOINS(LINEAR),
    /** Its outputs are the parts of one input. */
    PARTS(LINEAR),
    /** Zeros may stand among what it moves. */
    PADS,
    /** Has the elements of its input, each once: where it stands alone it is no layer. */
    REARRANGES,
    /** Has the elements of its input in the same order, but for the shape. */
    KEEPS_ORDER(REARRANGES),
    /** Hands its input on. */
    IDENTITY(MOVES, KEEPS_ORDER, ELEMENTWISE),
    /** Hands its input on, and holds the gradient back. */
    HELD(MOVES, KEEPS_ORDER, ELEMENTWISE),
    /** Changes the type of the numbers. */
    CASTS(ELEMENTWISE, LINEAR),
    /** Interpolates another number of voxels. */
    RESIZES(LINEAR),
    /** Not linear, element by element. */
    FUNCTION(ELEMENTWISE),
    /** What stands between the layers of a network so that it is not linear. */
    ACTIVATION(FUNCTION),
    /** Lies between bounds, or is the inverse of a spread: it scales another quantity. */
    GATE,
    /** A gate of either sign, in which most of what it says lies: a better gate scales it. */
    SIGNED,
    /** A gate that hands its input on between two bounds: a better one scales it. */
    CLIPS,
    /** The logistic function, which closes a network of independent classes. */
    LOGISTIC(ACTIVATION, GATE),
    /** Over the last axis: closes a network of classes that exclude each other. */
    SOFTMAX,
    /** Linear in each of two inputs. */
    PRODUCT,
    /** A product whose other factor may be a layer's weights. */
    WEIGHTED_SUM(PRODUCT),
    /** A weighted sum whose weights have a place in the image. */
    CONVOLUTION(WEIGHTED_SUM),
    /** A convolution that gives the larger image. */
    TRANSPOSED,
    /** One input over the other. */
    QUOTIENT(ELEMENTWISE),
    /** One of its elements is chosen. */
    EXTREMUM,
    MAXIMUM(EXTREMUM),
    MINIMUM(EXTREMUM),
    /** Windows with {@code ksize} and {@code strides} as attributes. */
    POOL,
    /** Over axes that its second input names. */
    REDUCTION,
    /** Takes from either of two inputs, as a mask says. */
    CHOICE,
    /** By a mean and a variance for each channel. */
    NORMALISATION,
    /** Not linear in a way of its own. */
    NONLINEAR,
    /** Does not change with small changes of its inputs. */
    PIECEWISE_CONSTANT,
    /** Looks at the shape of its input, and not at its values. */
    VALUELESS,
    /** Never below zero. */
    NON_NEGATIVE,
    /** Not below zero where no floating input is. */
    KEEPS_SIGN,
    /** Differs from run to run. */
    RANDOM,
    /** Holds weights, or stands for what does. */
    VARIABLE,
    /** Gives the weights. */
    READS_VARIABLE,
    /** Changes weights. */
    WRITES,
    /** Sets the weights. */
    ASSIGNS(WRITES),
    /** Reads weights from a checkpoint. */
    RESTORES,
    /** Is given when the graph is run. */
    FED,
    /** Runs a function of the graph's library. */
    CALLS,
    /** Hands its input to one of two outputs, as a truth value says. */
    SWITCHES,
    /** Takes whichever of its inputs is there. */
    MERGES,
    /** Stands where a loop of TensorFlow 1 begins, or begins anew. */
    LOOPS,
    /** TensorFlow's oneDNN fuses it wrongly with what it reads. */
    MISFUSED;

    private final Set<Trait> implied;

    Trait(Trait... implied) {
        this.implied = Set.of(implied);
    }

    /** These and all that they imply. */
    static Set<Trait> closure(Trait... traits) {
        EnumSet<Trait> all = EnumSet.noneOf(Trait.class);
        for (Trait trait : traits) {
            all.add(trait);
            all.addAll(closure(trait.implied.toArray(new Trait[0])));
        }
        return all;
    }
}
