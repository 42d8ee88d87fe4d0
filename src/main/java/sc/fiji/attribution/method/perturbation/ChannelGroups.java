/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;

/**
 * Which channels are changed together. The map has one channel for each group.
 *
 * @param names of the groups; empty for the group of all
 * @param of each channel its group from 0, or -1 where it is never changed
 */
public record ChannelGroups(List<String> names, int[] of) {

    /** A group for each channel. */
    static final String EACH = "each";

    public static final Option.Text OPTION =
            new Option.Text(
                    "groups",
                    "channels that are changed together: all, each, or groups such as 1+2,3",
                    "all");

    public static ChannelGroups of(Problem problem) {
        return parse(problem.settings().get(OPTION), problem.input().size('c'));
    }

    /**
     * @throws OptionException where a channel does not exist or stands twice
     */
    static ChannelGroups parse(String text, int channels) {
        if (text.equalsIgnoreCase("all")) {
            return new ChannelGroups(List.of(""), new int[channels]);
        }
        String list =
                text.equalsIgnoreCase(EACH)
                        ? IntStream.rangeClosed(1, channels)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(","))
                        : text;
        List<String> names = new ArrayList<>();
        int[] of = IntStream.range(0, channels).map(c -> -1).toArray();
        for (String group : list.split("[,;]", -1)) {
            for (String channel : group.split("\\+", -1)) {
                int c = channel.strip().matches("\\d{1,6}") ? Integer.parseInt(channel.strip()) : 0;
                if (c < 1 || c > channels || of[c - 1] >= 0) {
                    throw new OptionException(
                            "groups="
                                    + text
                                    + ": expected all, each, or groups such as 1+2,3 of the"
                                    + " image's "
                                    + channels
                                    + " channels, each once.");
                }
                of[c - 1] = names.size();
            }
            names.add("channel " + group.strip());
        }
        return new ChannelGroups(names, of);
    }

    public int count() {
        return names.size();
    }

    /** An empty map with the groups for channels. */
    public Tensor map(Tensor input) {
        int[] shape = input.shape().clone();
        if (input.axes().has('c')) {
            shape[input.axes().indexOf('c')] = count();
        }
        return Tensor.zeros(input.axes(), shape);
    }
}
