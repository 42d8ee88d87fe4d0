/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.torchscript.Callable.ClassOf;
import sc.fiji.attribution.importer.torchscript.Callable.FunctionOf;
import sc.fiji.attribution.importer.torchscript.Callable.Method;
import sc.fiji.attribution.importer.torchscript.Callable.Operator;
import sc.fiji.attribution.importer.torchscript.archive.Expression;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Program;
import sc.fiji.attribution.importer.torchscript.archive.ScriptObject;
import sc.fiji.attribution.importer.torchscript.archive.Statement;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.archive.Unpickler;
import sc.fiji.attribution.importer.torchscript.call.Language;
import sc.fiji.attribution.importer.torchscript.call.Operators;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;
import sc.fiji.attribution.importer.torchscript.call.Undetermined;

/**
 * Walks through the code of an archive once, with what the graph computes in place of tensors. Only
 * what the language itself can do happens here: there are no files, no processes, no Python. How
 * many steps and how deep is bounded.
 */
public final class Interpreter {

    private static final int STEPS = 5_000_000;

    /** Calls, blocks and expressions in each other: within the stack of any thread. */
    private static final int DEEPEST = 400;

    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Program program;
    private final List<Object> constants;
    private final Operators operators;
    private final StoredValues stored;
    private int steps;
    private int depth;
    private String scope = "";

    /**
     * @param constants what the code calls CONSTANTS.c0, c1, …
     */
    public Interpreter(Program program, List<Object> constants, Operators operators) {
        this.program = program;
        this.constants = constants;
        this.operators = operators;
        this.stored = new StoredValues(program, operators);
    }

    /** Variables of a call. */
    private static final class Frame {
        private final Map<String, Object> variables = new HashMap<>();
        private Object result = None.NONE;
    }

    /** Calls a method of an object. */
    public Object call(ScriptObject self, String method, List<Object> arguments) {
        return invoke(new Method(self, method), arguments, Map.of());
    }

    private void enter() {
        if (++steps > STEPS) {
            throw new ModelException(
                    "the code runs for more than " + STEPS + " steps without an end" + where());
        }
        if (++depth > DEEPEST) {
            throw new ModelException("the code calls itself without an end" + where());
        }
    }

    private String where() {
        return scope.isEmpty() ? "" : ", in layer '" + scope + "'";
    }

    Object invoke(Object callee, List<Object> arguments, Map<String, Object> named) {
        if (callee instanceof Method method) {
            return method(method, arguments, named);
        }
        if (callee instanceof FunctionOf function) {
            return run(function.function(), arguments, named);
        }
        if (callee instanceof ClassOf type) {
            return construct(type, arguments, named);
        }
        if (callee instanceof Operator operator) {
            return operators.call(operator.name(), arguments, named, scope);
        }
        throw new ModelException("the code calls something that is no function" + where());
    }

    private Object method(Method method, List<Object> arguments, Map<String, Object> named) {
        ScriptObject self = method.self();
        Statement.Function function = program.type(self.type()).methods().get(method.name());
        if (function == null) {
            throw new ModelException(
                    "the class "
                            + Unpickler.quoted(self.type())
                            + " has no method "
                            + Unpickler.quoted(method.name())
                            + where());
        }
        List<Object> all = new ArrayList<>(arguments);
        all.add(0, self);
        String caller = scope;
        scope = self.path().isEmpty() ? caller : self.path();
        try {
            return run(function, all, named);
        } finally {
            scope = caller;
        }
    }

    private Object run(
            Statement.Function function, List<Object> arguments, Map<String, Object> named) {
        enter();
        Frame frame = new Frame();
        List<Statement.Parameter> parameters = function.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Statement.Parameter parameter = parameters.get(i);
            Object value = i < arguments.size() ? arguments.get(i) : named.get(parameter.name());
            if (value == null && parameter.fallback() != null) {
                value = evaluate(parameter.fallback(), frame);
            }
            if (value == null) {
                throw new ModelException(
                        "a call of "
                                + Unpickler.quoted(function.name())
                                + " lacks '"
                                + parameter.name()
                                + "'"
                                + where());
            }
            frame.variables.put(parameter.name(), value);
        }
        execute(function.body(), frame);
        depth--;
        return frame.result;
    }

    private Object construct(ClassOf type, List<Object> arguments, Map<String, Object> named) {
        Statement.ClassDefinition definition = type.definition();
        if (definition.base().equals("NamedTuple")) {
            List<String> fields = List.copyOf(definition.fields().keySet());
            List<Object> values = new ArrayList<>(arguments);
            for (String field :
                    fields.subList(Math.min(values.size(), fields.size()), fields.size())) {
                Object value = named.get(field);
                values.add(
                        value != null ? value : evaluate(constant(definition, field), new Frame()));
            }
            return new NamedTuple(type.name(), fields, new Tuple(values));
        }
        ScriptObject object = new ScriptObject(type.name());
        object.place(scope);
        if (definition.methods().containsKey("__init__")) {
            invoke(new Method(object, "__init__"), arguments, named);
        }
        return object;
    }

    private Expression constant(Statement.ClassDefinition type, String name) {
        Expression value = type.constants().get(name);
        if (value == null) {
            throw new ModelException(
                    "the class '" + type.name() + "' has no '" + name + "'" + where());
        }
        return value;
    }

    /** Null where a return ended it. */
    private Flow execute(List<Statement> statements, Frame frame) {
        for (Statement statement : statements) {
            enter();
            Flow flow = execute(statement, frame);
            depth--;
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow execute(Statement statement, Frame frame) {
        if (statement instanceof Statement.Assign assign) {
            assign(assign, frame);
        } else if (statement instanceof Statement.Evaluate evaluate) {
            evaluate(evaluate.value(), frame);
        } else if (statement instanceof Statement.Return returns) {
            frame.result = evaluate(returns.value(), frame);
            return null;
        } else if (statement instanceof Statement.If branch) {
            return execute(branch(branch, frame), frame);
        } else if (statement instanceof Statement.For loop) {
            return loop(loop, frame);
        } else if (statement instanceof Statement.While loop) {
            while (truth(loop.test(), frame, "A loop")) {
                Flow flow = execute(loop.body(), frame);
                if (flow == null || flow == Flow.BREAK) {
                    return flow == null ? null : Flow.NEXT;
                }
            }
        } else if (statement instanceof Statement.Flow flow) {
            return switch (flow.word()) {
                case "break" -> Flow.BREAK;
                case "continue" -> Flow.CONTINUE;
                default -> Flow.NEXT;
            };
        } else {
            throw new ModelException("a definition stands within a function" + where());
        }
        return Flow.NEXT;
    }

    /** Where it depends on the image, but one branch only raises an error, it is the other. */
    private List<Statement> branch(Statement.If branch, Frame frame) {
        Object value = evaluate(branch.test(), frame);
        Boolean truth = operators.truth(value);
        if (truth == null) {
            if (raises(branch.yes())) {
                return branch.no();
            }
            if (raises(branch.no())) {
                return branch.yes();
            }
            throw unknown(value, "A branch");
        }
        return truth ? branch.yes() : branch.no();
    }

    private static boolean raises(List<Statement> statements) {
        return statements.stream()
                .anyMatch(
                        each ->
                                each instanceof Statement.Evaluate evaluate
                                        && evaluate.value() instanceof Expression.Call call
                                        && Expression.dotted(call.function())
                                                .equals("ops.prim.RaiseException"));
    }

    private boolean truth(Expression test, Frame frame, String what) {
        Object value = evaluate(test, frame);
        Boolean truth = operators.truth(value);
        if (truth == null) {
            throw unknown(value, what);
        }
        return truth;
    }

    private ModelException unknown(Object value, String what) {
        if (value != Undetermined.VALUES && !operators.isTensor(value)) {
            return new SizeNeeded(
                    what.toLowerCase(java.util.Locale.ROOT)
                            + " in its code depends on the extents of the image"
                            + where());
        }
        return new ModelException(
                what.toLowerCase(java.util.Locale.ROOT)
                        + " in its code depends on the values of the image"
                        + where()
                        + ", so that the network is another one for each image: export it with"
                        + " torch.jit.trace(model, example)");
    }

    private Flow loop(Statement.For loop, Frame frame) {
        for (Object item : items(evaluate(loop.items(), frame))) {
            bind(loop.target(), item, frame);
            Flow flow = execute(loop.body(), frame);
            if (flow == null) {
                return null;
            }
            if (flow == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    private Iterable<?> items(Object value) {
        if (value instanceof List<?> list) {
            return List.copyOf(list);
        }
        if (value instanceof Iterable<?> range) {
            return range;
        }
        if (value instanceof Tuple tuple) {
            return tuple.values();
        }
        throw new ModelException("a loop over something that has no items" + where());
    }

    private void assign(Statement.Assign assign, Frame frame) {
        Object value = evaluate(assign.value(), frame);
        if (!assign.unpacks()) {
            bind(assign.targets().get(0), value, frame);
            return;
        }
        bind(new Expression.TupleOf(assign.targets()), value, frame);
    }

    private void bind(Expression target, Object value, Frame frame) {
        if (target instanceof Expression.Name name) {
            frame.variables.put(name.name(), value);
        } else if (target instanceof Expression.TupleOf tuple) {
            List<?> values =
                    value instanceof Tuple of
                            ? of.values()
                            : value instanceof NamedTuple named
                                    ? named.values().values()
                                    : value instanceof List<?> list ? list : List.of();
            if (values.size() != tuple.elements().size()) {
                throw new ModelException(
                        "the code expects " + tuple.elements().size() + " values" + where());
            }
            for (int i = 0; i < values.size(); i++) {
                bind(tuple.elements().get(i), values.get(i), frame);
            }
        } else if (target instanceof Expression.Attribute attribute
                && evaluate(attribute.of(), frame) instanceof ScriptObject object) {
            object.attributes().put(attribute.name(), value);
        } else {
            throw new ModelException("the code sets something that cannot be set" + where());
        }
    }

    private Object evaluate(Expression expression, Frame frame) {
        enter();
        Object value = value(expression, frame);
        depth--;
        return value;
    }

    private List<Object> all(List<Expression> expressions, Frame frame) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression each : expressions) {
            values.add(evaluate(each, frame));
        }
        return values;
    }

    private Object value(Expression expression, Frame frame) {
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        } else if (expression instanceof Expression.Name name) {
            return variable(name.name(), frame);
        } else if (expression instanceof Expression.TupleOf tuple) {
            return new Tuple(all(tuple.elements(), frame));
        } else if (expression instanceof Expression.ListOf list) {
            return all(list.elements(), frame);
        } else if (expression instanceof Expression.DictionaryOf dictionary) {
            Map<Object, Object> map = new LinkedHashMap<>();
            List<Object> keys = all(dictionary.keys(), frame);
            List<Object> values = all(dictionary.values(), frame);
            for (int i = 0; i < keys.size(); i++) {
                map.put(Language.key(keys.get(i)), values.get(i));
            }
            return map;
        } else if (expression instanceof Expression.Conditional conditional) {
            boolean truth = truth(conditional.test(), frame, "A choice");
            return evaluate(truth ? conditional.yes() : conditional.no(), frame);
        } else if (expression instanceof Expression.Subscript subscript) {
            Object of = evaluate(subscript.of(), frame);
            Object index = evaluate(subscript.index(), frame);
            return operators.call("aten::__getitem__", List.of(of, index), Map.of(), scope);
        } else if (expression instanceof Expression.Attribute attribute) {
            return attribute(attribute, frame);
        } else if (expression instanceof Expression.Call call) {
            return call(call, frame);
        }
        throw new IllegalStateException(expression.toString());
    }

    private Object variable(String name, Frame frame) {
        Object value = frame.variables.get(name);
        if (value == null) {
            throw new ModelException("the code reads '" + name + "' before it is set" + where());
        }
        return value;
    }

    private Object attribute(Expression.Attribute attribute, Frame frame) {
        Optional<Object> global = global(Expression.dotted(attribute), frame);
        return global.isPresent()
                ? global.get()
                : attribute(evaluate(attribute.of(), frame), attribute.name());
    }

    private Object attribute(Object of, String name) {
        if (of instanceof ScriptObject object) {
            Object value = object.attributes().get(name);
            if (value != null) {
                String path = object.path();
                return stored.value(value, path.isEmpty() ? name : path + "." + name);
            }
            Statement.ClassDefinition type = program.type(object.type());
            return type.methods().containsKey(name)
                    ? new Method(object, name)
                    : evaluate(constant(type, name), new Frame());
        }
        if (of instanceof NamedTuple named && named.fields().contains(name)) {
            return named.values().get(named.fields().indexOf(name));
        }
        throw new ModelException("something has no '" + name + "'" + where());
    }

    /** What a name with dots stands for, where it begins with one that the language has. */
    private Optional<Object> global(String dotted, Frame frame) {
        int dot = dotted.indexOf('.');
        String first = dot < 0 ? "" : dotted.substring(0, dot);
        if (first.isEmpty() || frame.variables.containsKey(first)) {
            return Optional.empty();
        }
        String rest = dotted.substring(dot + 1);
        return switch (first) {
            case "CONSTANTS" -> Optional.of(constant(rest));
            case "torch" -> Optional.of(new Operator("aten::" + rest));
            case "ops" -> Optional.of(new Operator(rest.replaceFirst("\\.", "::")));
            case "__torch__" -> Optional.of(definition(dotted));
            default -> Optional.empty();
        };
    }

    private Object constant(String name) {
        int index = name.matches("c\\d{1,9}") ? Integer.parseInt(name.substring(1)) : -1;
        if (index < 0 || index >= constants.size()) {
            throw new ModelException("the archive has no constant '" + name + "'");
        }
        return stored.value(constants.get(index), "constants." + index);
    }

    private Object definition(String qualified) {
        Optional<Statement> found = program.find(qualified);
        if (found.isEmpty()) {
            int dot = qualified.lastIndexOf('.');
            Optional<Statement> owner = program.find(qualified.substring(0, dot));
            String member = qualified.substring(dot + 1);
            if (owner.isPresent()
                    && owner.get() instanceof Statement.ClassDefinition type
                    && type.base().equals("Enum")) {
                Object value = evaluate(constant(type, member), new Frame());
                return NamedTuple.member(qualified.substring(0, dot), member, List.of(value));
            }
            throw new ModelException(
                    "the archive has no code of " + Unpickler.quoted(qualified) + where());
        }
        return found.get() instanceof Statement.Function function
                ? new FunctionOf(qualified, function)
                : new ClassOf(qualified, (Statement.ClassDefinition) found.get());
    }

    private Object call(Expression.Call call, Frame frame) {
        if (call.function() instanceof Expression.Name name
                && !frame.variables.containsKey(name.name())) {
            return builtIn(name.name(), call, frame);
        }
        Object callee =
                call.function() instanceof Expression.Attribute attribute
                        ? attribute(attribute, frame)
                        : evaluate(call.function(), frame);
        return invoke(callee, all(call.arguments(), frame), named(call, frame));
    }

    private Map<String, Object> named(Expression.Call call, Frame frame) {
        Map<String, Object> named = new LinkedHashMap<>();
        call.named().forEach((key, value) -> named.put(key, evaluate(value, frame)));
        return named;
    }

    private Object builtIn(String name, Expression.Call call, Frame frame) {
        List<Expression> arguments = call.arguments();
        switch (name) {
            case "annotate", "unchecked_cast" -> {
                return evaluate(arguments.get(arguments.size() - 1), frame);
            }
            case "uninitialized" -> {
                return None.NONE;
            }
            case "isinstance" -> {
                return Types.isInstance(
                        evaluate(arguments.get(0), frame), arguments.get(1), operators);
            }
            case "getattr" -> {
                return attribute(
                        evaluate(arguments.get(0), frame),
                        String.valueOf(evaluate(arguments.get(1), frame)));
            }
            case "hasattr" -> {
                return evaluate(arguments.get(0), frame) instanceof ScriptObject object
                        && object.attributes()
                                .containsKey(String.valueOf(evaluate(arguments.get(1), frame)));
            }
            default -> {
                return operators.call(
                        "prim::" + name, all(arguments, frame), named(call, frame), scope);
            }
        }
    }
}
