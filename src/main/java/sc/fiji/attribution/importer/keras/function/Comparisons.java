/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import java.util.Map;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.Merging;
import sc.fiji.attribution.importer.network.Value;

/** Comparisons, which are 1 where they hold and 0 elsewhere, and the choice between two tensors. */
final class Comparisons {

    private Comparisons() {}

    /** Enters them into the table. */
    static void add() {
        Map.of(
                        "Greater", new String[] {"Greater", "greater", "__operators__.gt"},
                        "GreaterEqual",
                                new String[] {"GreaterEqual", "greater_equal", "__operators__.ge"},
                        "Less", new String[] {"Less", "less", "__operators__.lt"},
                        "LessEqual", new String[] {"LessEqual", "less_equal", "__operators__.le"},
                        "Equal", new String[] {"Equal", "equal", "__operators__.eq"},
                        "NotEqual", new String[] {"NotEqual", "not_equal", "__operators__.ne"})
                .forEach((op, names) -> Operators.put(call -> compared(call, op), names));
        Operators.put(call -> logical(call, "Mul"), "LogicalAnd", "logical_and");
        Operators.put(call -> logical(call, "Maximum"), "LogicalOr", "logical_or");
        Operators.put(
                call -> truth(call, "Equal", Operands.first(call)), "LogicalNot", "logical_not");
        Operators.put(Comparisons::where, "Where", "where");
    }

    private static Value compared(LayerCall call, String op) {
        Value holds = Operators.pair(call, op);
        return holds.as(call.ops().cast(holds.output(), DataType.DT_FLOAT));
    }

    private static Value logical(LayerCall call, String op) {
        Value a = Operands.value(call, Operands.operand(call, 0, "x1", "x"));
        Value b = Operands.value(call, Operands.operand(call, 1, "x2", "y"));
        return Operators.pair(call, op, truth(call, "NotEqual", a), truth(call, "NotEqual", b));
    }

    /** 1 where a value is, or is not, 0: all else is true. */
    static Value truth(LayerCall call, String op, Value x) {
        Ops g = call.ops();
        Output holds = g.emit(op, x.output(), g.scalar(0.0, x.output()));
        return x.as(g.cast(holds, DataType.DT_FLOAT));
    }

    private static Value where(LayerCall call) {
        Ops g = call.ops();
        Value mask = call.plain(Operands.value(call, Operands.operand(call, 0, "condition")));
        Value yes = call.plain(Operands.value(call, Operands.operand(call, 1, "x1", "x")));
        Value no = call.plain(Operands.value(call, Operands.operand(call, 2, "x2", "y")));
        Value like = Merging.pair(call, "AddV2", Merging.pair(call, "AddV2", mask, yes), no);
        Output holds = g.emit("NotEqual", mask.output(), g.scalar(0.0, mask.output()));
        return like.as(g.emit("SelectV2", holds, yes.output(), no.output()));
    }
}
