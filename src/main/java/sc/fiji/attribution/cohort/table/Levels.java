/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Printable;

/**
 * What a column of a table divides the subjects into: its different texts, or, where it has
 * measured numbers such as an age, two halves.
 *
 * @param column heading; empty for none
 * @param all levels in alphabetical order
 * @param limit of the lower half of numbers, which it is part of; empty for texts
 * @param coded whether its texts are numbers, which are taken for names
 */
public record Levels(String column, List<String> all, OptionalDouble limit, boolean coded) {

    public static final Levels NONE = new Levels("", List.of(), OptionalDouble.empty(), false);

    /** Numbers of no more different values than this are names, such as those of scanners. */
    private static final int MOST_NAMES = 5;

    /** Whole numbers that as many subjects share on average are names, unless ... */
    private static final int MANY_SHARE = 3;

    /** ... they have more different values than this: so many sites there are not. */
    private static final int MOST_SITES = 40;

    /**
     * Whole numbers written 1.0 of no more values are names: so a gap in the column makes codes.
     */
    private static final int FEW_WHOLE = 12;

    private static final Pattern FRACTION = Pattern.compile(".*[.,]\\d*[1-9]\\d*");
    private static final Pattern DECIMAL = Pattern.compile(".*[.,].*");

    /** Where fewer cells than one in so many are no numbers, they are slips. */
    private static final int SLIPS = 5;

    private static final Pattern LEADING_ZERO = Pattern.compile("[+-]?0\\d.*");

    /** Names listed in a text. */
    private static final int SHOWN = 12;

    /**
     * Whether it is measured, is asked of all rows, each subject once; where it is halved, of those
     * that are tested.
     *
     * @param tested subjects of which each half is to have as many; each once
     */
    public static Levels of(SubjectTable table, List<Subject> tested, String column) {
        if (column.isEmpty()) {
            return NONE;
        }
        // Of twins, too: each row has its level.
        if (!areNumbers(cells(table.subjects(), column))
                || !isMeasured(table.once(table.subjects()), column)) {
            List<String> names = table.levels(column);
            boolean coded =
                    !names.isEmpty()
                            && names.stream().allMatch(name -> SubjectTable.number(name) != null);
            return new Levels(column, names, OptionalDouble.empty(), coded);
        }
        TreeMap<Double, Integer> numbers = numbers(tested, column);
        double limit = limit(numbers.isEmpty() ? numbers(table.subjects(), column) : numbers);
        List<String> halves = List.of(lower(limit), upper(limit));
        return new Levels(column, halves, OptionalDouble.of(limit), false);
    }

    /**
     * Whether a column has numbers that were measured, not given as names: more than five, of which
     * few subjects share one, or with a fraction, or more than there are sites; none with a leading
     * zero. Statistics programs write whole numbers 1.0 where a cell is empty: that is a fraction
     * only where there are more of them than codes usually have.
     */
    static boolean isMeasured(List<Subject> once, String column) {
        List<String> cells = cells(once, column);
        return areNumbers(cells) && areMeasured(cells);
    }

    private static boolean areNumbers(List<String> cells) {
        return cells.stream().allMatch(cell -> SubjectTable.number(cell) != null);
    }

    private static boolean areMeasured(List<String> numbers) {
        int values = new TreeSet<>(numbers.stream().map(SubjectTable::number).toList()).size();
        if (values <= MOST_NAMES
                || numbers.stream().anyMatch(cell -> LEADING_ZERO.matcher(cell).matches())) {
            return false;
        }
        return values > MOST_SITES
                || numbers.size() < MANY_SHARE * values
                || numbers.stream()
                        .anyMatch((values > FEW_WHOLE ? DECIMAL : FRACTION).asMatchPredicate());
    }

    private static List<String> cells(List<Subject> subjects, String column) {
        return subjects.stream().map(s -> s.cell(column)).filter(cell -> !cell.isEmpty()).toList();
    }

    /**
     * Refuses a word or a few among measured numbers: an age is not to become a list of names.
     *
     * @throws OptionException that names the subjects
     */
    public static void requireOneKind(SubjectTable table, String column) {
        List<String> numbers = new ArrayList<>();
        List<String> words = new ArrayList<>();
        int row = 0;
        for (Subject subject : table.subjects()) {
            row++;
            String cell = subject.cell(column);
            if (SubjectTable.number(cell) != null) {
                numbers.add(cell);
            } else if (!cell.isEmpty()) {
                words.add(
                        String.format(
                                Locale.ROOT, "'%s' in row %d ('%s')", cell, row, subject.id()));
            }
        }
        boolean slips = SLIPS * words.size() < numbers.size() + words.size();
        if (!words.isEmpty() && slips && areMeasured(numbers)) {
            throw new OptionException(
                    String.format(
                            Locale.ROOT,
                            "%s: %s %s, and all other cells are numbers: correct it, or leave it"
                                    + " empty (n/a).",
                            column,
                            some(words),
                            words.size() == 1 ? "is no number" : "are no numbers"));
        }
    }

    private static TreeMap<Double, Integer> numbers(List<Subject> subjects, String column) {
        TreeMap<Double, Integer> numbers = new TreeMap<>();
        cells(subjects, column)
                .forEach(cell -> numbers.merge(SubjectTable.number(cell), 1, Integer::sum));
        return numbers;
    }

    /** The value after which the halves are of the most similar sizes. */
    private static double limit(TreeMap<Double, Integer> numbers) {
        int count = numbers.values().stream().mapToInt(Integer::intValue).sum();
        double best = numbers.firstKey();
        int least = Integer.MAX_VALUE;
        int below = 0;
        for (double value : numbers.headMap(numbers.lastKey()).keySet()) {
            below += numbers.get(value);
            int difference = Math.abs(count - 2 * below);
            if (difference < least) {
                least = difference;
                best = value;
            }
        }
        return best;
    }

    private static String lower(double limit) {
        return number(limit) + " or less";
    }

    private static String upper(double limit) {
        return "above " + number(limit);
    }

    private static String number(double limit) {
        return limit == Math.rint(limit) && Math.abs(limit) < 1e15
                ? Long.toString((long) limit)
                : Double.toString(limit);
    }

    /** The level of a subject; empty where its cell is. */
    public String of(Subject subject) {
        String cell = subject.cell(column);
        if (cell.isEmpty() || limit.isEmpty()) {
            return cell;
        }
        double middle = limit.getAsDouble();
        return SubjectTable.number(cell) <= middle ? lower(middle) : upper(middle);
    }

    /** Whether they are halves of numbers. */
    public boolean areHalves() {
        return limit.isPresent();
    }

    /** What was made of the column, for people. */
    public String description() {
        if (all.isEmpty()) {
            return "all cells are empty";
        }
        if (areHalves()) {
            return "measured numbers, halved among the subjects tested: " + String.join(", ", all);
        }
        return (coded ? "numbers taken as names (measured ones have a fraction): " : "names: ")
                + some(all);
    }

    private static String some(List<String> texts) {
        return texts.stream().limit(SHOWN).map(Printable::line).collect(Collectors.joining(", "))
                + (texts.size() > SHOWN ? ", …" : "");
    }
}
