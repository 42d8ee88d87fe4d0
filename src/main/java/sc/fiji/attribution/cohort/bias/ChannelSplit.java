/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a score's use of class and confound sits: both gaps split into the channels of a layer.
 * Where the head is linear on pooled features the split is exact: weight times difference.
 *
 * @param channel from 0
 * @param classGap the channel's part
 * @param confoundGap the channel's part
 * @param classShare its part as a share of the sum of the parts' sizes
 * @param confoundShare likewise
 */
public record ChannelSplit(
        int channel, double classGap, double confoundGap, double classShare, double confoundShare) {

    /**
     * Splits the gaps.
     *
     * @param subjects with the class and level of each; their values are not looked at
     * @param parts of each subject's score by channel: gradient × activation, summed over space
     * @return those first that carry most of the confound gap; empty where the gaps cannot be told
     */
    public static List<ChannelSplit> of(List<Score> subjects, double[][] parts) {
        int channels = parts.length == 0 ? 0 : parts[0].length;
        double[] classes = new double[channels];
        double[] confounds = new double[channels];
        double ofClasses = 0;
        double ofConfounds = 0;
        for (int c = 0; c < channels; c++) {
            List<Score> scores = new ArrayList<>();
            for (int i = 0; i < parts.length; i++) {
                Score s = subjects.get(i);
                scores.add(new Score(s.id(), s.label(), s.level(), parts[i][c]));
            }
            double[] gaps = ConfoundTest.gaps(scores);
            confounds[c] = gaps[0];
            classes[c] = gaps[1];
            ofConfounds += Math.abs(gaps[0]);
            ofClasses += Math.abs(gaps[1]);
        }
        List<ChannelSplit> splits = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            splits.add(
                    new ChannelSplit(
                            c,
                            classes[c],
                            confounds[c],
                            Math.abs(classes[c]) / ofClasses,
                            Math.abs(confounds[c]) / ofConfounds));
        }
        splits.sort((a, b) -> Double.compare(b.confoundShare, a.confoundShare));
        return splits;
    }
}
