/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.Inputs.apart;
import static sc.fiji.attribution.graph.Inputs.exactly;
import static sc.fiji.attribution.graph.Inputs.fixed;
import static sc.fiji.attribution.graph.Inputs.mask;
import static sc.fiji.attribution.graph.Inputs.positive;
import static sc.fiji.attribution.graph.Inputs.shape;
import static sc.fiji.attribution.graph.Inputs.x;
import static sc.fiji.attribution.graph.OpCase.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.OpTable;

/** Cases of activations and arithmetic. */
public final class ElementwiseCases {

    private static final List<String> SMOOTH =
            List.of(
                    "Sigmoid",
                    "Tanh",
                    "Softplus",
                    "Softsign",
                    "Erf",
                    "Erfc",
                    "Exp",
                    "Expm1",
                    "Square",
                    "Neg",
                    "Sin",
                    "Cos",
                    "Atan",
                    "Sinh",
                    "Cosh",
                    "Asinh");

    private static final List<String> POSITIVE =
            List.of("Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Inv", "Lgamma", "Digamma");

    private static final List<String> KINKED =
            List.of(
                    "Relu",
                    "Relu6",
                    "LeakyRelu",
                    "Elu",
                    "Selu",
                    "Abs",
                    "BesselI0e",
                    "Sign",
                    "Floor",
                    "Ceil",
                    "Round",
                    "Rint");

    private static final List<String> BINARY =
            List.of(
                    "Add",
                    "AddV2",
                    "Sub",
                    "Mul",
                    "RealDiv",
                    "Div",
                    "DivNoNan",
                    "SquaredDifference",
                    "Pow",
                    "Xlogy",
                    "Xlog1py",
                    "Xdivy",
                    "Maximum",
                    "Minimum");

    private ElementwiseCases() {}

    public static Stream<OpCase> all() {
        return Stream.of(unary(), binary(), others()).flatMap(List::stream);
    }

    private static List<OpCase> unary() {
        List<OpCase> cases = new ArrayList<>();
        for (String op : OpTable.gradients().keySet().stream().toList()) {
            if (SMOOTH.contains(op)) {
                cases.add(op(op, "of both signs", x(2, 3)));
            } else if (POSITIVE.contains(op)) {
                cases.add(op(op, "of positive values", positive(2, 3)));
            } else if (KINKED.contains(op)) {
                cases.add(op(op, "of both signs", apart(2, 5)));
            }
        }
        cases.add(op("Relu6", "beyond 6", exactly(shape(4), -1, 1, 5.9, 6.1)));
        cases.add(op("LeakyRelu", "steeper", apart(6)).with("alpha", 0.5f));
        cases.add(op("Erf", "scalar", x()));
        for (String op : List.of("Asin", "Acos", "Atanh", "Erfinv")) {
            cases.add(op(op, "within ±1", exactly(shape(4), -0.7, -0.1, 0.3, 0.6)));
        }
        cases.add(op("Ndtri", "probabilities", exactly(shape(4), 0.2, 0.3, 0.6, 0.7)));
        cases.add(op("Acosh", "beyond 1", exactly(shape(3), 2, 3, 5)));
        cases.add(op("Tan", "within ±π/2", exactly(shape(4), -0.7, -0.1, 0.3, 0.6)));
        cases.add(op("Softmax", "matrix", x(2, 4)));
        cases.add(op("Softmax", "vector", x(4)));
        cases.add(op("Softmax", "four axes", x(2, 2, 2, 3)));
        cases.add(op("LogSoftmax", "matrix", x(2, 4)));
        cases.add(op("LogSoftmax", "three axes", x(2, 2, 3)));
        cases.add(op("Softmax", "saturated", exactly(shape(1, 3), 30, 0, -30)));
        for (String op : List.of("ZerosLike", "OnesLike")) {
            cases.add(op(op, "constant", x(2, 3)));
        }
        return cases;
    }

    /** Each with broadcasting in both directions. */
    private static List<OpCase> binary() {
        long[][][] shapes = {
            {{2, 3}, {2, 3}},
            {{2, 3}, {}},
            {{}, {2, 3}},
            {{2, 3}, {3}},
            {{2, 1}, {2, 3}},
            {{3}, {2, 2, 3}},
            {{2, 1, 3}, {1, 2, 1}},
            {{1, 3}, {1, 1}},
        };
        List<OpCase> cases = new ArrayList<>();
        for (String op : BINARY) {
            for (long[][] pair : shapes) {
                String variant =
                        java.util.Arrays.toString(pair[0])
                                + " "
                                + java.util.Arrays.toString(pair[1]);
                // Distinct and apart from each other: apart() lies on …5, the shift on …0.
                cases.add(
                        op.endsWith("imum")
                                ? op(op, variant, apart(pair[0]), shifted(apart(pair[1])))
                                : op(op, variant, positive(pair[0]), positive(pair[1])));
            }
        }
        return cases;
    }

    private static OpCase.Input shifted(OpCase.Input input) {
        double[] data = input.values().data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] += 0.05;
        }
        return exactly(input.values().shape(), data);
    }

    private static List<OpCase> others() {
        OpCase.Input signed = exactly(shape(4), -2, -0.5, 0.5, 2);
        return List.of(
                op("Sub", "of negative values", x(2, 2), x(2)),
                op("Mul", "of both signs", x(2, 2), x(2, 1)),
                op("Pow", "negative base, even exponent", signed, fixed(exactly(shape(), 2))),
                op("Pow", "base 0, exponent 2", exactly(shape(2), 0, 1), fixed(exactly(shape(), 2)))
                        .inFloat(1e-3, 1e-4),
                op(
                        "Pow",
                        "base 0, exponent 1",
                        exactly(shape(2), 0, 1),
                        fixed(exactly(shape(), 1))),
                op(
                        "Pow",
                        "base 0, exponent 0",
                        exactly(shape(2), 0, 1),
                        fixed(exactly(shape(), 0))),
                op("Pow", "exponent of base 0", fixed(exactly(shape(2), 0, 2)), positive(2)),
                op("DivNoNan", "divisor 0", x(2, 2), fixed(exactly(shape(2), 0, 2))),
                op("MulNoNan", "of both signs", x(2, 2), x(2, 1)),
                op("MulNoNan", "factor 0", x(2), fixed(exactly(shape(2), 0, 2))),
                op("Xlogy", "first input 0", fixed(exactly(shape(2), 0, 2)), positive(2)),
                op("Xlog1py", "first input 0", fixed(exactly(shape(2), 0, 2)), positive(2)),
                op("Xdivy", "first input 0", fixed(exactly(shape(2), 0, 2)), positive(2)),
                op("Atan2", "of both signs", x(2, 3), x(3)),
                op("FloorMod", "of both signs", apart(2, 4), exactly(shape(), 0.31)),
                op("FloorDiv", "of both signs", apart(2, 4), exactly(shape(), 0.31)),
                op("TruncateMod", "of both signs", apart(2, 4), exactly(shape(), 0.31)),
                op("TruncateDiv", "of both signs", apart(2, 4), exactly(shape(), 0.31)),
                op("Fill", "of one value", Inputs.ints(2, 3), x()),
                op("AddN", "three", x(2, 2), x(2, 2), x(2, 2)),
                op("AddN", "one", x(2, 2)),
                op("AccumulateNV2", "two", x(2, 2), x(2, 2)).with("shape", shapeAttribute(2, 2)),
                op("SelectV2", "same shapes", mask(2, 3), x(2, 3), x(2, 3)),
                op("SelectV2", "mask broadcasts", mask(3), x(2, 3), x(2, 3)),
                op("SelectV2", "values broadcast", mask(2, 2, 3), x(), x(2, 1)),
                op("SelectV2", "all broadcast", mask(2, 1, 1), x(3, 1), x(2)),
                op("Select", "elements", mask(2, 3), x(2, 3), x(2, 3)),
                op("Select", "rows", mask(3), x(3, 2, 2), x(3, 2, 2)),
                op("Select", "scalar mask", mask(), x(2, 2), x(2, 2)),
                op(
                        "ClipByValue",
                        "scalar limits",
                        apart(3, 5),
                        fixed(exactly(shape(), -0.3)),
                        fixed(exactly(shape(), 0.4))),
                op(
                        "ClipByValue",
                        "limits that depend on the input",
                        apart(2, 5),
                        exactly(shape(), -0.3),
                        exactly(shape(), 0.2)),
                op("Cast", "double to float", x(2, 2))
                        .with("DstT", DataType.DT_FLOAT)
                        .inFloat(1, 1e-6),
                op("Cast", "float to double", x(2, 2))
                        .with("DstT", DataType.DT_DOUBLE)
                        .inFloat(1, 1e-6),
                op("Cast", "to half and back", exactly(shape(4), -2, -0.5, 0.25, 1))
                        .with("DstT", DataType.DT_HALF)
                        .inFloat(0.25, 1e-3));
    }

    static org.tensorflow.proto.AttrValue shapeAttribute(long... extents) {
        org.tensorflow.proto.TensorShapeProto.Builder shape =
                org.tensorflow.proto.TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDimBuilder().setSize(extent);
        }
        return org.tensorflow.proto.AttrValue.newBuilder().setShape(shape).build();
    }
}
