/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.ArchivedWeight;
import sc.fiji.attribution.importer.torchscript.archive.NamedTuple;
import sc.fiji.attribution.importer.torchscript.archive.StoredTensor;
import sc.fiji.attribution.importer.torchscript.archive.TorchArchive;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.Language;
import sc.fiji.attribution.importer.torchscript.call.OperatorException;
import sc.fiji.attribution.importer.torchscript.call.OperatorTable;
import sc.fiji.attribution.importer.torchscript.call.Operators;
import sc.fiji.attribution.importer.torchscript.call.Scalars;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.Size;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Finds the rule of an operator, for tensors and for all else, and hands it its arguments. */
public final class TensorOperators implements Operators {

    private final TorchArchive archive;
    private final Emission emission;
    private final OperatorTable tensors = new OperatorTable();
    private final OperatorTable language;
    private final Scalars scalars;

    public TensorOperators(TorchArchive archive, Emission emission) {
        this.archive = archive;
        this.emission = emission;
        this.scalars = new Scalars(emission);
        this.language = Language.table(scalars);
        ElementwiseOperators.register(this);
        ActivationOperators.register(this);
        ConversionOperators.register(this);
        ShapeOperators.register(this);
        ArrangementOperators.register(this);
        OrderOperators.register(this);
        IndexOperators.register(this);
        CreationOperators.register(this);
        ReductionOperators.register(this);
        ConvolutionOperators.register(this);
        ProductOperators.register(this);
        AttentionOperators.register(this);
        WindowOperators.register(this);
        PoolingOperators.register(this);
        NormalisationOperators.register(this);
        PaddingOperators.register(this);
        ResizeOperators.register(this);
        SamplingOperators.register(this);
        RecurrentOperators.register(this);
    }

    Emission emission() {
        return emission;
    }

    Scalars scalars() {
        return scalars;
    }

    OperatorTable table() {
        return tensors;
    }

    /** Adds an operator whose result is one tensor. */
    void add(String signature, Function<Arguments, Value> rule) {
        tensors.add(signature, a -> new ScriptTensor(rule.apply(a)));
    }

    /** Adds an operator on one tensor, {@code x}, whose result shares its elements. */
    void view(
            String signature,
            Function<Arguments, UnaryOperator<Value>> view,
            Function<Arguments, BinaryOperator<Value>> write) {
        tensors.add(
                signature,
                a ->
                        a.value("x") instanceof ScriptTensor base
                                ? ScriptTensor.view(base, view.apply(a), write.apply(a))
                                : new ScriptTensor(view.apply(a).apply(tensor(a, "x"))));
    }

    /** An argument as tensor; a number becomes one. */
    Value tensor(Arguments a, String name) {
        return tensor(a.value(name), a);
    }

    Value tensor(Object value, Arguments a) {
        if (value instanceof ScriptTensor tensor) {
            return tensor.read();
        } else if (value instanceof Double number) {
            return emission.number(number, DataType.DT_FLOAT);
        } else if (value instanceof Long number) {
            return emission.number(
                    number, number == number.intValue() ? DataType.DT_INT32 : DataType.DT_INT64);
        } else if (value instanceof Boolean flag) {
            return emission.number(flag ? 1 : 0, DataType.DT_INT32);
        } else if (value instanceof Size size) {
            return Value.of(size.value(), DataType.DT_INT32, new int[0]);
        }
        throw a.refuse("something that is no tensor");
    }

    List<Value> tensors(Arguments a, String name) {
        List<Value> values = new ArrayList<>();
        for (Object each : a.list(name)) {
            values.add(tensor(each, a));
        }
        return values;
    }

    @Override
    public Object call(
            String name, List<Object> arguments, Map<String, Object> named, String scope) {
        emission.enter(scope);
        Found found = find(name, arguments);
        if (found == null) {
            throw new MissingOperator(name, scope);
        }
        try {
            Arguments bound = new Arguments(found.entry, arguments, named, scope);
            return found.inPlace
                    ? inPlace(found.entry, bound, arguments)
                    : found.entry.rule().apply(bound);
        } catch (SizeNeeded | OperatorException e) {
            throw e;
        } catch (ModelException e) {
            throw new OperatorException(name, scope, e);
        } catch (AttributionException e) {
            throw e;
        } catch (RuntimeException e) {
            // The values are a stranger's: whatever a rule trips over is in them.
            throw new OperatorException(name, "is called with unfit values", scope, e);
        }
    }

    /**
     * An entry that fits.
     *
     * @param inPlace whether it is that of the operator which leaves its arguments alone
     */
    private record Found(OperatorTable.Entry entry, boolean inPlace) {}

    /** In the one table or the other; null where there is none. */
    private Found find(String name, List<Object> arguments) {
        boolean direct = arguments.stream().anyMatch(ScriptTensor.class::isInstance);
        boolean container =
                !arguments.isEmpty()
                        && (arguments.get(0) instanceof List<?>
                                || arguments.get(0) instanceof Tuple
                                || arguments.get(0) instanceof NamedTuple
                                || arguments.get(0) instanceof Map<?, ?>);
        OperatorTable first = direct && !container ? tensors : language;
        Found found = find(name, first);
        return found != null ? found : find(name, first == tensors ? language : tensors);
    }

    private static Found find(String name, OperatorTable table) {
        if (table.get(name) != null) {
            return new Found(table.get(name), false);
        }
        boolean writes = name.endsWith("_") && !name.endsWith("__");
        OperatorTable.Entry base = writes ? table.get(name.substring(0, name.length() - 1)) : null;
        return base == null ? null : new Found(base, true);
    }

    /** {@code relu_} is relu, and what it gives is written to its first argument. */
    private static Object inPlace(OperatorTable.Entry entry, Arguments a, List<Object> arguments) {
        Object result = entry.rule().apply(a);
        if (!(arguments.get(0) instanceof ScriptTensor target)
                || !(result instanceof ScriptTensor changed)) {
            return result;
        }
        if (!target.isWritable()) {
            throw a.refuse("a view of a tensor that is written to");
        }
        target.write(changed.read());
        return target;
    }

    /** Whether there is a rule, in place or not. */
    public boolean has(String name) {
        return find(name, tensors) != null || find(name, language) != null;
    }

    @Override
    public Object load(StoredTensor stored, String name) {
        ArchivedWeight weight = new ArchivedWeight(archive, stored);
        if (stored.sizes().isEmpty()) {
            return weight.scalar();
        }
        return new ScriptTensor(Value.of(weight));
    }

    @Override
    public Boolean truth(Object value) {
        return Scalars.truth(value);
    }

    @Override
    public long known(Object value) {
        return scalars.known(value);
    }

    @Override
    public boolean isTensor(Object value) {
        return value instanceof ScriptTensor;
    }

    /** An operator without a rule. */
    public static final class MissingOperator extends OperatorException {

        private static final long serialVersionUID = 1L;

        private final String operator;

        MissingOperator(String operator, String scope) {
            super(operator, "is not read", scope, null);
            this.operator = operator;
        }

        private MissingOperator(MissingOperator first, String others) {
            super(first, others);
            this.operator = first.operator;
        }

        /** With all others that the code names and that have no rule. */
        public MissingOperator withOthers(TreeSet<String> others) {
            others.remove("'" + operator + "'");
            return others.isEmpty()
                    ? this
                    : new MissingOperator(
                            this,
                            "; nor are "
                                    + String.join(", ", others)
                                    + ", which its code names too");
        }
    }
}
