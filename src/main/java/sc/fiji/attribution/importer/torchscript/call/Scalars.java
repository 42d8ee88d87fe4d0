/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;

/**
 * Arithmetic of numbers, as Python has it. What is known is computed at once; what depends on the
 * extents of the image becomes nodes of the graph.
 */
public final class Scalars {

    /** Emits a node for numbers that are known only when the graph runs. */
    interface Emitter {
        /**
         * @param op an op of TensorFlow on scalars of int32
         * @param arguments {@link Size} or {@link Long}
         */
        Size emit(String op, Object... arguments);

        /** Whether a number is an extent or a product of some: it is one at least. */
        boolean isExtent(Size number);
    }

    private final Emitter emitter;
    private final PythonComparisons comparisons;

    public Scalars(Emitter emitter) {
        this.emitter = emitter;
        this.comparisons = new PythonComparisons(emitter);
    }

    PythonComparisons comparisons() {
        return comparisons;
    }

    void register(OperatorTable table) {
        binary(table, "add", "AddV2", Math::addExact, Double::sum);
        binary(table, "sub", "Sub", Math::subtractExact, (a, b) -> a - b);
        binary(table, "mul", "Mul", Math::multiplyExact, (a, b) -> a * b);
        binary(table, "floordiv", "FloorDiv", Math::floorDiv, (a, b) -> Math.floor(a / b));
        binary(table, "remainder", "FloorMod", Math::floorMod, (a, b) -> a - b * Math.floor(a / b));
        table.alias("floordiv", "floor_divide", "__floordiv__");
        table.alias("remainder", "__mod__");
        table.add("rsub(a, b, alpha=1)", a -> arithmetic("sub", a.value("b"), a.value("a")));
        table.add("div(a, b, rounding_mode=None)", this::divide);
        table.alias("div", "true_divide", "truediv", "divide", "div_");
        table.add(
                "pow(a, b)",
                a ->
                        a.value("a") instanceof Long x && a.value("b") instanceof Long y && y >= 0
                                ? (Object) (long) Math.pow(x, y)
                                : Math.pow(a.number("a"), a.number("b")));
        table.add("neg(a)", a -> arithmetic("sub", 0L, a.value("a")));
        unary(table, "sqrt", Math::sqrt);
        unary(table, "exp", Math::exp);
        unary(table, "log", Math::log);
        table.add("floor(a)", a -> whole(a.value("a"), Math::floor));
        table.add("ceil(a)", a -> whole(a.value("a"), Math::ceil));
        table.add("round(a)", a -> whole(a.value("a"), Math::rint));
        table.alias("floor", "trunc");
        table.add(
                "abs(a)",
                a ->
                        a.value("a") instanceof Long x
                                ? (Object) Math.abs(x)
                                : Math.abs(a.number("a")));
        comparisons.register(table);
        conversions(table);
    }

    private void binary(
            OperatorTable table,
            String name,
            String op,
            LongBinaryOperator whole,
            DoubleBinaryOperator real) {
        table.add(
                name + "(a, b, alpha=1)",
                a ->
                        a.value("a") instanceof List || a.value("a") instanceof String
                                ? sequence(name, a)
                                : arithmetic(name, op, a.value("a"), a.value("b"), whole, real));
        table.alias(name, name + "_");
    }

    private Object arithmetic(String name, Object a, Object b) {
        return arithmetic(name, "Sub", a, b, Math::subtractExact, (x, y) -> x - y);
    }

    private Object arithmetic(
            String name,
            String op,
            Object a,
            Object b,
            LongBinaryOperator whole,
            DoubleBinaryOperator real) {
        Object x = number(a);
        Object y = number(b);
        try {
            if (x instanceof Long first && y instanceof Long second) {
                return whole.applyAsLong(first, second);
            }
        } catch (ArithmeticException e) {
            throw new ModelException("the code computes " + x + " " + name + " " + y, e);
        }
        if (x instanceof Size || y instanceof Size) {
            if (isNeutral(name, y)) {
                return x;
            }
            if (name.equals("add") && x.equals(0L) || name.equals("mul") && x.equals(1L)) {
                return y;
            }
            if (x instanceof Double || y instanceof Double) {
                return real(name, x, y);
            }
            return emitter.emit(op, x, y);
        }
        return real.applyAsDouble(((Number) x).doubleValue(), ((Number) y).doubleValue());
    }

    private static boolean isNeutral(String name, Object y) {
        return switch (name) {
            case "add", "sub" -> y.equals(0L);
            case "mul", "floordiv" -> y.equals(1L);
            default -> false;
        };
    }

    /** A whole factor that is written as 2.0 is one; others need the extents. */
    private Object real(String name, Object x, Object y) {
        if (name.equals("mul") && x instanceof Size && isWhole(y)) {
            return emitter.emit("Mul", x, ((Double) y).longValue());
        }
        if (name.equals("mul") && y instanceof Size && isWhole(x)) {
            return emitter.emit("Mul", y, ((Double) x).longValue());
        }
        throw new SizeNeeded("the code computes with a real number from the extents of the image");
    }

    private static boolean isWhole(Object value) {
        return value instanceof Double number && number == Math.rint(number);
    }

    private static Object sequence(String name, Arguments a) {
        if (a.value("a") instanceof String text) {
            String both = text + Language.shown(a.value("b"));
            if (both.length() > Language.LONGEST) {
                throw a.refuse("a text of " + both.length() + " characters");
            }
            return both;
        }
        List<Object> all = new ArrayList<>();
        if (name.equals("mul")) {
            long times = a.whole("b");
            if (times * a.list("a").size() > 1 << 20) {
                throw a.refuse("a list repeated " + times + " times");
            }
            for (long i = 0; i < times; i++) {
                all.addAll(a.list("a"));
            }
            return all;
        }
        if (a.list("a").size() + a.list("b").size() > Language.LONGEST) {
            throw a.refuse("a list of more than " + Language.LONGEST + " items");
        }
        all.addAll(a.list("a"));
        all.addAll(a.list("b"));
        if (name.equals("add_")) {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) a.value("a");
            list.clear();
            list.addAll(all);
            return list;
        }
        return all;
    }

    private Object divide(Arguments a) {
        if (a.value("rounding_mode") instanceof String) {
            return arithmetic(
                    "floordiv",
                    "FloorDiv",
                    a.value("a"),
                    a.value("b"),
                    Math::floorDiv,
                    (x, y) -> Math.floor(x / y));
        }
        Object x = number(a.value("a"));
        Object y = number(a.value("b"));
        if (x instanceof Size || y instanceof Size) {
            throw new SizeNeeded("the code divides extents of the image");
        }
        return ((Number) x).doubleValue() / ((Number) y).doubleValue();
    }

    private void unary(OperatorTable table, String name, DoubleUnaryOperator operator) {
        table.add(name + "(a)", a -> operator.applyAsDouble(a.number("a")));
    }

    private static Object whole(Object value, DoubleUnaryOperator operator) {
        return value instanceof Double real ? (Object) toLong(operator.applyAsDouble(real)) : value;
    }

    private static long toLong(double value) {
        return (long) value;
    }

    private void conversions(OperatorTable table) {
        table.add("prim__int(a)", a -> integer(a.value("a")));
        table.alias("prim__int", "Int", "IntImplicit", "prim__Int");
        table.add("prim__float(a)", a -> floating(a.value("a")));
        table.alias("prim__float", "Float", "FloatImplicit", "_cast_Float");
        table.add("prim__bool(a)", a -> PythonComparisons.asTruth(a.value("a")));
        table.alias("prim__bool", "Bool");
        table.add("prim__NumToTensor(a)", a -> a.value("a"));
        table.alias("prim__NumToTensor", "scalar_tensor", "ScalarImplicit", "item");
        table.add("detach(a)", a -> a.value("a"));
        table.alias("detach", "clone", "contiguous", "_cast_Long", "prim__data");
        table.add(
                "to(a, b=None, c=None, d=None, e=None, f=None, g=None)",
                a ->
                        a.value("b") instanceof Long type && type >= 5 && type <= 7
                                ? floating(a.value("a"))
                                : a.value("a"));
    }

    private static Object integer(Object value) {
        Object number = value instanceof String text ? parse(text) : number(value);
        return number instanceof Double real ? (Object) toLong(real) : number;
    }

    private static Object floating(Object value) {
        Object number = value instanceof String text ? parse(text) : number(value);
        return number instanceof Long whole ? (Object) whole.doubleValue() : number;
    }

    private static Double parse(String text) {
        try {
            String name = text.replaceFirst("(?i)^([+-]?)inf$", "$1Infinity");
            return Double.valueOf(name.equalsIgnoreCase("nan") ? "NaN" : name);
        } catch (NumberFormatException e) {
            throw new ModelException("the code reads a number from " + Unpickler.quoted(text), e);
        }
    }

    public Object plus(Object a, Object b) {
        return arithmetic("add", "AddV2", a, b, Math::addExact, Double::sum);
    }

    public Object times(Object a, Object b) {
        return arithmetic("mul", "Mul", a, b, Math::multiplyExact, (x, y) -> x * y);
    }

    public Object minus(Object a, Object b) {
        return arithmetic("sub", a, b);
    }

    /** Rounded down. */
    public Object over(Object a, Object b) {
        return arithmetic(
                "floordiv", "FloorDiv", a, b, Math::floorDiv, (x, y) -> Math.floor(x / y));
    }

    /** The largest or smallest of two numbers, or of a list. */
    Object extreme(Object a, Object b, boolean largest) {
        List<?> all = a instanceof List<?> list ? list : List.of(a, b);
        if (all.isEmpty()) {
            throw new ModelException("the code asks for the largest of no numbers");
        }
        Object extreme = number(all.get(0));
        for (Object each : all.subList(1, all.size())) {
            Object next = number(each);
            if (extreme instanceof Number x && next instanceof Number y) {
                boolean larger = y.doubleValue() > x.doubleValue();
                extreme = larger == largest ? next : extreme;
            } else {
                extreme = emitter.emit(largest ? "Maximum" : "Minimum", extreme, next);
            }
        }
        return extreme;
    }

    /** A truth value as number; others as they are. */
    static Object number(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof Number || value instanceof Size) {
            return value;
        }
        throw new ModelException("the code computes with something that is no number");
    }

    /** Null where it is not known. */
    public static Boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        } else if (value instanceof Number number) {
            return number.doubleValue() != 0;
        } else if (value instanceof List<?> list) {
            return !list.isEmpty();
        } else if (value instanceof String text) {
            return !text.isEmpty();
        } else if (value == None.NONE) {
            return false;
        }
        return null;
    }

    public long known(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Size) {
            throw new SizeNeeded("the code counts by an extent of the image");
        }
        throw new ModelException("the code counts by something that is no whole number");
    }
}
