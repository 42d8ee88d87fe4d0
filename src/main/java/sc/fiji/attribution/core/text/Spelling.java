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

    /**
     * Insertions, deletions, replacements and exchanges of neighbours that lead from one to the
     * other (Damerau, Levenshtein; optimal string alignment).
     */
    public static int distance(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                char last = a.charAt(i - 1);
                int replaced = steps[i - 1][j - 1] + (last == b.charAt(j - 1) ? 0 : 1);
                int longer = Math.min(steps[i - 1][j], steps[i][j - 1]) + 1;
                steps[i][j] = Math.min(replaced, longer);
                boolean exchanged =
                        i > 1
                                && j > 1
                                && last == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (exchanged) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[a.length()][b.length()];
    }
}
