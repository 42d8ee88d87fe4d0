/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.ImageException;

/**
 * Which image of a file with several is meant.
 *
 * @param choice a number from 1, a name or a part of one; empty: not said
 */
public record Series(String choice) {

    /** Not said. */
    public static final Series ANY = new Series("");

    private static final int LISTED = 20;

    public Series {
        choice = choice == null ? "" : choice.strip();
    }

    public boolean isChosen() {
        return !choice.isEmpty();
    }

    /**
     * The place of the chosen one, from 0.
     *
     * @param names of all, in their order
     * @param file for messages
     * @throws ImageException where it is none of them, or more than one
     */
    public int among(List<String> names, Path file) {
        if (choice.matches("\\d{1,9}")) {
            int number = Integer.parseInt(choice);
            if (number >= 1 && number <= names.size()) {
                return number - 1;
            }
        } else {
            for (Match match : Match.values()) {
                int[] found =
                        IntStream.range(0, names.size())
                                .filter(i -> match.test(names.get(i), choice))
                                .toArray();
                if (found.length == 1) {
                    return found[0];
                }
                if (found.length > 1) {
                    throw refuse(file, "means " + found.length + " of the series", names);
                }
            }
        }
        throw refuse(file, "is none of the series", names);
    }

    /**
     * For a file of one image.
     *
     * @throws ImageException where another one was chosen
     */
    public void requireOnly(Path file) {
        if (isChosen() && !choice.equals("1")) {
            throw new ImageException(
                    "series="
                            + choice
                            + ": '"
                            + file
                            + "' holds one image only; leave series out.");
        }
    }

    /** What to say where none was chosen and there are several. */
    public static ImageException ambiguous(Path file, List<String> names) {
        return new ImageException(
                "'"
                        + file
                        + "' holds "
                        + names.size()
                        + " series: choose one with series=, by its number or name. "
                        + listed(names));
    }

    private ImageException refuse(Path file, String problem, List<String> names) {
        return new ImageException(
                "series=" + choice + " " + problem + " of '" + file + "'. " + listed(names));
    }

    private static String listed(List<String> names) {
        String list =
                IntStream.range(0, Math.min(LISTED, names.size()))
                        .mapToObj(i -> (i + 1) + ": " + names.get(i))
                        .collect(Collectors.joining("; ", "There are ", ""));
        return list + (names.size() > LISTED ? "; …" : "") + ".";
    }

    private enum Match {
        WHOLE {
            @Override
            boolean test(String name, String choice) {
                return name.equals(choice);
            }
        },
        WITHOUT_CASE {
            @Override
            boolean test(String name, String choice) {
                return name.equalsIgnoreCase(choice);
            }
        },
        PART {
            @Override
            boolean test(String name, String choice) {
                return name.toLowerCase(java.util.Locale.ROOT)
                        .contains(choice.toLowerCase(java.util.Locale.ROOT));
            }
        };

        abstract boolean test(String name, String choice);
    }
}
