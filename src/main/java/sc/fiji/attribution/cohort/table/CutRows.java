/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sc.fiji.attribution.core.text.Printable;

/**
 * Rows with fewer cells than there are headings. Spreadsheet programs leave out empty cells at the
 * end of a row, so that they are no mistake by themselves; but a file that was cut, or a row from
 * which a cell in the middle was lost, looks the same: it is said.
 */
final class CutRows {

    /** More are counted, not listed. */
    private static final int SHOWN = 5;

    private CutRows() {}

    /** One line; empty where all rows are whole. */
    static Optional<String> of(SubjectTable table) {
        List<String> cut = new ArrayList<>();
        for (int i = 0; i < table.subjects().size(); i++) {
            Subject subject = table.subjects().get(i);
            List<String> missing =
                    table.columns().stream().filter(c -> !subject.cells().containsKey(c)).toList();
            if (!missing.isEmpty()) {
                // As spreadsheet programs count them: the headings are the first.
                cut.add(
                        String.format(
                                Locale.ROOT,
                                "row %d (%s) has no cell for %s",
                                i + 2,
                                Printable.line(subject.id()),
                                Printable.line(String.join(", ", missing))));
            }
        }
        return cut.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "%d of %d rows end before the headings do, and what they lack counts"
                                        + " as empty: %s%s. If cells were lost, mend the table.",
                                cut.size(),
                                table.subjects().size(),
                                String.join("; ", cut.subList(0, Math.min(SHOWN, cut.size()))),
                                cut.size() > SHOWN ? "; …" : ""));
    }
}
