/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.Arrays;
import java.util.Locale;
import sc.fiji.attribution.core.OptionException;

/**
 * The value of every coalition. Bit i of a coalition's number says whether player i is in.
 *
 * @param players how many
 * @param values 2^players of them
 */
public record Enumeration(int players, double[] values) {

    /** Two to this power of passes take minutes for a small network. */
    static final int MOST_PLAYERS = 16;

    /**
     * @throws OptionException where there are too many players
     */
    static void requireFew(int players, String method) {
        if (players > MOST_PLAYERS) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "regions: %s tries all sets of at most %d regions, and there are %d;"
                                    + " take fewer, or method=[Shapley Sampling].",
                            method,
                            MOST_PLAYERS,
                            players));
        }
    }

    /** How many coalitions have to be scored: all but that of all players, which is the image. */
    static long cost(int players) {
        return (1L << players) - 1;
    }

    static Enumeration of(RegionGame game) {
        int n = game.players();
        int all = (int) cost(n);
        double[] values = Arrays.copyOf(game.values(all, Enumeration::fill), all + 1);
        values[all] = game.full();
        return new Enumeration(n, values);
    }

    /** Coalition by number. */
    public static void fill(int coalition, boolean[] in) {
        for (int i = 0; i < in.length; i++) {
            in[i] = (coalition >> i & 1) == 1;
        }
    }

    double empty() {
        return values[0];
    }

    /**
     * For each player the weighted sum of what it adds to the coalitions without it.
     *
     * @param weights by size of the coalition that it joins
     */
    double[] marginals(double[] weights) {
        double[] sums = new double[players];
        for (int s = 0; s < values.length; s++) {
            double weight = weights[Math.min(Integer.bitCount(s), players - 1)];
            for (int i = 0; i < players; i++) {
                if ((s >> i & 1) == 0) {
                    sums[i] += weight * (values[s | 1 << i] - values[s]);
                }
            }
        }
        return sums;
    }
}
