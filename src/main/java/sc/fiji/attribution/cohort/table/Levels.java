/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a column of a table divides the subjects into: its different texts, or, where it has
 * measured numbers such as an age, two halves.
 *
 * @param column heading; empty for none
 * @param all levels in alphabetical order
 * @param limit of the lower half of numbers, which it is part of; empty for texts
 */
public record Levels(String column, List<String> all, OptionalDouble limit) {

    /** Numbers of more different values than this are measured. */
    static final int MOST_NUMBERS = 5;

    /** Of the subjects with something in that column. */
    public static Levels of(List<Subject> subjects, String column) {
        TreeSet<String> texts = new TreeSet<>();
        TreeMap<Double, Integer> numbers = new TreeMap<>();
        int count = 0;
        for (Subject subject : subjects) {
            String cell = subject.cell(column);
            if (!cell.isEmpty()) {
                texts.add(cell);
                Double number = SubjectTable.number(cell);
                if (number != null) {
                    numbers.merge(number, 1, Integer::sum);
                    count++;
                }
            }
        }
        boolean all = texts.stream().allMatch(text -> SubjectTable.number(text) != null);
        if (!all || numbers.size() <= MOST_NUMBERS) {
            return new Levels(column, List.copyOf(texts), OptionalDouble.empty());
        }
        double limit = limit(numbers, count);
        return new Levels(column, List.of(lower(limit), upper(limit)), OptionalDouble.of(limit));
    }

    /** The value after which the halves are of the most similar sizes. */
    private static double limit(TreeMap<Double, Integer> numbers, int count) {
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
}
