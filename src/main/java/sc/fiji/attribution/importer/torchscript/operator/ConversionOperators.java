/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.StoredType;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.Symbols;
import sc.fiji.attribution.importer.torchscript.call.Undetermined;

/** Operators that change the type of elements, write all of them, or leave them as they are. */
final class ConversionOperators {

    private final TensorOperators all;
    private final Emission g;

    private ConversionOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        new ConversionOperators(all).conversions();
    }

    private void conversions() {
        for (String name :
                List.of(
                        "dropout(x, p=0.5, train=False)",
                        "feature_dropout(x, p=0.5, train=False)",
                        "alpha_dropout(x, p=0.5, train=False)",
                        "feature_alpha_dropout(x, p=0.5, train=False)")) {
            all.add(
                    name,
                    a -> {
                        if (a.flag("train")) {
                            throw a.refuse("train=True: export the model after model.eval()");
                        }
                        return all.tensor(a, "x");
                    });
        }
        all.add("to(x, b=None, c=None, d=None, e=None, f=None, g=None)", this::to);
        all.add("type_as(x, other)", a -> typed(all.tensor(a, "x"), all.tensor(a, "other").type()));
        Map.of(
                        "float", DataType.DT_FLOAT,
                        "_cast_Float", DataType.DT_FLOAT,
                        "double", DataType.DT_FLOAT,
                        "half", DataType.DT_FLOAT,
                        "long", DataType.DT_INT64,
                        "bool", DataType.DT_BOOL)
                .forEach(
                        (name, type) ->
                                all.add(name + "(x)", a -> typed(all.tensor(a, "x"), type)));
        all.add("detach(x)", a -> g.unary("StopGradient", all.tensor(a, "x")));
        for (String name :
                List.of(
                        "clone(x, memory_format=None)",
                        "contiguous(x, memory_format=0)",
                        "alias(x)",
                        "cpu(x)",
                        "cuda(x)",
                        "positive(x)",
                        "prim__data(x)",
                        "requires_grad_(x, on=True)",
                        "resolve_conj(x)")) {
            all.add(name, a -> all.tensor(a, "x"));
        }
        all.table()
                .add(
                        "copy_(x, other, non_blocking=False)",
                        a -> written(a, all.tensor(a, "other")));
        all.table().add("fill_(x, value)", a -> written(a, all.tensor(a, "value")));
        all.table().add("zero_(x)", a -> written(a, g.number(0, DataType.DT_INT32)));
        all.table().add("prim__bool(x)", a -> Undetermined.VALUES);
        all.table().alias("prim__bool", "Bool", "is_nonzero");
        all.table()
                .add(
                        "prim__int(x)",
                        a -> {
                            throw a.refuse(
                                    "a number that depends on the values of the image, in its"
                                            + " code");
                        });
        all.table().alias("prim__int", "Int", "prim__float", "Float", "item");
    }

    /** The tensor x, which holds these values from now on. */
    private Object written(Arguments a, Value values) {
        ScriptTensor target = (ScriptTensor) a.value("x");
        if (!target.isWritable()) {
            throw a.refuse("a view of a tensor that is written to");
        }
        Value old = target.read();
        Symbols.broadcast(values.shape(), old.shape());
        target.write(
                g.emit(
                        "BroadcastTo",
                        old.shape(),
                        List.of(g.out(g.cast(values, old.type())), g.vector(g.extents(old)))));
        return target;
    }

    /** To another type, device or memory format; the first that names a type counts. */
    private Value to(Arguments a) {
        Value x = all.tensor(a, "x");
        for (String name : List.of("b", "c", "d")) {
            Object value = a.value(name);
            if (value instanceof ScriptTensor like) {
                return typed(x, like.read().type());
            }
            if (value instanceof Long code) {
                return typed(x, type(a, code));
            }
        }
        return x;
    }

    static DataType type(Arguments a, long code) {
        return StoredType.ofCode(code)
                .map(StoredType::graph)
                .orElseThrow(() -> a.refuse("the element type number " + code));
    }

    private Value typed(Value x, DataType type) {
        return type == DataType.DT_BOOL && x.type() != type
                ? g.binary("NotEqual", x, g.number(0, x.type()))
                : g.cast(x, type);
    }
}
