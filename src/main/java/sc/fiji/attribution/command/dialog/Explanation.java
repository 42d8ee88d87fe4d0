/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.math.BigDecimal;
import java.util.List;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.Inputs;

/** What the fields of a dialog mean, in words. */
public final class Explanation {

    private static final int LINE = 70;
    private static final String RULE = "\u2014 ";

    private Explanation() {}

    /** A line in a list of choices that is none itself. */
    public static String heading(String group) {
        return RULE + group + " \u2014";
    }

    static boolean isHeading(String choice) {
        return choice != null && choice.startsWith(RULE);
    }

    /** For example {@code "gradients along the path (1 to 100000)"}. */
    public static String of(ModuleItem<?> item) {
        String description = item.getDescription() == null ? "" : item.getDescription();
        String range = Inputs.isNumber(item) ? range(item) : "";
        // Spaces that do not break keep it on a line of its own.
        return range.isEmpty()
                ? description
                : (description + " (" + range.replace(' ', '\u00a0') + ")").strip();
    }

    /** Bounds that nobody reaches are not worth reading. */
    private static String range(ModuleItem<?> item) {
        Number min = (Number) item.getMinimumValue();
        Number max = (Number) item.getMaximumValue();
        boolean wide = max == null || max.doubleValue() > 1e6;
        if (min == null || wide && min.doubleValue() < -1e6) {
            return "";
        }
        return wide ? plain(min) + " or more" : plain(min) + " to " + plain(max);
    }

    /** 4 instead of 4.0, and no exponents. */
    public static String plain(Number number) {
        return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }

    static String wrap(String text) {
        return text.replaceAll("(.{1," + LINE + "})(\\s+|$)", "$1\n").strip();
    }

    /** A page with what each field means, what its choices mean, and its key in macros. */
    static String page(List<ModuleItem<?>> items) {
        StringBuilder page = new StringBuilder("<html><table cellpadding=3>");
        for (ModuleItem<?> item : items) {
            String description = item.getDescription() == null ? "" : item.getDescription();
            page.append("<tr><td valign=top><b>").append(escape(item.getLabel()));
            page.append("</b></td><td>").append(escape(description));
            page.append(
                    FieldTexts.choices(item.getName()).entrySet().stream()
                            .map(
                                    e ->
                                            "<br><i>"
                                                    + escape(e.getKey())
                                                    + "</i>: "
                                                    + escape(e.getValue()))
                            .reduce("", String::concat));
            page.append("</td><td valign=top><code>").append(item.getName());
            page.append("</code></td></tr>");
        }
        return page.append("</table></html>").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
