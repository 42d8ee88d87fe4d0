/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sc.fiji.attribution.fiji.format.Placement;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelGrid;

/** What the axes of an NRRD file are, and where they lie. */
final class NrrdAxes {

    private NrrdAxes() {}

    /** Which of ImageJ's axes each axis is. */
    static String of(Header header, int count) {
        List<String> kinds = words(header, "kinds", count);
        List<String> directions = directions(header, count);
        boolean named = directions.stream().anyMatch(each -> !each.isEmpty());
        StringBuilder axes = new StringBuilder();
        String space = "xyz";
        int used = 0;
        for (int axis = 0; axis < count; axis++) {
            String kind = kinds.get(axis).toLowerCase(Locale.ROOT);
            boolean time = kind.equals("time");
            boolean inSpace =
                    named && !directions.get(axis).isEmpty() && !directions.get(axis).equals("none")
                            || !named
                                    && kind.matches("(domain|space|\\?*|none)?")
                                    && used < space.length();
            if (inSpace && used == space.length()) {
                throw header.wrong("space directions");
            }
            axes.append(time ? 't' : inSpace ? space.charAt(used++) : 'c');
        }
        if (axes.indexOf("x") < 0 || axes.chars().distinct().count() < axes.length()) {
            throw new UnreadKindException(
                    header + ": is NRRD with axes of the kinds " + Header.shown("" + kinds));
        }
        return axes.toString();
    }

    private static List<String> words(Header header, String field, int count) {
        Optional<String> text = header.text(field);
        if (text.isEmpty()) {
            return java.util.Collections.nCopies(count, "");
        }
        List<String> words = Arrays.asList(text.get().split("\\s+"));
        if (words.size() != count) {
            throw header.wrong(field);
        }
        return words;
    }

    /** A vector in brackets, or {@code none}, for each axis; empty texts where nothing is said. */
    private static List<String> directions(Header header, int count) {
        Optional<String> text = header.text("space directions");
        if (text.isEmpty()) {
            return java.util.Collections.nCopies(count, "");
        }
        List<String> directions = new ArrayList<>();
        java.util.regex.Matcher each =
                java.util.regex.Pattern.compile("\\([^)]*\\)|none|\\?\\?\\?")
                        .matcher(text.get().toLowerCase(Locale.ROOT));
        while (each.find()) {
            directions.add(each.group().replace("???", "none"));
        }
        if (directions.size() != count) {
            throw header.wrong("space directions");
        }
        return directions;
    }

    static Placement placement(Header header, VoxelGrid grid) {
        int count = grid.axes().length();
        double[] spacings = new double[count];
        Arrays.fill(spacings, Double.NaN);
        if (header.text("spacings").isPresent()) {
            String text = header.text("spacings").get().replaceAll("(?i)\\bnan\\b|\\?+", "NaN");
            spacings = Arrays.copyOf(header.numbers("spacings", text), count);
        }
        List<String> directions = directions(header, count);
        double[][] columns = new double[3][];
        double[] sizes = {1, 1, 1};
        double interval = 0;
        for (int axis = 0; axis < count; axis++) {
            int place = "xyz".indexOf(grid.axes().charAt(axis));
            if (place >= 0 && directions.get(axis).startsWith("(")) {
                columns[place] = header.numbers("space directions", directions.get(axis));
            }
            if (place >= 0 && spacings[axis] > 0) {
                sizes[place] = spacings[axis];
            } else if (grid.axes().charAt(axis) == 't' && spacings[axis] > 0) {
                interval = spacings[axis];
            }
        }
        String unit = unit(header);
        double[] signs = signs(header.text("space").orElse(""));
        double[] origin =
                header.numbers("space origin", header.text("space origin").orElse("(0,0,0)"));
        boolean known = signs != null && columns[0] != null && origin.length == 3;
        return known
                ? Placement.ofColumns(columns, origin, signs, unit, interval)
                : Placement.ofSizes(lengths(columns, sizes), unit, interval);
    }

    private static double[] lengths(double[][] columns, double[] sizes) {
        double[] lengths = sizes.clone();
        for (int axis = 0; axis < 3; axis++) {
            if (columns[axis] != null) {
                double sum = Arrays.stream(columns[axis]).map(x -> x * x).sum();
                lengths[axis] = sum > 0 ? Math.sqrt(sum) : 1;
            }
        }
        return lengths;
    }

    /** From the file's world to one that grows to the right, the front and upwards. */
    private static double[] signs(String space) {
        String letters =
                switch (space.toLowerCase(Locale.ROOT)) {
                    case "right-anterior-superior", "right-anterior-superior-time" -> "ras";
                    case "left-anterior-superior", "left-anterior-superior-time" -> "las";
                    case "left-posterior-superior", "left-posterior-superior-time" -> "lps";
                    default -> space.toLowerCase(Locale.ROOT);
                };
        if (!letters.matches("[rl][ap][si](t)?")) {
            return null;
        }
        return new double[] {
            letters.charAt(0) == 'r' ? 1 : -1,
            letters.charAt(1) == 'a' ? 1 : -1,
            letters.charAt(2) == 's' ? 1 : -1
        };
    }

    private static String unit(Header header) {
        String text = header.text("space units", "units").orElse("");
        java.util.regex.Matcher first =
                java.util.regex.Pattern.compile("\"([^\"]*)\"").matcher(text);
        return first.find() && !first.group(1).isBlank() ? first.group(1).strip() : "mm";
    }
}
