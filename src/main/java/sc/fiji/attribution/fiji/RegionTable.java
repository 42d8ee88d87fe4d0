/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.measure.ResultsTable;
import java.util.List;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.RegionScore;

/** What a method found region by region, as a results table. */
public final class RegionTable {

    private RegionTable() {}

    /**
     * A row for each region of each frame: its name, value, standard error where the value is
     * sampled, and voxels on the model's grid. Empty for methods without regions.
     */
    public static ResultsTable of(List<Attribution> frames) {
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        for (int frame = 0; frame < frames.size(); frame++) {
            for (RegionScore score : frames.get(frame).regions()) {
                table.addRow();
                table.addValue("Region", score.region());
                if (frames.size() > 1) {
                    table.addValue("Frame", frame + 1);
                }
                table.addValue("Value", score.value());
                score.standardError().ifPresent(error -> table.addValue("Standard error", error));
                table.addValue("Voxels", score.voxels());
            }
        }
        return table;
    }
}
