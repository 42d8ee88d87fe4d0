/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import ij.measure.ResultsTable;
import java.util.List;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.RegionScore;

/** What a method found region by region, as a results table. */
public final class RegionTable {

    private RegionTable() {}

    /**
     * A row for each region of each class and frame: the map's title, the region's name, value,
     * standard error where the value is sampled, and voxels on the model's grid. Empty for methods
     * without regions.
     *
     * @param title the map's
     * @param maps frame by frame, and class by class
     * @param perFrame how many of them belong to a frame
     */
    public static ResultsTable of(String title, List<Attribution> maps, int perFrame) {
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        for (int i = 0; i < maps.size(); i++) {
            for (RegionScore score : maps.get(i).regions()) {
                table.addRow();
                table.addValue("Region", score.region());
                if (maps.size() > perFrame) {
                    table.addValue("Frame", i / perFrame + 1);
                }
                if (perFrame > 1) {
                    table.addValue("Class", maps.get(i).target().description());
                }
                table.addValue("Value", score.value());
                score.standardError().ifPresent(error -> table.addValue("Standard error", error));
                table.addValue("Voxels", score.voxels());
                table.addValue("Map", title);
            }
        }
        return table;
    }
}
