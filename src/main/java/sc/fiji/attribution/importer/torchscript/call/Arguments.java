/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.Expression;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Statement;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;

/** Arguments of one call of an operator, by name, defaults filled in. */
public final class Arguments {

    private final String operator;
    private final String scope;
    private final Map<String, Object> values = new HashMap<>();
    private final int given;

    /**
     * @param scope where the model calls it
     * @throws ModelException where too many are given, or too few
     */
    public Arguments(
            OperatorTable.Entry entry,
            List<Object> arguments,
            Map<String, Object> named,
            String scope) {
        this.operator = entry.signature().name();
        this.scope = scope;
        this.given = arguments.size();
        List<Statement.Parameter> parameters = entry.signature().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Statement.Parameter parameter = parameters.get(i);
            Object value = i < arguments.size() ? arguments.get(i) : named.get(parameter.name());
            if (value == null) {
                value = fallback(parameter);
            }
            values.put(parameter.name(), value);
        }
        if (arguments.size() > parameters.size()) {
            throw unfit(arguments.size() + " arguments");
        }
        for (Map.Entry<String, Object> each : named.entrySet()) {
            if (!values.containsKey(each.getKey()) && each.getValue() != None.NONE) {
                throw unfit("'" + each.getKey() + "=" + describe(each.getValue()) + "'");
            }
        }
    }

    private Object fallback(Statement.Parameter parameter) {
        if (parameter.fallback() instanceof Expression.Literal literal) {
            return literal.value();
        }
        if (parameter.fallback() instanceof Expression.ListOf list && list.elements().isEmpty()) {
            return new ArrayList<>();
        }
        throw unfit("no '" + parameter.name() + "'");
    }

    private ModelException unfit(String what) {
        return new OperatorException(operator, "is called with " + what, scope, null);
    }

    /** For messages. */
    public static String at(String scope) {
        return scope.isEmpty() ? "" : ", in layer '" + scope + "'";
    }

    private static String describe(Object value) {
        return value instanceof Number
                        || value instanceof Boolean
                        || value instanceof String
                        || value instanceof None
                ? Unpickler.quoted(String.valueOf(value))
                : "a value";
    }

    public String operator() {
        return operator;
    }

    public String scope() {
        return scope;
    }

    /** How many were given by their place. */
    public int given() {
        return given;
    }

    public Object value(String name) {
        return values.get(name);
    }

    public boolean isNone(String name) {
        return values.get(name) == None.NONE;
    }

    public boolean flag(String name) {
        Object value = values.get(name);
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        throw unfit("'" + name + "=" + describe(value) + "'");
    }

    public double number(String name) {
        if (values.get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw unfit("'" + name + "=" + describe(values.get(name)) + "'");
    }

    public double number(String name, double fallback) {
        return isNone(name) ? fallback : number(name);
    }

    /** A whole number that is known. */
    public long whole(String name) {
        return whole(name, values.get(name));
    }

    private long whole(String name, Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Size) {
            throw new SizeNeeded(
                    "operator '"
                            + operator
                            + "'"
                            + at(scope)
                            + " depends on the extents of the image ('"
                            + name
                            + "')");
        }
        throw unfit("'" + name + "=" + describe(value) + "'");
    }

    public int axis(String name, int rank) {
        return axis(whole(name), rank);
    }

    private int axis(long axis, int rank) {
        long positive = axis < 0 ? axis + Math.max(rank, 1) : axis;
        if (positive < 0 || positive >= Math.max(rank, 1)) {
            throw unfit("axis " + axis + " of " + rank);
        }
        return (int) positive;
    }

    /** Axes, counted from the front; all where none are named. */
    public int[] axes(String name, int rank) {
        Object value = values.get(name);
        if (value == None.NONE || value instanceof List<?> list && list.isEmpty()) {
            return java.util.stream.IntStream.range(0, rank).toArray();
        }
        return longs(name).stream().mapToInt(each -> axis(each, rank)).sorted().toArray();
    }

    /** Known whole numbers; a single one is a list of one. */
    public List<Long> longs(String name) {
        Object value = values.get(name);
        if (!(value instanceof List<?> list)) {
            return List.of(whole(name));
        }
        List<Long> longs = new ArrayList<>();
        list.forEach(each -> longs.add(whole(name, each)));
        return longs;
    }

    /** Known whole numbers, as many as there are axes; one, or none, stands for all. */
    public int[] perAxis(String name, int count, int... none) {
        Object value = values.get(name);
        if (value == None.NONE || value instanceof List<?> list && list.isEmpty()) {
            return none;
        }
        List<Long> longs = longs(name);
        if (longs.size() != count && longs.size() != 1) {
            throw unfit("'" + name + "=" + longs + "' for " + count + " axes");
        }
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            long number = longs.get(longs.size() == 1 ? 0 : i);
            if (number != (int) number) {
                throw unfit("'" + name + "=" + longs + "'");
            }
            numbers[i] = (int) number;
        }
        return numbers;
    }

    public String text(String name) {
        if (values.get(name) instanceof String text) {
            return text;
        }
        throw unfit("'" + name + "=" + describe(values.get(name)) + "'");
    }

    public List<?> list(String name) {
        return Language.values(values.get(name));
    }

    /** Says that what is asked for is not read. */
    public ModelException refuse(String what) {
        return new OperatorException(operator, "with " + what + " is not read", scope, null);
    }
}
