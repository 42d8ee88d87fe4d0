/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.OptionException;

class LevelsTest {

    private static List<Subject> subjects(String... cells) {
        List<Subject> subjects = new ArrayList<>();
        for (String cell : cells) {
            String id = "s" + subjects.size();
            subjects.add(new Subject(id, id, Map.of(), Map.of("column", cell)));
        }
        return subjects;
    }

    private static Levels levels(List<Subject> subjects) {
        return Levels.of(table(subjects), subjects, "column");
    }

    private static SubjectTable table(List<Subject> subjects) {
        return new SubjectTable(Path.of("t.csv"), List.of("column"), subjects);
    }

    private static List<String> of(List<Subject> subjects) {
        Levels levels = levels(subjects);
        return subjects.stream().map(levels::of).toList();
    }

    @Test
    void textsAreTheirOwnLevels() {
        List<Subject> subjects = subjects("Ulm", "", "Oslo", "Ulm");
        assertEquals(List.of("Oslo", "Ulm"), levels(subjects).all());
        assertEquals(List.of("Ulm", "", "Oslo", "Ulm"), of(subjects));
    }

    @Test
    void numbersOfAFewScannersAreLevels() {
        Levels levels = levels(subjects("1", "2", "3", "1", "3", "5", "4"));
        assertEquals(List.of("1", "2", "3", "4", "5"), levels.all());
        assertFalse(levels.areHalves());
    }

    @Test
    void measuredNumbersAreHalved() {
        List<Subject> subjects = subjects("20", "71.5", "33", "", "48", "52", "60");
        Levels levels = levels(subjects);
        assertTrue(levels.areHalves());
        assertEquals(List.of("48 or less", "above 48"), levels.all());
        assertEquals(
                List.of(
                        "48 or less",
                        "above 48",
                        "48 or less",
                        "",
                        "48 or less",
                        "above 48",
                        "above 48"),
                of(subjects));
    }

    /** Where many share a number the halves are as alike as can be, and none is empty. */
    @Test
    void tiesStayTogether() {
        List<Subject> mostlyLow = subjects("1", "1", "1", "1", "1", "2", "3", "4", "5", "6");
        assertEquals(5, of(mostlyLow).stream().filter("1 or less"::equals).count());
        List<Subject> mostlyHigh = subjects("1", "2", "3", "4", "5", "9", "9", "9", "9", "9", "9");
        assertEquals(6, of(mostlyHigh).stream().filter("above 5"::equals).count());
    }

    /** Neither an age that became names, nor a site that was ordered. */
    @Test
    void wordsAmongNumbersAreRefused() {
        List<Subject> subjects = subjects("20", "30", "40", "50", "60", "70", "old");
        OptionException refused =
                assertThrows(
                        OptionException.class,
                        () -> Levels.requireOneKind(table(subjects), "column"));
        assertEquals(
                "column: 'old' in row 7 ('s6') is no number, and all other cells are numbers:"
                        + " correct it, or leave it empty (n/a).",
                refused.getMessage());
        Levels.requireOneKind(table(subjects("1", "2", "3", "1", "2", "3", "mobile")), "column");
        Levels.requireOneKind(table(subjects("7T", "8", "9", "10", "11", "12", "3T")), "column");
        assertFalse(levels(subjects("1d", "2d", "3d", "4d", "5d", "6d")).areHalves(), "no numbers");
    }

    @Test
    void codesOfSitesAreNames() {
        String[] three = new String[24];
        Arrays.setAll(three, i -> "" + i % 8);
        assertEquals(8, levels(subjects(three)).all().size(), "three subjects share each");
        assertEquals(
                "numbers taken as names (measured ones have a fraction): 0, 1, 2, 3, 4, 5, 6, 7",
                levels(subjects(three)).description());
        three[0] = "0.5";
        assertTrue(levels(subjects(three)).areHalves(), "a fraction says that it is measured");
        List<Subject> zeros = subjects("001", "002", "003", "007", "010", "011", "001");
        assertEquals(6, levels(zeros).all().size());
        String[] ages = new String[300];
        Arrays.setAll(ages, i -> "" + (20 + i % 60));
        assertTrue(levels(subjects(ages)).areHalves(), "there are no 60 sites");
    }

    /** As pandas writes whole numbers where one cell is empty. */
    @Test
    void wholeNumbersWithAPointAreCodesWhereTheyAreFew() {
        String[] sites = new String[48];
        Arrays.setAll(sites, i -> i == 7 ? "" : 1 + i % 12 + ".0");
        Levels levels = levels(subjects(sites));
        assertFalse(levels.areHalves(), levels.description());
        assertEquals(12, levels.all().size());
        String[] ages = new String[60];
        Arrays.setAll(ages, i -> 50 + i % 13 + ".0");
        assertTrue(levels(subjects(ages)).areHalves(), "13 are more than codes usually have");
        assertTrue(
                levels(subjects("1.0", "2.0", "3.0", "4.0", "5.0", "6.0")).areHalves(),
                "nobody shares one");
    }

    @Test
    void decimalCommasAreNumbers() {
        List<Subject> subjects = subjects("0,5", "0,6", "0,7", "0,8", "0,9", "1,0");
        assertEquals(List.of("0.7 or less", "above 0.7"), levels(subjects).all());
    }
}
