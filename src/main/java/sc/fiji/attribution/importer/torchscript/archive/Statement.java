/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.List;
import java.util.Map;

/** Statements and definitions of the archive's language. */
public sealed interface Statement {

    /** {@code a = value}, {@code a.b = value}, or {@code a, b, = value}. */
    record Assign(List<Expression> targets, boolean unpacks, Expression value)
            implements Statement {}

    record Evaluate(Expression value) implements Statement {}

    record If(Expression test, List<Statement> yes, List<Statement> no) implements Statement {}

    record For(Expression target, Expression items, List<Statement> body) implements Statement {}

    record While(Expression test, List<Statement> body) implements Statement {}

    record Return(Expression value) implements Statement {}

    /** {@code pass}, {@code break} or {@code continue}. */
    record Flow(String word) implements Statement {}

    /**
     * @param type null where none is given
     * @param fallback its default; null where it has none
     */
    record Parameter(String name, Expression type, Expression fallback) {}

    record Function(String name, List<Parameter> parameters, List<Statement> body)
            implements Statement {}

    /**
     * @param base {@code Module}, {@code NamedTuple}, {@code Enum}, {@code Interface} or empty
     * @param fields types by name, in order
     * @param constants values by name
     */
    record ClassDefinition(
            String name,
            String base,
            Map<String, Expression> fields,
            Map<String, Expression> constants,
            Map<String, Function> methods)
            implements Statement {}
}
