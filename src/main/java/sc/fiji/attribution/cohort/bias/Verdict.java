/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

/** The answer to the question, in the words that {@code bias.csv} and the report have. */
public enum Verdict {
    STRONGLY("uses the signature strongly"),
    USES("uses the signature"),
    NO_SIGN("no sign of it"),
    CANNOT_BE_TOLD("cannot be told");

    /** The permutation test's level. */
    public static final double LEVEL = 0.05;

    /** A share above this is use. Chosen on simulated cohorts, confirmed on others. */
    public static final double USE = 0.2;

    /** A share above this is strong use: no unbiased network came near it. */
    public static final double STRONG_USE = 0.33;

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /**
     * Both matter: a tiny share is significant in a large cohort, a large one is chance in a small.
     */
    static Verdict of(double p, double share) {
        if (Double.isNaN(p) || Double.isNaN(share)) {
            return CANNOT_BE_TOLD;
        }
        if (p > LEVEL || share <= USE) {
            return NO_SIGN;
        }
        return share > STRONG_USE ? STRONGLY : USES;
    }

    @Override
    public String toString() {
        return words;
    }
}
