/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import sc.fiji.attribution.fiji.storage.WholeFile;

/** A table that is written: comma-separated, UTF-8, numbers that read back as the same double. */
public final class CsvFile {

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public CsvFile(List<String> header) {
        this.header = List.copyOf(header);
    }

    /** Adds a row: texts, whole numbers, and doubles, of which NaN is an empty cell. */
    public void add(List<?> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException(cells + " under " + header);
        }
        rows.add(cells.stream().map(CsvFile::text).toList());
    }

    public List<String> header() {
        return header;
    }

    public List<List<String>> rows() {
        return rows;
    }

    /** Writes it, wholly or not at all. */
    public void save(Path file) {
        WholeFile.at(file.toString())
                .write(
                        out -> {
                            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
                            CSVFormat format =
                                    CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get();
                            CSVPrinter printer = new CSVPrinter(writer, format);
                            printer.printRecord(header);
                            printer.printRecords(rows);
                            printer.flush();
                        });
    }

    private static String text(Object cell) {
        if (cell instanceof Double number) {
            if (number.isNaN()) {
                return "";
            }
            return number == Math.rint(number) && Math.abs(number) < 1e9
                    ? Long.toString(Math.round(number))
                    : Double.toString(number);
        }
        return cell == null ? "" : cell.toString();
    }
}
