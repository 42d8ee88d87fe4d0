/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.measure.ResultsTable;
import java.util.List;
import sc.fiji.attribution.method.feature.LayerFeatures;

/** The channels of a layer as a results table, the most important ones first. */
public final class FeatureTable {

    private FeatureTable() {}

    /**
     * A row for each channel of each frame: its name as a target, its contribution to the target
     * (none where the network has no gradient), and mean, maximum and share of the places at which
     * it is active.
     */
    public static ResultsTable of(String layer, List<LayerFeatures> frames) {
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        for (int frame = 0; frame < frames.size(); frame++) {
            int rank = 1;
            for (LayerFeatures.Channel channel : frames.get(frame).ranked()) {
                table.addRow();
                table.addValue("Channel", layer + "[" + channel.index() + "]");
                if (frames.size() > 1) {
                    table.addValue("Frame", frame + 1);
                }
                if (channel.contribution().isPresent()) {
                    table.addValue("Rank", rank++);
                    table.addValue("Contribution", channel.contribution().getAsDouble());
                }
                table.addValue("Mean", channel.mean());
                table.addValue("Maximum", channel.maximum());
                table.addValue("Active", channel.active());
            }
        }
        return table;
    }
}
