/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.table.CsvFile;

/** What maps of groups have in common, as tables of the page that are no wider than it. */
final class GroupTables {

    private static final int MOST_CLUSTERS = 5;
    private static final int MOST_REGIONS = 40;

    private GroupTables() {}

    /** The largest clusters of each comparison; nothing where there are none. */
    static String clusters(CsvFile table) {
        if (table.rows().isEmpty()) {
            return "";
        }
        Map<List<String>, Integer> seen = new HashMap<>();
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : table.rows()) {
            Row of = new Row(table.header(), row);
            List<String> test = of.cells("method", "comparison", "by");
            if (seen.merge(test, 1, Integer::sum) <= MOST_CLUSTERS) {
                List<String> cells = new ArrayList<>(test);
                cells.addAll(of.cells("voxels", "volume"));
                cells.add(
                        String.join(", ", of.cells("x", "y", "z")) + " " + of.cells("unit").get(0));
                cells.addAll(of.cells("t", "p", "region"));
                rows.add(cells);
            }
        }
        List<String> header =
                List.of(
                        "method",
                        "comparison",
                        "by",
                        "voxels",
                        "volume",
                        "peak",
                        "t",
                        "p",
                        "region");
        return Html.tag("h2", "Clusters beyond chance")
                + Html.tag(
                        "p",
                        "Connected voxels with a corrected p of at most 0.05, the peak in world"
                                + " coordinates: of each comparison the largest "
                                + MOST_CLUSTERS
                                + " at most, of "
                                + table.rows().size()
                                + " in clusters.csv.")
                + Html.table(header, rows);
    }

    /** The differences of groups in regions, the surest first; nothing where there are none. */
    static String regions(CsvFile table) {
        if (table.rows().isEmpty()) {
            return "";
        }
        List<List<String>> sorted = new ArrayList<>(table.rows());
        int p = table.header().indexOf("p");
        sorted.sort(Comparator.comparingDouble(row -> number(row.get(p))));
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : sorted.subList(0, Math.min(MOST_REGIONS, sorted.size()))) {
            Row of = new Row(table.header(), row);
            List<String> cells = new ArrayList<>(of.cells("method", "comparison"));
            String name = of.cells("name").get(0);
            cells.add(name.isEmpty() ? of.cells("region").get(0) : name);
            cells.addAll(of.cells("measure", "difference"));
            List<String> ends = of.cells("low", "high");
            cells.add(ends.get(0).isEmpty() ? "" : String.join(" to ", ends));
            cells.addAll(of.cells("t", "p", "q", "n"));
            rows.add(cells);
        }
        List<String> header =
                List.of(
                        "method",
                        "comparison",
                        "region",
                        "measure",
                        "difference",
                        "95 % interval",
                        "t",
                        "p",
                        "q",
                        "n");
        return Html.tag("h2", "Regions")
                + Html.tag(
                        "p",
                        "Differences of groups (Welch), the smallest p first, "
                                + rows.size()
                                + " of "
                                + table.rows().size()
                                + " in region-tests.csv; q is corrected for the false discovery"
                                + " rate. Density is the share of a map's absolute values divided"
                                + " by the share of the volume.")
                + Html.table(header, rows);
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.POSITIVE_INFINITY : Double.parseDouble(cell);
    }

    /** Cells by heading, shortened. */
    private record Row(List<String> header, List<String> row) {

        List<String> cells(String... columns) {
            List<String> cells = new ArrayList<>();
            for (String column : columns) {
                cells.add(Html.shortened(row.get(header.indexOf(column))));
            }
            return cells;
        }
    }
}
