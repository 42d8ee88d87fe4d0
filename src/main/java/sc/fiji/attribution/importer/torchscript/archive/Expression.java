/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;
import java.util.Map;

/** Expressions of the archive's language; types are written as expressions too. */
public sealed interface Expression {

    /** A number, text, truth value or {@link None}. */
    record Literal(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record Attribute(Expression of, String name) implements Expression {}

    record Subscript(Expression of, Expression index) implements Expression {}

    record Call(Expression function, List<Expression> arguments, Map<String, Expression> named)
            implements Expression {}

    record TupleOf(List<Expression> elements) implements Expression {}

    record ListOf(List<Expression> elements) implements Expression {}

    record DictionaryOf(List<Expression> keys, List<Expression> values) implements Expression {}

    record Conditional(Expression test, Expression yes, Expression no) implements Expression {}

    /** {@code a.b.c} of names, as text; empty where the expression is another one. */
    static String dotted(Expression expression) {
        if (expression instanceof Name name) {
            return name.name();
        }
        if (expression instanceof Attribute attribute) {
            String of = dotted(attribute.of());
            return of.isEmpty() ? "" : of + "." + attribute.name();
        }
        return "";
    }
}
