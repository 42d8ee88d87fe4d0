/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import sc.fiji.attribution.core.Target;

/**
 * What a network's outputs are: classes or numbers, and how the outputs relate to logits, and
 * logits to classes. A number is never given a probability. All arrays are of one image.
 */
public enum Head {
    /** A softmax over the logits: one class each. */
    SOFTMAX {
        @Override
        public double[] probabilities(float[] logits) {
            double max = Double.NEGATIVE_INFINITY;
            for (float logit : logits) {
                max = Math.max(max, logit);
            }
            double sum = 0;
            double[] result = new double[logits.length];
            for (int i = 0; i < logits.length; i++) {
                result[i] = Math.exp(logits[i] - max);
                sum += result[i];
            }
            for (int i = 0; i < logits.length; i++) {
                result[i] /= sum;
            }
            return result;
        }
    },
    /** A sigmoid of each logit: independent classes that do not exclude one another. */
    SIGMOID {
        @Override
        public double[] probabilities(float[] logits) {
            double[] result = new double[logits.length];
            for (int i = 0; i < logits.length; i++) {
                result[i] = sigmoid(logits[i]);
            }
            return result;
        }
    },
    /**
     * One sigmoid output that separates two classes: class 1 has the logit z and the probability
     * sigmoid(z), class 0 has -z and sigmoid(-z). So their difference is 2z.
     */
    BINARY_SIGMOID {
        @Override
        public int classes(int outputs) {
            return 2;
        }

        @Override
        public float[] classLogits(float[] outputs) {
            return new float[] {-outputs[0], outputs[0]};
        }

        @Override
        public float[] cotangent(float[] classWeights) {
            return new float[] {classWeights[1] - classWeights[0]};
        }

        @Override
        public double[] probabilities(float[] logits) {
            return new double[] {sigmoid(-logits[0]), sigmoid(logits[0])};
        }
    },
    /**
     * Scores of classes without a closing activation; probabilities are those of a softmax over
     * them.
     */
    LINEAR {
        @Override
        public double[] probabilities(float[] logits) {
            return SOFTMAX.probabilities(logits);
        }
    },
    /**
     * Probabilities that are no softmax or sigmoid of anything, such as the mean of a softmax over
     * voxels: the logit of each class is the log odds log p - log(1 - p) of its probability.
     */
    LOG_ODDS {
        @Override
        public double[] probabilities(float[] logits) {
            return SIGMOID.probabilities(logits);
        }
    },
    /** The log odds of one probability that separates two classes: it is that of class 1. */
    BINARY_LOG_ODDS {
        @Override
        public int classes(int outputs) {
            return BINARY_SIGMOID.classes(outputs);
        }

        @Override
        public float[] classLogits(float[] outputs) {
            return BINARY_SIGMOID.classLogits(outputs);
        }

        @Override
        public float[] cotangent(float[] classWeights) {
            return BINARY_SIGMOID.cotangent(classWeights);
        }

        @Override
        public double[] probabilities(float[] logits) {
            return BINARY_SIGMOID.probabilities(logits);
        }
    },
    /** Measured or predicted quantities (regression), each with a name and a unit of its own. */
    NUMBERS {
        @Override
        public double[] probabilities(float[] logits) {
            return NO_PROBABILITIES;
        }

        @Override
        public int predicted(float[] numbers) {
            return 0;
        }
    },
    /**
     * Several scores that nothing closes and nobody named: logits of classes or quantities. They
     * are taken as numbers; the largest is the predicted one, which is right for logits.
     */
    UNDECIDED {
        @Override
        public double[] probabilities(float[] logits) {
            return NO_PROBABILITIES;
        }
    };

    private static final double[] NO_PROBABILITIES = {};

    /** Whether one class excludes the others, so that their logits are compared. */
    public boolean isExclusive() {
        return this == SOFTMAX || this == LINEAR || this == UNDECIDED;
    }

    /**
     * log p − log (1 − p) of each class, which is of one kind whatever the head.
     *
     * @param logits of each class
     */
    public double[] logOdds(float[] logits) {
        double[] odds = new double[logits.length];
        for (int k = 0; k < logits.length; k++) {
            odds[k] = isExclusive() ? logits[k] - others(logits, k) : logits[k];
        }
        return odds;
    }

    /** The logarithm of the sum of the other classes' exponentials. */
    private static double others(float[] logits, int without) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < logits.length; k++) {
            largest = k == without ? largest : Math.max(largest, logits[k]);
        }
        double sum = 0;
        for (int k = 0; k < logits.length; k++) {
            sum += k == without ? 0 : Math.exp(logits[k] - largest);
        }
        return largest + Math.log(sum);
    }

    /** Whether what is predicted is the class, or number, with the largest logit. */
    public boolean hasLargest() {
        return this != NUMBERS;
    }

    /**
     * What the explained score is, for results: {@code logit}, {@code log-odds} or {@code value}.
     */
    public String score() {
        return switch (this) {
            case LOG_ODDS, BINARY_LOG_ODDS -> "log-odds";
            case NUMBERS, UNDECIDED -> "value";
            default -> "logit";
        };
    }

    /** Whether the outputs are numbers, which have no probability. */
    public boolean isNumbers() {
        return this == NUMBERS || this == UNDECIDED;
    }

    /** Index of the class that is meant by the predicted one: the first of the largest logits. */
    public int predicted(float[] classLogits) {
        return Target.predicted(classLogits);
    }

    /** Number of classes of a network with that many logits. */
    public int classes(int outputs) {
        return outputs;
    }

    /** The logit of each class, from the network's logits. */
    public float[] classLogits(float[] outputs) {
        return outputs;
    }

    /**
     * The cotangent to feed at the network's logits for a weighted sum of class logits.
     *
     * @param classWeights weight of each class's logit
     */
    public float[] cotangent(float[] classWeights) {
        return classWeights;
    }

    /** The probability of each class, from the network's logits; empty for numbers. */
    public abstract double[] probabilities(float[] logits);

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
