/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.OptionException;

/**
 * A table of subjects. Columns: {@code image}, or {@code image:t1}, {@code image:flair}, … for a
 * file per channel; optional {@code id} (else the image's name; {@code participant_id} in BIDS),
 * {@code label}, {@code split}, {@code mask}, {@code twin}, {@code lesion-free} (or {@code
 * lesion-free:t1}, …); all others are groups and covariates. Paths are relative to the table. BIDS'
 * {@code participants.tsv} has no images: there the T1 of each subject is taken, {@code
 * sub-01/anat/sub-01_T1w.nii.gz}.
 *
 * @param file it was read from
 * @param columns all headings, in their order
 * @param subjects in their order
 */
public record SubjectTable(Path file, List<String> columns, List<Subject> subjects) {

    public static final String ID = "id";
    public static final String IMAGE = "image";
    public static final String LABEL = "label";
    public static final String SPLIT = "split";
    public static final String MASK = "mask";
    public static final String TWIN = "twin";
    public static final String LESION_FREE = "lesion-free";
    private static final String BIDS_ID = "participant_id";

    /** Columns of a run's own table, which may have become a part of this one. */
    private static final Set<String> RESULTS = Set.of("predicted", "error");

    /** A column with more different values than this is no group. */
    private static final int MOST_GROUPS = 12;

    /** As people write them: no endless ones, and no suffixes that only programmers know. */
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+([.,]\\d*)?|[.,]\\d+)([eE][+-]?\\d{1,2})?");

    /** What stands between cells. */
    private static final Pattern SEPARATORS = Pattern.compile("[,;\t|]");

    /**
     * Reads a table.
     *
     * @throws OptionException where it cannot be read, has no subjects, no images, two subjects of
     *     one id, or twins that name no row; the message says on which line
     */
    public static SubjectTable read(Path file) {
        List<List<String>> rows = TableText.read(file);
        if (rows.size() < 2) {
            throw new OptionException(
                    "table='" + file + "' has no subjects: a line of headings, then a line each.");
        }
        List<String> columns = headings(rows.get(0), file);
        Path folder = file.toAbsolutePath().getParent();
        List<Subject> subjects = new ArrayList<>();
        Map<String, Integer> ids = new HashMap<>();
        Map<String, Integer> files = new HashMap<>();
        for (int i = 1; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            if (row.size() > columns.size()) {
                throw new OptionException(
                        String.format(
                                Locale.ROOT,
                                "table='%s', subject %d: %d cells under %d headings; put cells"
                                        + " with the separator in them into quotes.",
                                file,
                                i,
                                row.size(),
                                columns.size()));
            }
            if (row.size() == 1 && columns.size() > 1 && SEPARATORS.matcher(row.get(0)).find()) {
                throw new OptionException(
                        String.format(
                                Locale.ROOT,
                                "table='%s', subject %d: one cell, '%s', under %d headings; separate"
                                        + " the cells by the same sign as the headings.",
                                file,
                                i,
                                row.get(0),
                                columns.size()));
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int c = 0; c < row.size(); c++) {
                cells.put(columns.get(c), row.get(c));
            }
            Map<String, Path> images = images(columns, cells, folder, file, i);
            String id = id(cells, images, i);
            Integer before = ids.put(id, i);
            if (before != null) {
                boolean given = id.equals(given(cells));
                throw new OptionException(
                        String.format(
                                Locale.ROOT,
                                "table='%s': subjects %d and %d have the same id '%s'%s; give each"
                                        + " its own%s.",
                                file,
                                before,
                                i,
                                id,
                                given ? "" : ", the name of their images",
                                given ? "" : " in a column id"));
            }
            subjects.add(new Subject(id, fileName(id, files), images, cells));
        }
        return new SubjectTable(file, columns, SameSubject.byId(subjects, file));
    }

    private static List<String> headings(List<String> row, Path file) {
        List<String> columns = new ArrayList<>();
        for (String heading : row) {
            String name = heading.strip();
            String lower = name.toLowerCase(Locale.ROOT);
            boolean ours =
                    Set.of(ID, IMAGE, LABEL, SPLIT, MASK, TWIN, LESION_FREE, BIDS_ID)
                                    .contains(lower)
                            || lower.startsWith(IMAGE + ":")
                            || lower.startsWith(LESION_FREE + ":");
            String column = ours ? lower : name;
            if (column.isEmpty()) {
                column = "column " + (columns.size() + 1);
            }
            if (columns.contains(column)) {
                throw new OptionException(
                        "table='" + file + "' has two columns '" + column + "': rename one.");
            }
            columns.add(column);
        }
        boolean images = columns.stream().anyMatch(SubjectTable::isImage);
        if (!images && !columns.contains(BIDS_ID)) {
            throw new OptionException(
                    "table='"
                            + file
                            + "' has no column 'image' (nor image:… for several files per"
                            + " subject); its columns are: "
                            + String.join(", ", columns)
                            + (columns.size() == 1
                                    ? " (cells are separated by commas, semicolons or tabs)."
                                    : "."));
        }
        return columns;
    }

    /** Whether a column of that name has the names of files or subjects. */
    public static boolean isOurs(String column) {
        return Set.of(ID, BIDS_ID, MASK, TWIN).contains(column)
                || isImage(column)
                || column.equals(LESION_FREE)
                || column.startsWith(LESION_FREE + ":");
    }

    private static boolean isImage(String column) {
        return column.equals(IMAGE) || column.startsWith(IMAGE + ":");
    }

    private static Map<String, Path> images(
            List<String> columns, Map<String, String> cells, Path folder, Path file, int number) {
        String subject = "subject " + number;
        Map<String, Path> images = files(IMAGE, columns, cells, folder, file, subject);
        String participant = cells.getOrDefault(BIDS_ID, "");
        if (columns.stream().noneMatch(SubjectTable::isImage) && !participant.isEmpty()) {
            String name = participant + "/anat/" + participant + "_T1w.nii";
            Path plain = path(name, folder, file, subject);
            images.put("", Files.exists(plain) ? plain : path(name + ".gz", folder, file, subject));
        }
        return images;
    }

    /** Files in a column, or in several of {@code column:channel}, by channel. */
    private static Map<String, Path> files(
            String column,
            List<String> columns,
            Map<String, String> cells,
            Path folder,
            Path file,
            String subject) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : columns) {
            boolean its = name.equals(column) || name.startsWith(column + ":");
            if (its && !cells.getOrDefault(name, "").isEmpty()) {
                String channel = name.equals(column) ? "" : name.substring(column.length() + 1);
                files.put(channel, path(cells.get(name), folder, file, subject));
            }
        }
        return files;
    }

    static Path path(String text, Path folder, Path file, String subject) {
        try {
            // Tables travel: those from Windows have backslashes.
            Path path = folder.resolve(text);
            return text.indexOf('\\') < 0 || Files.exists(path)
                    ? path
                    : folder.resolve(text.replace('\\', '/'));
        } catch (InvalidPathException e) {
            throw new OptionException(
                    "table='" + file + "', " + subject + ": '" + text + "' is no path.");
        }
    }

    private Path folder() {
        return file.toAbsolutePath().getParent();
    }

    /** The path in a cell of that subject, relative to the table; null where it is empty. */
    public Path path(Subject subject, String column) {
        String text = subject.cell(column);
        return text.isEmpty() ? null : path(text, folder(), file, named(subject));
    }

    static String named(Subject subject) {
        return "subject '" + subject.id() + "'";
    }

    /**
     * The subject's own image without its lesions, by channel as the image is; empty where the
     * table has none.
     */
    public Map<String, Path> lesionFree(Subject subject) {
        return files(LESION_FREE, columns, subject.cells(), folder(), file, named(subject));
    }

    private static String given(Map<String, String> cells) {
        return cells.getOrDefault(ID, cells.getOrDefault(BIDS_ID, ""));
    }

    private static String id(Map<String, String> cells, Map<String, Path> images, int number) {
        String given = given(cells);
        if (!given.isEmpty()) {
            return given;
        }
        return images.isEmpty()
                ? "subject " + number
                : images.values()
                        .iterator()
                        .next()
                        .getFileName()
                        .toString()
                        .replaceAll("(?i)\\.(nii(\\.gz)?|tiff?|dcm|png|jpe?g|nrrd|mg[hz])$", "");
    }

    private static String fileName(String id, Map<String, Integer> taken) {
        String plain = id.replaceAll("[^\\p{L}\\p{N}._-]", "_").replaceAll("^[.]+", "_");
        String shortened = plain.length() > 100 ? plain.substring(0, 100) : plain;
        String name = shortened;
        while (taken.containsKey(name.toLowerCase(Locale.ROOT))) {
            name =
                    shortened
                            + "_"
                            + taken.merge(shortened.toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
        taken.put(name.toLowerCase(Locale.ROOT), 1);
        return name;
    }

    /**
     * Refuses a column that there is not.
     *
     * @param key the option's, for the message
     */
    public void require(String key, String column) {
        if (!columns.contains(column)) {
            throw new OptionException(
                    key
                            + "="
                            + column
                            + ": the table has no such column; it has "
                            + String.join(", ", columns)
                            + ".");
        }
    }

    /** What a column says, in alphabetical order, without empty cells. */
    public List<String> levels(String column) {
        TreeSet<String> levels = new TreeSet<>();
        subjects.forEach(subject -> levels.add(subject.cell(column)));
        levels.remove("");
        return List.copyOf(levels);
    }

    /** Columns that divide the subjects: of few different values that are no measured numbers. */
    public List<String> groups() {
        List<Subject> once = once(subjects);
        return columns.stream()
                .filter(c -> !isOurs(c) && !c.equals(LABEL) && !c.equals(SPLIT))
                .filter(c -> !RESULTS.contains(c))
                .filter(c -> isGroup(c, once))
                .toList();
    }

    private boolean isGroup(String column, List<Subject> once) {
        int levels = levels(column).size();
        return levels > 1
                && levels <= MOST_GROUPS
                && levels < subjects.size()
                && !Levels.isMeasured(once, column);
    }

    /**
     * Each of some subjects once: of rows that are twins of each other, directly or by others, the
     * first one.
     */
    public List<Subject> once(List<Subject> some) {
        return new SameSubject(subjects).once(some);
    }

    /** What is odd about twins, and about rows that end early, a line each. */
    public List<String> odd() {
        List<String> odd = new ArrayList<>(new SameSubject(subjects).odd());
        CutRows.of(this).ifPresent(odd::add);
        return odd;
    }

    /** A cell as a number, with a point or a comma; null where it is none. */
    public static Double number(String cell) {
        return NUMBER.matcher(cell).matches() ? Double.valueOf(cell.replace(',', '.')) : null;
    }
}
