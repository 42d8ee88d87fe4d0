/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.List;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;

/**
 * What is equal, less or true, as Python has it; where that depends on the image, {@link
 * Undetermined}.
 */
final class PythonComparisons {

    /** Of one item with another, where lists are compared. */
    private static final int MOST_COMPARISONS = 2 * Language.LONGEST;

    /** Lists in lists. */
    private static final int DEEPEST = 100;

    private final Scalars.Emitter emitter;

    PythonComparisons(Scalars.Emitter emitter) {
        this.emitter = emitter;
    }

    void register(OperatorTable table) {
        order(table);
        logic(table);
    }

    private void order(OperatorTable table) {
        table.add("eq(a, b)", a -> equal(a.value("a"), a.value("b")));
        table.add("ne(a, b)", a -> not(equal(a.value("a"), a.value("b"))));
        table.add("lt(a, b)", a -> compare(a, (x, y) -> x < y));
        table.add("le(a, b)", a -> compare(a, (x, y) -> x <= y));
        table.add("gt(a, b)", a -> compare(a, (x, y) -> x > y));
        table.add("ge(a, b)", a -> compare(a, (x, y) -> x >= y));
    }

    private interface Comparison {
        boolean of(double a, double b);
    }

    private Object compare(Arguments a, Comparison comparison) {
        Object extent = ofExtent(a.value("a"), a.value("b"), comparison);
        if (extent != null) {
            return extent;
        }
        if (isUnknown(a.value("a")) || isUnknown(a.value("b"))) {
            return unknown(a.value("a"), a.value("b"));
        }
        return comparison.of(a.number("a"), a.number("b"));
    }

    /** An extent is one at least, whatever the image is; null where that does not decide. */
    private Object ofExtent(Object a, Object b, Comparison comparison) {
        double most = Double.POSITIVE_INFINITY;
        if (a instanceof Size size && b instanceof Number y && emitter.isExtent(size)) {
            boolean least = comparison.of(1, y.doubleValue());
            return least == comparison.of(most, y.doubleValue()) ? least : null;
        }
        if (b instanceof Size size && a instanceof Number x && emitter.isExtent(size)) {
            boolean least = comparison.of(x.doubleValue(), 1);
            return least == comparison.of(x.doubleValue(), most) ? least : null;
        }
        return null;
    }

    private static boolean isUnknown(Object value) {
        return value instanceof Size || value instanceof Undetermined;
    }

    private static Undetermined unknown(Object a, Object b) {
        return a == Undetermined.VALUES || b == Undetermined.VALUES
                ? Undetermined.VALUES
                : Undetermined.SIZE;
    }

    Object equal(Object a, Object b) {
        return equal(a, b, 0, new int[] {MOST_COMPARISONS});
    }

    /**
     * @param left how many more comparisons there may be: what lists share is compared as often as
     *     they hold it
     */
    private Object equal(Object a, Object b, int depth, int[] left) {
        if (left[0]-- <= 0 || depth > DEEPEST) {
            throw new ModelException("the code compares lists that are too deep or too long");
        }
        if (a == b) {
            return true;
        }
        if (isUnknown(a) || isUnknown(b)) {
            Object extent = ofExtent(a, b, (x, y) -> x == y);
            if (Boolean.FALSE.equals(extent) && (isBelow(a) || isBelow(b))) {
                return false;
            }
            boolean same = a.equals(b) && a instanceof Size;
            return a instanceof None || b instanceof None ? false : same ? true : unknown(a, b);
        }
        List<?> x = items(a);
        List<?> y = items(b);
        if (x == null || y == null) {
            return isScalar(a) && isScalar(b) && same(a, b);
        }
        Object all = x.size() == y.size();
        for (int i = 0; i < x.size() && !Boolean.FALSE.equals(all); i++) {
            all = and(all, equal(x.get(i), y.get(i), depth + 1, left));
        }
        return all;
    }

    private static boolean isBelow(Object value) {
        return value instanceof Number number && number.doubleValue() < 1;
    }

    private static List<?> items(Object value) {
        if (value instanceof NamedTuple named) {
            return named.values().values();
        }
        return value instanceof List<?> list ? list : value instanceof Tuple t ? t.values() : null;
    }

    private static boolean isScalar(Object value) {
        return value instanceof Number || value instanceof Boolean || value instanceof String;
    }

    private static boolean same(Object a, Object b) {
        return a instanceof String || b instanceof String
                ? a.equals(b)
                : ((Number) Scalars.number(a)).doubleValue()
                        == ((Number) Scalars.number(b)).doubleValue();
    }

    private static Object not(Object truth) {
        return truth instanceof Boolean known ? (Object) !known : truth;
    }

    private static Object and(Object a, Object b) {
        if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) {
            return false;
        }
        return a instanceof Boolean && b instanceof Boolean ? true : unknown(a, b);
    }

    Object contains(List<?> list, Object item) {
        Object found = false;
        for (Object each : list) {
            found = not(and(not(found), not(equal(each, item))));
        }
        return found;
    }

    private void logic(OperatorTable table) {
        table.add(
                "__not__(a)",
                a -> {
                    Boolean truth = Scalars.truth(a.value("a"));
                    return truth == null ? a.value("a") : (Object) !truth;
                });
        table.add("__and__(a, b)", a -> and(asTruth(a.value("a")), asTruth(a.value("b"))));
        table.add(
                "__or__(a, b)",
                a -> not(and(not(asTruth(a.value("a"))), not(asTruth(a.value("b"))))));
        table.add("__xor__(a, b)", a -> not(equal(asTruth(a.value("a")), asTruth(a.value("b")))));
        table.alias("__and__", "bitwise_and", "logical_and");
        table.alias("__or__", "bitwise_or", "logical_or");
        table.alias("__not__", "logical_not", "bitwise_not");
    }

    static Object asTruth(Object value) {
        Boolean truth = Scalars.truth(value);
        return truth != null ? truth : value instanceof Undetermined ? value : Undetermined.SIZE;
    }
}
