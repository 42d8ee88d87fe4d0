/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.file;

import ij.measure.ResultsTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** Results tables on disk, as comma-separated values. */
public final class TableFile {

    private TableFile() {}

    /**
     * Checks that a table can be saved there, before the work is done.
     *
     * @throws ImageException if not
     */
    public static void checkWritable(String path) {
        WholeFile.at(path).requireWritable(".csv");
    }

    /**
     * Saves a table, wholly or not at all: a line of headings, then one per row, in UTF-8.
     *
     * @throws ImageException as {@link #checkWritable}, or if the disk is full
     */
    public static void save(ResultsTable table, String path) {
        checkWritable(path);
        int columns = table.getLastColumn() + 1;
        List<String> lines = new ArrayList<>();
        lines.add(line(columns, table::getColumnHeading));
        for (int i = 0; i < table.size(); i++) {
            int row = i;
            lines.add(line(columns, column -> table.getStringValue(column, row)));
        }
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        WholeFile.at(path).write(out -> out.write(bytes));
    }

    private static String line(int columns, IntFunction<String> cell) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            String text = harmless(Printable.line(cell.apply(i)));
            cells.add(text.matches(".*[,\"].*") ? '"' + text.replace("\"", "\"\"") + '"' : text);
        }
        return String.join(",", cells);
    }

    /** A spreadsheet takes a text that begins so for a formula, unless it is a number. */
    private static String harmless(String text) {
        return text.matches("[=+@-].*")
                        && !text.matches("[+-]?([\\d.]+([eE][+-]?\\d+)?|Infinity|NaN)")
                ? "'" + text
                : text;
    }
}
