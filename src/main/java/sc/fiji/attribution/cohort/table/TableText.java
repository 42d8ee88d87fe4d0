/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;
import sc.fiji.attribution.core.OptionException;

/**
 * The cells of a text table, whatever program wrote it: commas, semicolons or tabs, quotes or none,
 * UTF-8 or UTF-16 with or without a byte order mark, else Windows' Western European, lines that end
 * as anywhere. Excel's line {@code sep=;} says which separator it is.
 *
 * <p>BIDS' {@code n/a}, R's {@code NA} and {@code NaN} are empty cells, whatever the column. A site
 * that is called NA stands in quotes, as R and others write it.
 */
final class TableText {

    private static final Pattern MISSING = Pattern.compile("(?i)n/a|nan");

    /** What the library says of a quote that never ends. */
    private static final Pattern OPEN_QUOTE =
            Pattern.compile("startline (\\d+).*EOF reached before encapsulated token finished");

    /** The same where it is not in quotes. */
    private static final String BARE_MISSING = "NA";

    /** What Excel reads, and some write, before the headings. */
    private static final Pattern SEPARATOR = Pattern.compile("\"?sep=([,;\\t|])\"?\\R");

    /** Larger than tables of 10^6 subjects. */
    private static final long MOST_BYTES = 1L << 30;

    private TableText() {}

    /**
     * Rows of cells, the headings first; empty lines are left out.
     *
     * @throws OptionException where there is no such file, it is no table, or a quote never ends
     */
    static List<List<String>> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new OptionException(
                    "table='"
                            + file
                            + "': there is no such file; a relative path starts at "
                            + Path.of("").toAbsolutePath()
                            + ".");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new OptionException("table='" + file + "' is too large for a table.");
            }
            String text = decode(Files.readAllBytes(file));
            if (text.indexOf('\0') >= 0) {
                throw new OptionException(
                        "table='"
                                + file
                                + "' is no text: save it as CSV from the spreadsheet program.");
            }
            return cells(text);
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new OptionException(
                    "table='" + file + "' cannot be read as a table: " + reason(e) + ".");
        }
    }

    /** The library's words, without the names of its classes. */
    private static String reason(Exception e) {
        String text = String.valueOf(e.getMessage()).replaceAll("\\b[\\w.]+Exception: ", "");
        Matcher open = OPEN_QUOTE.matcher(text);
        return open.find()
                ? "the quote that begins in line "
                        + open.group(1)
                        + " never ends; close or remove it"
                : text.replaceFirst("[.]$", "");
    }

    private static String decode(byte[] bytes) {
        if (starts(bytes, 0xFF, 0xFE)) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        }
        if (starts(bytes, 0xFE, 0xFF)) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
        }
        int first = starts(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
        ByteBuffer rest = ByteBuffer.wrap(bytes, first, bytes.length - first);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(rest).toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, Charset.forName("windows-1252"));
        }
    }

    private static boolean starts(byte[] bytes, int... signs) {
        boolean same = bytes.length >= signs.length;
        for (int i = 0; same && i < signs.length; i++) {
            same = (bytes[i] & 0xFF) == signs[i];
        }
        return same;
    }

    private static List<List<String>> cells(String whole) throws IOException {
        Matcher said = SEPARATOR.matcher(whole);
        String text = said.lookingAt() ? whole.substring(said.end()) : whole;
        char delimiter = said.lookingAt() ? said.group(1).charAt(0) : delimiter(text);
        CSVFormat format =
                CSVFormat.DEFAULT
                        .builder()
                        .setDelimiter(delimiter)
                        .setIgnoreSurroundingSpaces(true)
                        .setIgnoreEmptyLines(true)
                        .setNullString(BARE_MISSING)
                        // Else it would be missing in quotes, too.
                        .setQuoteMode(QuoteMode.ALL_NON_NULL)
                        .get();
        List<List<String>> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            for (CSVRecord record : parser) {
                List<String> row = Arrays.stream(record.values()).map(TableText::cell).toList();
                if (row.stream().anyMatch(cell -> !cell.isEmpty())) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static String cell(String text) {
        String stripped = text == null ? "" : text.strip();
        return MISSING.matcher(stripped).matches() ? "" : stripped;
    }

    /** What separates the headings most often, outside of quotes. */
    private static char delimiter(String text) {
        char[] candidates = {',', ';', '\t'};
        int[] counts = new int[candidates.length];
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            quoted ^= sign == '"';
            if (!quoted && (sign == '\n' || sign == '\r') && Arrays.stream(counts).sum() > 0) {
                break;
            }
            for (int k = 0; !quoted && k < candidates.length; k++) {
                counts[k] += sign == candidates[k] ? 1 : 0;
            }
        }
        int best = 0;
        for (int k = 1; k < counts.length; k++) {
            best = counts[k] > counts[best] ? k : best;
        }
        return candidates[best];
    }
}
