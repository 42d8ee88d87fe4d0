/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.Expression;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.Program;
import sc.fiji.attribution.importer.torchscript.archive.Statement;
import sc.fiji.attribution.importer.torchscript.archive.StoredTensor;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler.Constructed;
import sc.fiji.attribution.importer.torchscript.call.Operators;

/** What an archive stores, as its code sees it: tensors of the graph instead of stored ones. */
final class StoredValues {

    /** Lists in lists and the like. */
    private static final int DEEPEST = 100;

    private final Program program;
    private final Operators operators;

    /** Lists and dictionaries whose elements are as the code sees them; compared by identity. */
    private final Set<Object> done = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * What was made of tuples, by identity: a file may hold the same one many times within itself,
     * and many times more at each level.
     */
    private final IdentityHashMap<Object, Object> tuples = new IdentityHashMap<>();

    StoredValues(Program program, Operators operators) {
        this.program = program;
        this.operators = operators;
    }

    /**
     * Lists and dictionaries are changed in place, so that whoever holds them sees the same.
     *
     * @param path of it among the weights, for names
     */
    Object value(Object stored, String path) {
        return value(stored, path, 0);
    }

    @SuppressWarnings("unchecked")
    private Object value(Object stored, String path, int depth) {
        if (depth > DEEPEST) {
            throw new ModelException("'" + path + "' in the archive is nested without an end");
        }
        if (stored instanceof StoredTensor tensor) {
            return operators.load(tensor, path);
        }
        if (stored instanceof Constructed || stored instanceof Tuple) {
            Object made = tuples.get(stored);
            if (made == null) {
                made =
                        stored instanceof Tuple tuple
                                ? tuple(tuple, path, depth)
                                : made((Constructed) stored, path, depth);
                tuples.put(stored, made);
            }
            return made;
        }
        if (stored instanceof List<?> list && done.add(list)) {
            List<Object> values = each(list, path, depth);
            if (!isSame(values, list)) {
                Collections.copy((List<Object>) list, values);
            }
        } else if (stored instanceof Map<?, ?> map && done.add(map)) {
            List<Object> values = each(map.values(), path, depth);
            if (!isSame(values, map.values())) {
                Iterator<Object> next = values.iterator();
                ((Map<Object, Object>) map).replaceAll((key, value) -> next.next());
            }
        }
        return stored;
    }

    private Tuple tuple(Tuple stored, String path, int depth) {
        List<Object> values = each(stored.values(), path, depth);
        return isSame(values, stored.values()) ? stored : new Tuple(values);
    }

    private List<Object> each(Collection<?> stored, String path, int depth) {
        List<Object> values = new ArrayList<>(stored.size());
        for (Object each : stored) {
            values.add(value(each, path + "." + values.size(), depth + 1));
        }
        return values;
    }

    private static boolean isSame(List<Object> values, Collection<?> stored) {
        Iterator<Object> next = values.iterator();
        return stored.stream().allMatch(each -> each == next.next());
    }

    /** A named tuple, or a member of an enumeration. */
    private Object made(Constructed made, String path, int depth) {
        Statement.ClassDefinition type = program.type(made.type());
        if (type.base().equals("Enum")) {
            return type.constants().entrySet().stream()
                    .filter(
                            member ->
                                    member.getValue() instanceof Expression.Literal literal
                                            && List.of(literal.value()).equals(made.values()))
                    .findFirst()
                    .map(member -> NamedTuple.member(made.type(), member.getKey(), made.values()))
                    .orElseThrow(
                            () ->
                                    new ModelException(
                                            "the class "
                                                    + Unpickler.quoted(made.type())
                                                    + " has no member of the value of '"
                                                    + path
                                                    + "'"));
        }
        List<String> fields = List.copyOf(type.fields().keySet());
        if (fields.size() != made.values().size()) {
            throw new ModelException(
                    "'"
                            + path
                            + "' in the archive has not the fields of the class "
                            + Unpickler.quoted(made.type()));
        }
        return new NamedTuple(made.type(), fields, new Tuple(each(made.values(), path, depth)));
    }
}
