/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Printable;

/**
 * Which rows of a table are of the same subject: those that name each other in the column {@code
 * twin}, directly or by others.
 */
record SameSubject(List<Subject> subjects) {

    /** More names are counted, not listed. */
    private static final int SHOWN = 5;

    private static final String TWIN = SubjectTable.TWIN;

    /**
     * Twins by their ids: one may be named by its image, the first where it has several.
     *
     * @throws OptionException where several rows name the same and no row is it: a word such as
     *     {@code none} would make them one subject
     */
    static List<Subject> byId(List<Subject> subjects, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        Set<String> ids = new HashSet<>();
        Map<Path, String> byImage = new HashMap<>();
        for (Subject subject : subjects) {
            ids.add(subject.id());
            subject.images().values().stream()
                    .findFirst()
                    .ifPresent(image -> byImage.putIfAbsent(image.normalize(), subject.id()));
        }
        Map<String, List<String>> unknown = new TreeMap<>();
        List<Subject> known = new ArrayList<>();
        for (Subject subject : subjects) {
            String twin = subject.cell(TWIN);
            if (twin.isEmpty() || ids.contains(twin)) {
                known.add(subject);
                continue;
            }
            Path path = SubjectTable.path(twin, folder, file, SubjectTable.named(subject));
            String id = byImage.get(path.normalize());
            if (id == null) {
                unknown.computeIfAbsent(twin, any -> new ArrayList<>()).add(subject.id());
            }
            Map<String, String> cells = new LinkedHashMap<>(subject.cells());
            cells.put(TWIN, id == null ? twin : id);
            known.add(new Subject(subject.id(), subject.file(), subject.images(), cells));
        }
        unknown.forEach((twin, rows) -> requireOne(twin, rows, file));
        return known;
    }

    private static void requireOne(String twin, List<String> rows, Path file) {
        if (rows.size() > 1) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "table='%s', column twin: '%s' is the id or image of no row, and %d rows"
                                    + " name it (%s): leave the cells of subjects without a twin"
                                    + " empty (n/a); where these are one subject, name one of them.",
                            file,
                            Printable.line(twin),
                            rows.size(),
                            some(rows)));
        }
    }

    /** Each of some subjects once: the first of its rows. */
    List<Subject> once(List<Subject> some) {
        Map<String, String> linked = linked();
        Set<String> seen = new HashSet<>();
        return some.stream().filter(subject -> seen.add(first(linked, subject.id()))).toList();
    }

    private Map<String, String> linked() {
        Map<String, String> linked = new HashMap<>();
        for (Subject subject : subjects) {
            String twin = subject.cell(TWIN);
            if (!twin.isEmpty()) {
                linked.put(first(linked, subject.id()), first(linked, twin));
            }
        }
        return linked;
    }

    /** Where the links from there end. */
    private static String first(Map<String, String> linked, String id) {
        String at = id;
        while (!linked.getOrDefault(at, at).equals(at)) {
            at = linked.get(at);
        }
        linked.put(id, at); // the next will be there at once
        return at;
    }

    /** How many subjects the rows are, and twins that are in no row; empty without twins. */
    List<String> odd() {
        List<String> odd = new ArrayList<>();
        Set<String> ids = subjects.stream().map(Subject::id).collect(Collectors.toSet());
        List<String> without = new ArrayList<>();
        for (Subject subject : subjects) {
            String twin = subject.cell(TWIN);
            if (!twin.isEmpty() && !ids.contains(twin)) {
                without.add(subject.id() + " (" + Printable.line(twin) + ")");
            }
        }
        int once = once(subjects).size();
        if (once < subjects.size()) {
            odd.add(
                    String.format(
                            Locale.ROOT,
                            "By the column twin the %d rows are %d subjects, each of which counts"
                                    + " once.",
                            subjects.size(),
                            once));
        }
        if (!without.isEmpty()) {
            odd.add(
                    String.format(
                            Locale.ROOT,
                            "%d name a twin that is the id or image of no row, and count as without"
                                    + " one: %s.",
                            without.size(),
                            some(without)));
        }
        return odd;
    }

    private static String some(List<String> names) {
        return names.stream().limit(SHOWN).map(Printable::line).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? ", …" : "");
    }
}
