/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How far two names are apart, for suggestions. */
public final class Spelling {

    private Spelling() {}

    /**
     * The name that somebody may have meant: the same but for capitals, blanks and signs, or a
     * third of its letters away at most.
     */
    public static Optional<String> nearest(String name, Collection<String> known) {
        String written = letters(name);
        return known.stream()
                .filter(each -> distance(written, letters(each)) <= Math.max(1, each.length() / 3))
                .min(Comparator.comparingInt(each -> distance(written, letters(each))));
    }

    /** {@code "; did you mean Grad-CAM?"}, or nothing where no name is near. */
    public static String suggestion(String name, Collection<String> known) {
        return nearest(name, known).map(near -> "; did you mean " + near + "?").orElse("");
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    /** Insertions, deletions and replacements that lead from one to the other (Levenshtein). */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
