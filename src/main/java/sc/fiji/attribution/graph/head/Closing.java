/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.head;

/** What makes scores of a network's logits. */
public enum Closing {
    /** A softmax over the classes, or its logarithm. */
    SOFTMAX("Softmax"),

    /** A sigmoid of each logit. */
    SIGMOID("Sigmoid"),

    /** The scores are probabilities, but not the softmax or sigmoid of anything. */
    PROBABILITY("Probability"),

    /** A function that no logit has, such as ReLU or a percentage: the scores are numbers. */
    NUMBER(""),

    /** Nothing: the scores themselves are the logits, or numbers. */
    NONE("");

    private final String text;

    Closing(String text) {
        this.text = text;
    }

    /** Whether it is a function of the logits alone. */
    public boolean isActivation() {
        return this == SOFTMAX || this == SIGMOID;
    }

    /** For people: {@code Softmax}; empty where there is none. */
    @Override
    public String toString() {
        return text;
    }
}
