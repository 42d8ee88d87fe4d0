/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LevelsTest {

    private static List<Subject> subjects(String... cells) {
        List<Subject> subjects = new ArrayList<>();
        for (String cell : cells) {
            String id = "s" + subjects.size();
            subjects.add(new Subject(id, id, Map.of(), Map.of("column", cell)));
        }
        return subjects;
    }

    private static List<String> of(List<Subject> subjects) {
        Levels levels = Levels.of(subjects, "column");
        return subjects.stream().map(levels::of).toList();
    }

    @Test
    void textsAreTheirOwnLevels() {
        List<Subject> subjects = subjects("Ulm", "", "Oslo", "Ulm");
        assertEquals(List.of("Oslo", "Ulm"), Levels.of(subjects, "column").all());
        assertEquals(List.of("Ulm", "", "Oslo", "Ulm"), of(subjects));
    }

    @Test
    void numbersOfAFewScannersAreLevels() {
        Levels levels = Levels.of(subjects("1", "2", "3", "1", "3", "5", "4"), "column");
        assertEquals(List.of("1", "2", "3", "4", "5"), levels.all());
        assertFalse(levels.areHalves());
    }

    @Test
    void measuredNumbersAreHalved() {
        List<Subject> subjects = subjects("20", "71.5", "33", "", "48", "52", "60");
        Levels levels = Levels.of(subjects, "column");
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

    @Test
    void oneTextAmongNumbersMakesAllTexts() {
        List<Subject> subjects = subjects("20", "30", "40", "50", "60", "70", "old");
        assertEquals(7, Levels.of(subjects, "column").all().size());
    }

    @Test
    void decimalCommasAreNumbers() {
        List<Subject> subjects = subjects("0,5", "0,6", "0,7", "0,8", "0,9", "1,0");
        assertEquals(List.of("0.7 or less", "above 0.7"), Levels.of(subjects, "column").all());
    }
}
