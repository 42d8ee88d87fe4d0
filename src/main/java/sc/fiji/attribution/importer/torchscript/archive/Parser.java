/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.archive.Lexer.Kind;
import sc.fiji.attribution.importer.torchscript.archive.Lexer.Token;

/** Reads the code of an archive: classes, functions and what stands in them. */
public final class Parser {

    private static final int DEEPEST = 200;

    private final Lexer lexer;
    private Token token;
    private int depth;

    private Parser(String code, String file) {
        lexer = new Lexer(code, file);
        token = lexer.next();
    }

    /**
     * @param file its name, for messages
     * @return classes and functions by name
     * @throws ModelException where it is not in the language that PyTorch writes
     */
    static Map<String, Statement> definitions(String code, String file) {
        Parser parser = new Parser(code, file);
        Map<String, Statement> definitions = new LinkedHashMap<>();
        while (parser.token.kind() != Kind.END) {
            if (parser.accept("class")) {
                Statement.ClassDefinition type = parser.classDefinition();
                definitions.put(type.name(), type);
            } else if (parser.accept("def")) {
                Statement.Function function = parser.function();
                definitions.put(function.name(), function);
            } else {
                parser.statement(); // Such as op_version_set = 1 of older archives.
            }
        }
        return definitions;
    }

    /** Reads {@code "name(x, y=1)"}: how an operator is called. */
    public static Statement.Function signature(String text) {
        Parser parser = new Parser(text, text);
        String name = parser.name();
        return new Statement.Function(name, parser.parameters(), List.of());
    }

    private void advance() {
        token = lexer.next();
    }

    private boolean at(String text) {
        return token.text().equals(text)
                && (token.kind() == Kind.SYMBOL || token.kind() == Kind.NAME);
    }

    private boolean accept(String text) {
        if (at(text)) {
            advance();
            return true;
        }
        return false;
    }

    private void expect(String text) {
        if (!accept(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    private void expect(Kind kind) {
        if (token.kind() != kind) {
            throw unexpected(kind.name().toLowerCase(java.util.Locale.ROOT));
        }
        advance();
    }

    private ModelException unexpected(String wanted) {
        return lexer.error(
                "expected "
                        + wanted
                        + ", not "
                        + Unpickler.quoted(
                                token.text().isBlank() ? token.kind().name() : token.text()));
    }

    private String name() {
        String name = token.text();
        expect(Kind.NAME);
        return name;
    }

    private void endOfLine() {
        if (token.kind() != Kind.END) {
            expect(Kind.LINE);
        }
    }

    private Statement.ClassDefinition classDefinition() {
        String name = name();
        String base = "";
        if (accept("(")) {
            base = Expression.dotted(expression());
            expect(")");
        }
        expect(":");
        Map<String, Expression> fields = new LinkedHashMap<>();
        Map<String, Expression> constants = new LinkedHashMap<>();
        Map<String, Statement.Function> methods = new LinkedHashMap<>();
        expect(Kind.LINE);
        expect(Kind.INDENT);
        while (token.kind() != Kind.DEDENT && token.kind() != Kind.END) {
            if (accept("def")) {
                Statement.Function method = function();
                methods.put(method.name(), method);
            } else if (!accept("pass")) {
                member(fields, constants);
                endOfLine();
            } else {
                endOfLine();
            }
        }
        advance();
        return new Statement.ClassDefinition(name, base, fields, constants, methods);
    }

    /** {@code name : type}, {@code name : type = value}, {@code name = value}. */
    private void member(Map<String, Expression> fields, Map<String, Expression> constants) {
        Expression target = expression();
        String name = Expression.dotted(target);
        if (target instanceof Expression.Subscript subscript
                && subscript.index() instanceof Expression.Literal literal) {
            name = String.valueOf(literal.value()); // __annotations__["0"] = type
        }
        if (accept(":")) {
            fields.put(name, expression());
        }
        if (accept("=")) {
            constants.put(name, expression());
        }
    }

    private Statement.Function function() {
        String name = name();
        List<Statement.Parameter> parameters = parameters();
        if (accept("->")) {
            expression();
        }
        return new Statement.Function(name, parameters, block());
    }

    private List<Statement.Parameter> parameters() {
        List<Statement.Parameter> parameters = new ArrayList<>();
        expect("(");
        while (!accept(")")) {
            if (!accept("*")) {
                String name = name();
                Expression type = accept(":") ? expression() : null;
                parameters.add(
                        new Statement.Parameter(name, type, accept("=") ? expression() : null));
            }
            if (!at(")")) {
                expect(",");
            }
        }
        return parameters;
    }

    private List<Statement> block() {
        expect(":");
        expect(Kind.LINE);
        expect(Kind.INDENT);
        enter();
        List<Statement> statements = new ArrayList<>();
        while (token.kind() != Kind.DEDENT && token.kind() != Kind.END) {
            statements.add(statement());
        }
        advance();
        depth--;
        return statements;
    }

    private void enter() {
        if (++depth > DEEPEST) {
            throw lexer.error("code nests deeper than " + DEEPEST);
        }
    }

    private Statement statement() {
        if (accept("if")) {
            return conditional();
        }
        if (accept("while")) {
            return new Statement.While(expression(), block());
        }
        if (accept("for")) {
            Expression target = expressions();
            expect("in");
            return new Statement.For(target, expression(), block());
        }
        Statement simple = simple();
        endOfLine();
        return simple;
    }

    private Statement conditional() {
        Expression test = expression();
        List<Statement> yes = block();
        if (accept("elif")) {
            enter();
            List<Statement> no = List.of(conditional());
            depth--;
            return new Statement.If(test, yes, no);
        }
        return new Statement.If(test, yes, accept("else") ? block() : List.of());
    }

    private Statement simple() {
        for (String word : List.of("pass", "break", "continue")) {
            if (accept(word)) {
                return new Statement.Flow(word);
            }
        }
        if (accept("return")) {
            return new Statement.Return(
                    token.kind() == Kind.LINE ? new Expression.Literal(None.NONE) : expressions());
        }
        for (String word : List.of("with", "raise", "assert", "del", "import", "global")) {
            if (at(word)) {
                throw lexer.error("'" + word + "' is not read,");
            }
        }
        Expression first = expressions();
        if (accept(":")) {
            expression();
        }
        if (!accept("=")) {
            return new Statement.Evaluate(first);
        }
        boolean unpacks = first instanceof Expression.TupleOf;
        List<Expression> targets =
                first instanceof Expression.TupleOf tuple ? tuple.elements() : List.of(first);
        return new Statement.Assign(targets, unpacks, expressions());
    }

    /** One expression, or a tuple without parentheses. */
    private Expression expressions() {
        Expression first = expression();
        if (!at(",")) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (accept(",")) {
            if (!at("=") && !at("in") && token.kind() != Kind.LINE) {
                elements.add(expression());
            }
        }
        return new Expression.TupleOf(elements);
    }

    private Expression expression() {
        enter();
        Expression value = postfix(primary());
        if (accept("if")) {
            Expression test = expression();
            expect("else");
            value = new Expression.Conditional(test, value, expression());
        }
        depth--;
        return value;
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        for (int length = 0; ; length++) {
            if (length > DEEPEST) {
                throw lexer.error("code nests deeper than " + DEEPEST);
            }
            if (accept(".")) {
                value = new Expression.Attribute(value, name());
            } else if (accept("(")) {
                value = call(value);
            } else if (accept("[")) {
                Expression index = at("]") ? new Expression.ListOf(List.of()) : subscript();
                expect("]");
                value = new Expression.Subscript(value, index);
            } else {
                return value;
            }
        }
    }

    private Expression subscript() {
        List<Expression> elements = elements("]");
        return elements.size() == 1 ? elements.get(0) : new Expression.TupleOf(elements);
    }

    private Expression call(Expression function) {
        List<Expression> arguments = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!accept(")")) {
            Expression argument = expression();
            if (argument instanceof Expression.Name name && accept("=")) {
                named.put(name.name(), expression());
            } else {
                arguments.add(argument);
            }
            if (!at(")")) {
                expect(",");
            }
        }
        return new Expression.Call(function, arguments, named);
    }

    /** Up to the closing bracket, which stays. */
    private List<Expression> elements(String close) {
        List<Expression> elements = new ArrayList<>();
        while (!at(close)) {
            elements.add(expression());
            if (!at(close)) {
                expect(",");
            }
        }
        return elements;
    }

    private Expression primary() {
        if (accept("(")) {
            return parenthesised();
        }
        if (accept("[")) {
            List<Expression> elements = elements("]");
            expect("]");
            return new Expression.ListOf(elements);
        }
        if (accept("{")) {
            return dictionary();
        }
        if (accept("-")) {
            return number("-" + token.text());
        }
        if (token.kind() == Kind.NUMBER) {
            return number(token.text());
        }
        if (token.kind() == Kind.TEXT) {
            String text = token.text();
            advance();
            return new Expression.Literal(text);
        }
        String name = name();
        return switch (name) {
            case "None" -> new Expression.Literal(None.NONE);
            case "True" -> new Expression.Literal(true);
            case "False" -> new Expression.Literal(false);
            case "inf" -> new Expression.Literal(Double.POSITIVE_INFINITY);
            case "nan" -> new Expression.Literal(Double.NaN);
            default -> new Expression.Name(name);
        };
    }

    private Expression parenthesised() {
        if (accept(")")) {
            return new Expression.TupleOf(List.of());
        }
        Expression first = expression();
        if (accept(")")) {
            return first;
        }
        expect(",");
        List<Expression> elements = new ArrayList<>(List.of(first));
        elements.addAll(elements(")"));
        expect(")");
        return new Expression.TupleOf(elements);
    }

    private Expression dictionary() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!accept("}")) {
            keys.add(expression());
            expect(":");
            values.add(expression());
            if (!at("}")) {
                expect(",");
            }
        }
        return new Expression.DictionaryOf(keys, values);
    }

    private Expression number(String text) {
        if (text.equals("-inf")) {
            advance();
            return new Expression.Literal(Double.NEGATIVE_INFINITY);
        }
        if (token.kind() != Kind.NUMBER) {
            throw unexpected("a number");
        }
        try {
            boolean real = text.matches(".*[.eE].*");
            Object value = real ? (Object) Double.valueOf(text) : (Object) Long.valueOf(text);
            advance();
            return new Expression.Literal(value);
        } catch (NumberFormatException e) {
            throw unexpected("a number");
        }
    }
}
