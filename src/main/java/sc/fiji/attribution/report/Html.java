/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.List;
import java.util.Locale;

/** Text as a part of a page. */
final class Html {

    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Escaped, in a tag. */
    static String tag(String tag, String text) {
        return "<" + tag + ">" + escape(text) + "</" + tag.split(" ")[0] + ">";
    }

    /** A table that scrolls where the page is narrow; columns of numbers stand right. */
    static String table(List<String> header, List<? extends List<String>> rows) {
        StringBuilder text = new StringBuilder("<div class=\"scroll\"><table><tr>");
        boolean[] right = new boolean[header.size()];
        for (int i = 0; i < header.size(); i++) {
            int column = i;
            right[i] =
                    !rows.isEmpty()
                            && rows.stream()
                                    .map(row -> row.get(column))
                                    .allMatch(cell -> cell.isEmpty() || isNumber(cell));
            text.append(tag(right[i] ? "th class=\"n\"" : "th", header.get(i)));
        }
        text.append("</tr>");
        for (List<String> row : rows) {
            text.append("<tr>");
            for (int i = 0; i < right.length; i++) {
                text.append(tag(right[i] ? "td class=\"n\"" : "td", row.get(i)));
            }
            text.append("</tr>");
        }
        return text.append("</table></div>\n").toString();
    }

    private static boolean isNumber(String cell) {
        return cell.matches("-?[\\d.]+(e-?\\d+)?( %)?( \\(.*\\))?");
    }

    /** A cell of a table of results, with fewer digits where it is a number with many. */
    static String shortened(String cell) {
        return cell.matches("-?\\d+\\.\\d+(E-?\\d+)?") ? number(Double.parseDouble(cell)) : cell;
    }

    /** A number with three digits that matter; NaN is empty. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e6) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return size >= 1e-3 && size < 1e5
                ? String.format(
                        Locale.ROOT,
                        size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f",
                        value)
                : String.format(Locale.ROOT, "%.1e", value);
    }

    /** An interval in words; empty where there is none. */
    static String interval(double low, double high) {
        return Double.isNaN(low) ? "" : number(low) + " to " + number(high);
    }
}
