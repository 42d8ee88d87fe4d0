/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.util.List;
import java.util.Map;
import sc.fiji.attribution.importer.torchscript.archive.Expression;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.ScriptObject;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Operators;
import sc.fiji.attribution.importer.torchscript.call.Size;

/** Whether a value is of a type, as the code asks. */
final class Types {

    private Types() {}

    /**
     * @param type a type, or a tuple or list of them
     */
    static boolean isInstance(Object value, Expression type, Operators operators) {
        if (type instanceof Expression.TupleOf any) {
            return any.elements().stream().anyMatch(each -> isInstance(value, each, operators));
        }
        if (type instanceof Expression.ListOf any) {
            return any.elements().stream().anyMatch(each -> isInstance(value, each, operators));
        }
        if (type instanceof Expression.Subscript subscript) {
            return isGeneric(value, subscript, operators);
        }
        String name = Expression.dotted(type);
        return switch (name) {
            case "Tensor" -> operators.isTensor(value);
            case "int" -> value instanceof Long || value instanceof Size;
            case "float" -> value instanceof Double;
            case "number" -> value instanceof Number || value instanceof Size;
            case "bool" -> value instanceof Boolean;
            case "str" -> value instanceof String;
            case "NoneType" -> value == None.NONE;
            case "list" -> value instanceof List;
            case "tuple" -> value instanceof Tuple || value instanceof NamedTuple;
            case "dict" -> value instanceof Map;
            case "Any" -> true;
            default ->
                    value instanceof ScriptObject object && object.type().equals(name)
                            || value instanceof NamedTuple named && named.type().equals(name);
        };
    }

    private static boolean isGeneric(Object value, Expression.Subscript type, Operators operators) {
        return switch (Expression.dotted(type.of())) {
            case "Optional" -> value == None.NONE || isInstance(value, type.index(), operators);
            case "Union" -> isInstance(value, type.index(), operators);
            case "List" ->
                    value instanceof List<?> list
                            && list.stream()
                                    .allMatch(each -> isInstance(each, type.index(), operators));
            case "Tuple" -> value instanceof Tuple;
            case "Dict" -> value instanceof Map;
            default -> false;
        };
    }
}
