/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.text;

/**
 * Texts of strangers, such as names in files, made fit for a terminal, a property or a line of a
 * table: they cannot end a line, move a cursor, or turn the direction of what follows.
 */
public final class Printable {

    private Printable() {}

    /** One line without control characters; each of these becomes a visible question mark. */
    public static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(code -> line.appendCodePoint(isHarmless(code) ? code : '?'));
        return line.toString();
    }

    /** As {@link #line}, and of that length at most. */
    public static String line(String text, int length) {
        String line = line(text.length() > 4 * length ? text.substring(0, 4 * length) : text);
        return line.length() > length ? line.substring(0, length) + "…" : line;
    }

    /** As {@link #line} for each line of a text. */
    public static String lines(String text) {
        return text.lines().map(Printable::line).reduce((a, b) -> a + "\n" + b).orElse("");
    }

    private static boolean isHarmless(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
            // Joins letters of some scripts; the others of this kind are invisible or turn text.
            case Character.FORMAT -> code == 0x200c || code == 0x200d;
            default -> true;
        };
    }
}
