/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.ChannelGroups;
import sc.fiji.attribution.method.sampling.SampleRandom;

/**
 * What the methods over regions have in common: their map holds each region's value in all of its
 * voxels, undivided, so the values add up over regions and not over voxels.
 */
public final class RegionMethods {

    /** Methods that look at coalitions by chance read how many. */
    static final Option.Whole COALITIONS =
            new Option.Whole(
                    "coalitions",
                    "sets of regions that are tried; all of them where there are no more",
                    4096,
                    2,
                    10_000_000);

    private RegionMethods() {}

    /**
     * Refuses to look at fewer coalitions than two for each player.
     *
     * @throws OptionException if there are
     */
    static void requireEnough(int coalitions, int players) {
        if (coalitions < 2L * players) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "coalitions=%d: too few for %d regions; take at least %d, better ten"
                                    + " times that.",
                            coalitions,
                            players,
                            2L * players));
        }
    }

    /** Each player is in or out with equal chance. */
    static RegionGame.Coalitions coins(Settings settings) {
        int seed = settings.get(Declaration.SEED);
        return (index, in) -> {
            SplittableRandom random = SampleRandom.of(seed, index);
            for (int i = 0; i < in.length; i++) {
                in[i] = random.nextBoolean();
            }
        };
    }

    public static Declaration declare(
            String name, String summary, String paper, List<Option<?>> own) {
        List<Option<?>> options = new ArrayList<>(own);
        options.addAll(List.of(ChannelGroups.OPTION, Declaration.BATCH, ScoreSweep.LIMIT));
        return Declaration.of(name, summary)
                .paper(paper)
                .unit("logit per region")
                .signed()
                .usesBaseline()
                .usesRegions()
                .level()
                .reads(options);
    }
}
