/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.host;

import ij.WindowManager;
import ij.measure.ResultsTable;
import ij.plugin.filter.Analyzer;
import java.awt.GraphicsEnvironment;

/**
 * Where macros find tables: in the window of their title or, where there are no windows, as
 * ImageJ's own results, which {@code Table.get}, {@code Table.size} and {@code getResult} take when
 * no title is named.
 */
public final class ShownTables {

    /** What stands as ImageJ's results without being a user's measurements. */
    private static ResultsTable last;

    private ShownTables() {}

    /**
     * Shows a table.
     *
     * @return false where there are no windows, and measurements in the only place for it
     */
    public static synchronized boolean show(ResultsTable table, String title) {
        if (!GraphicsEnvironment.isHeadless()) {
            boolean isNew = WindowManager.getFrame(title) == null;
            table.show(title);
            if (isNew && WindowManager.getFrame(title) != null) {
                Placement.place(WindowManager.getFrame(title));
            }
            return true;
        }
        ResultsTable results = Analyzer.getResultsTable();
        if (results != null && results != last && results.size() > 0) {
            return false;
        }
        last = table;
        Analyzer.setResultsTable(table);
        return true;
    }
}
