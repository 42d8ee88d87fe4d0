/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Both gaps of the score, split into the channels of a layer.
 *
 * @param layer the last one with a place in the image
 * @param by how a channel's part of a score was found
 * @param splits those first that carry most of the confound gap
 * @param images file names of mean activations over subjects, by channel
 */
public record ChannelGaps(
        String layer, By by, List<ChannelSplit> splits, Map<Integer, String> images) {

    /** Channels beyond these that carry a smaller share of a gap have no picture. */
    private static final double SHOWN = 0.1;

    private static final int MOST_SHOWN = 3;

    /** How a channel's part of the score is found. */
    public enum By {
        /** Exact: the head is linear on pooled features. */
        WEIGHT("weight x feature"),
        /** Adds up to the score but for the error of its integral. */
        CONDUCTANCE("Layer Conductance"),
        /** Connections lead past the layer, so that it does not hold all of the score. */
        HINT("gradient x activation");

        private final String words;

        By(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Whether the parts add up to the gaps without an error of approximation. */
    public boolean exact() {
        return by == By.WEIGHT;
    }

    /** Channels worth a picture: of each gap the largest, and others with a tenth or more of it. */
    public List<Integer> leading() {
        List<ChannelSplit> byClass = new ArrayList<>(splits);
        byClass.sort((a, b) -> Double.compare(b.classShare(), a.classShare()));
        Set<Integer> leading = new LinkedHashSet<>();
        for (int i = 0; i < Math.min(MOST_SHOWN, splits.size()); i++) {
            if (i == 0 || splits.get(i).confoundShare() >= SHOWN) {
                leading.add(splits.get(i).channel());
            }
            if (i == 0 || byClass.get(i).classShare() >= SHOWN) {
                leading.add(byClass.get(i).channel());
            }
        }
        return List.copyOf(leading);
    }

    /** The same with pictures. */
    public ChannelGaps with(Map<Integer, String> files) {
        return new ChannelGaps(layer, by, splits, files);
    }
}
