/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.OptionException;

/**
 * How a layer z = Wx + b shares the relevance R of its outputs among its inputs, after Montavon et
 * al., Layer-Wise Relevance Propagation: An Overview, 2019. W⁺ and W⁻ are the positive and the
 * negative part of W. Denominators are kept from zero by {@link #STABILISER}, with their own sign.
 *
 * @param kind the formula
 * @param first its first number, where it has one
 * @param second its second number
 */
public record LrpRule(Kind kind, double first, double second) {

    /** Added to denominators. */
    public static final double STABILISER = 1e-6;

    /** The formulas, with the defaults of their numbers. */
    public enum Kind {
        /**
         * x·Wᵀ(R / (z + ε·sign z)). Bach et al. 2015. The larger ε, the fewer and stronger
         * contributions are left; LRP-0 where it is 0.
         */
        EPSILON(STABILISER),
        /**
         * Positive contributions count 1 + γ times: as {@link #EPSILON} with W + γW⁺ where z is
         * positive, with W + γW⁻ where it is negative. Montavon et al. 2019; for inputs of either
         * sign Andéol et al. 2021.
         */
        GAMMA(0.25),
        /**
         * α times the share of the positive contributions, less β times that of the negative ones;
         * α − β = 1. Bach et al. 2015. The z⁺ rule is α = 1, β = 0.
         */
        ALPHABETA(2, 1),
        /**
         * z^B, for the first layer: x·Wᵀs − l·W⁺ᵀs − h·W⁻ᵀs for values between l and h; without
         * numbers, between the least and the greatest of the image. Montavon et al., Explaining
         * Nonlinear Classification Decisions with Deep Taylor Decomposition, 2017.
         */
        BOX(Double.NaN, Double.NaN),
        /** w²: by the squared weights alone. Montavon et al. 2017. */
        WSQUARE(),
        /** Evenly over all that an output sees. Lapuschkin et al. 2019. */
        FLAT(),
        /** Unchanged, through layers whose inputs and outputs have the same shape. */
        PASS(),
        /** Of max pooling: the largest element takes all. */
        WINNER(),
        /** Of max pooling: as if it were average pooling. */
        AVERAGE();

        private final double[] defaults;

        Kind(double... defaults) {
            this.defaults = defaults;
        }
    }

    /** Other names of rules. */
    private static final Map<String, String> SHORT =
            Map.of("zero", "epsilon 0", "zplus", "alphabeta 1 0");

    public LrpRule {
        boolean sensible =
                switch (kind) {
                    case EPSILON, GAMMA -> first >= 0 && Double.isFinite(first);
                    case ALPHABETA -> second >= 0 && Math.abs(first - second - 1) < 1e-9;
                    case BOX -> first < second || Double.isNaN(first) && Double.isNaN(second);
                    default -> true;
                };
        if (!sensible) {
            throw new IllegalArgumentException(kind + " " + first + " " + second);
        }
    }

    /** With the default numbers. */
    public static LrpRule of(Kind kind) {
        return of(kind, kind.defaults);
    }

    private static LrpRule of(Kind kind, double[] numbers) {
        double[] both = Arrays.copyOf(numbers, 2);
        return new LrpRule(kind, both[0], both[1]);
    }

    /**
     * Reads a rule such as {@code gamma 0.25}; without its numbers it has the default ones.
     *
     * @throws OptionException where it is none
     */
    public static LrpRule parse(String text) {
        String[] words = SHORT.getOrDefault(text, text).split("\\s+");
        try {
            Kind kind = Kind.valueOf(words[0].toUpperCase(Locale.ROOT));
            double[] numbers =
                    Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray();
            if (numbers.length == 0) {
                return of(kind);
            }
            if (numbers.length == kind.defaults.length) {
                return of(kind, numbers);
            }
        } catch (IllegalArgumentException e) {
            // The message below says what was expected.
        }
        throw new OptionException(
                "'"
                        + text
                        + "' is no rule: expected epsilon 1e-6 (0 or more), zero, gamma 0.25 (0 or"
                        + " more), alphabeta 2 1 (α - β = 1), zplus, box 0 1 (or box: the image's"
                        + " own range), wsquare, flat or pass; for maxpooling winner or average.");
    }

    /** Whether it is one of max pooling. */
    boolean ofPooling() {
        return kind == Kind.WINNER || kind == Kind.AVERAGE;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(Locale.ROOT));
        double[] numbers = {first, second};
        for (int i = 0; i < kind.defaults.length; i++) {
            text.append(Double.isNaN(numbers[i]) ? "" : " " + numbers[i]);
        }
        return text.toString();
    }
}
