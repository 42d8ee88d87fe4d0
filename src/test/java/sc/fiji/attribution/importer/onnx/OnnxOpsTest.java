/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.importer.onnx.OnnxFile.Array;

/**
 * Each op of the table against ONNX Runtime, on random attributes and shapes. What ONNX Runtime
 * itself refuses is drawn again.
 */
class OnnxOpsTest {

    private static final double TOLERANCE = 1e-5;

    /** A node under test: what it reads, and by which attributes. */
    private static final class Case {
        final Random random;
        final long opset;
        final Map<String, Object> attributes = new LinkedHashMap<>();
        final List<String> names = new ArrayList<>();
        final OnnxFile file;
        int outputs = 1;
        int type = OnnxFile.FLOAT;

        Case(Random random, long opset) {
            this.random = random;
            this.opset = opset;
            this.file = new OnnxFile(opset);
        }

        Case in(Array value) {
            file.input(name(), value);
            return this;
        }

        Case fixed(Array value) {
            file.initializer(name(), value);
            return this;
        }

        Case none() {
            names.add("");
            return this;
        }

        private String name() {
            names.add("in" + names.size());
            return names.get(names.size() - 1);
        }

        Case with(String name, Object value) {
            attributes.put(name, value);
            return this;
        }

        int whole(int low, int high) {
            return low + random.nextInt(high - low + 1);
        }

        boolean flip() {
            return random.nextBoolean();
        }

        <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        Array normal(long... shape) {
            return numbers(1, 0, shape);
        }

        Array positive(long... shape) {
            Array a = numbers(1, 0, shape);
            return new Array(
                    a.type(),
                    shape,
                    Arrays.stream(a.numbers()).map(x -> 0.2 + Math.abs(x)).toArray());
        }

        Array numbers(double scale, double mean, long... shape) {
            int size = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
            double[] numbers = new double[size];
            Arrays.setAll(numbers, i -> (float) (mean + scale * random.nextGaussian()));
            return new Array(OnnxFile.FLOAT, shape, numbers);
        }

        long[] shape(int rank) {
            return LongStream.generate(() -> whole(1, 5)).limit(rank).toArray();
        }

        long[] image(int axes, int channels) {
            long[] shape = new long[axes + 2];
            shape[0] = whole(1, 2);
            shape[1] = channels;
            for (int i = 0; i < axes; i++) {
                shape[i + 2] = whole(5, 9);
            }
            return shape;
        }

        long[] each(int count, int low, int high) {
            return LongStream.generate(() -> whole(low, high)).limit(count).toArray();
        }
    }

    private interface Maker {
        void make(Case c);
    }

    private static final Map<String, Maker> MAKERS = new TreeMap<>();

    /** Opsets drawn from. */
    private static final Map<String, long[]> OPSETS = new TreeMap<>();

    private static void op(String name, Maker maker, long... opsets) {
        MAKERS.put(name, maker);
        OPSETS.put(name, opsets.length == 0 ? new long[] {13, 14, 17, 18, 20, 21} : opsets);
    }

    static {
        for (String name :
                ("Abs Ceil Cos Erf Exp Floor Neg Relu Round Sigmoid Sign Sin Softplus Softsign Tanh"
                                + " Atan Identity Asinh Sinh Cosh Tan")
                        .split(" ")) {
            op(name, c -> c.in(c.normal(c.shape(c.whole(1, 5)))));
        }
        for (String name : "Log Sqrt Reciprocal".split(" ")) {
            op(name, c -> c.in(c.positive(c.shape(c.whole(1, 4)))));
        }
        for (String name : "Acos Asin Atanh".split(" ")) {
            op(name, c -> c.in(c.numbers(0.2, 0, c.shape(3))));
        }
        op("Acosh", c -> c.in(c.numbers(0.2, 3, c.shape(3))));
        op("Elu", c -> c.in(c.normal(c.shape(3))).with("alpha", c.whole(1, 3) * 0.5f));
        op("Celu", c -> c.in(c.normal(c.shape(3))).with("alpha", c.whole(1, 3) * 0.5f));
        op("Selu", c -> c.in(c.normal(c.shape(3))).with("gamma", c.whole(1, 3) * 0.5f));
        op("LeakyRelu", c -> c.in(c.normal(c.shape(4))).with("alpha", 0.1f * c.whole(0, 3)));
        op("ThresholdedRelu", c -> c.in(c.normal(c.shape(3))).with("alpha", 0.4f));
        op("Shrink", c -> c.in(c.normal(c.shape(3))).with("lambd", 0.4f).with("bias", 0.1f));
        op("HardSigmoid", c -> c.in(c.normal(c.shape(3))).with("alpha", 0.3f));
        op("HardSwish", c -> c.in(c.numbers(3, 0, c.shape(3))), 14, 17, 20);
        op("Mish", c -> c.in(c.normal(c.shape(3))), 18, 20);
        op(
                "Gelu",
                c -> {
                    c.in(c.normal(c.shape(3)));
                    c.with("approximate", c.flip() ? "none" : "tanh");
                },
                20,
                21);
        op(
                "PRelu",
                c -> {
                    long[] shape = c.image(2, 3);
                    c.in(c.normal(shape));
                    c.fixed(c.flip() ? c.normal(3, 1, 1) : c.normal(1));
                },
                9,
                13,
                16);
        op(
                "Clip",
                c -> {
                    c.in(c.numbers(4, 0, c.shape(4)));
                    if (c.opset < 11) {
                        c.with("min", -1f * c.whole(0, 2)).with("max", 6f);
                    } else {
                        c.fixed(Array.scalar(OnnxFile.FLOAT, -c.whole(0, 2)));
                        c.fixed(Array.scalar(OnnxFile.FLOAT, c.whole(1, 6)));
                    }
                },
                7,
                10,
                11,
                13,
                17);
        for (String name : "Add Sub Mul Div Max Min Sum Mean".split(" ")) {
            op(
                    name,
                    c -> {
                        long[] shape = c.shape(c.whole(1, 5));
                        long[] other = shape.clone();
                        for (int i = 0; i < other.length; i++) {
                            other[i] = c.whole(0, 2) == 0 ? 1 : other[i];
                        }
                        int cut = c.whole(0, other.length);
                        other = Arrays.copyOfRange(other, cut, other.length);
                        c.in(c.normal(shape));
                        Array second = c.positive(other);
                        Case both = c.flip() ? c.in(second) : c.fixed(second);
                    },
                    8,
                    13,
                    17);
        }
        op(
                "Pow",
                c -> {
                    c.in(c.positive(c.shape(3)));
                    c.fixed(Array.scalar(OnnxFile.FLOAT, c.one(List.of(2.0, 0.5, 3.0, -1.5))));
                },
                12,
                13,
                15);
        for (String name : "Equal Less Greater LessOrEqual GreaterOrEqual".split(" ")) {
            op(
                    name,
                    c -> {
                        long[] shape = c.shape(2);
                        c.in(c.normal(shape)).in(c.normal(shape));
                        c.type = OnnxFile.BOOL;
                    },
                    13,
                    16);
        }
        op(
                "Where",
                c -> {
                    long[] shape = c.shape(3);
                    Array mask = c.normal(shape);
                    double[] bits = Arrays.stream(mask.numbers()).map(x -> x > 0 ? 1 : 0).toArray();
                    c.in(new Array(OnnxFile.BOOL, shape, bits));
                    c.in(c.normal(shape)).fixed(c.normal(shape[2]));
                });
        op("Conv", OnnxOpsTest::convolution, 7, 11, 13, 17, 21);
        op("ConvTranspose", OnnxOpsTest::transposed, 7, 11, 13, 17);
        op("MaxPool", c -> pool(c, true), 8, 10, 11, 12, 17);
        op("AveragePool", c -> pool(c, false), 7, 10, 11, 17, 19);
        op("GlobalAveragePool", c -> c.in(c.normal(c.image(c.whole(1, 3), 3))));
        op("GlobalMaxPool", c -> c.in(c.normal(c.image(c.whole(1, 3), 3))));
        op(
                "LpPool",
                c ->
                        c.in(c.normal(c.image(2, 2)))
                                .with("kernel_shape", new long[] {2, 3})
                                .with("p", 2),
                11);
        op(
                "BatchNormalization",
                c -> {
                    int channels = c.whole(1, 20);
                    c.in(c.normal(c.image(c.whole(1, 3), channels)));
                    c.fixed(c.normal(channels)).fixed(c.normal(channels));
                    c.fixed(c.normal(channels)).fixed(c.positive(channels));
                    c.with("epsilon", 1e-3f);
                },
                9,
                14,
                15);
        op(
                "InstanceNormalization",
                c -> {
                    int channels = c.whole(1, 20);
                    c.in(c.normal(c.image(c.whole(1, 3), channels)));
                    c.fixed(c.normal(channels)).fixed(c.normal(channels));
                });
        op(
                "LayerNormalization",
                c -> {
                    long[] shape = {2, 3, 4, 5};
                    int axis = c.whole(1, 3);
                    c.in(c.normal(shape)).with("axis", c.flip() ? axis : axis - 4);
                    c.fixed(c.normal(Arrays.copyOfRange(shape, axis, 4)));
                    if (c.flip()) {
                        c.fixed(c.normal(Arrays.copyOfRange(shape, axis, 4)));
                    }
                },
                17,
                20);
        op(
                "GroupNormalization",
                c -> {
                    c.in(c.normal(c.image(c.whole(1, 3), 6)))
                            .with("num_groups", c.one(List.of(1, 2, 3)));
                    int n = c.opset < 21 ? ((Number) c.attributes.get("num_groups")).intValue() : 6;
                    c.fixed(c.normal(n)).fixed(c.normal(n));
                },
                21);
        op(
                "LRN",
                c ->
                        c.in(c.normal(c.image(2, 7)))
                                .with("size", c.one(List.of(1, 3, 5)))
                                .with("alpha", 0.1f));
        op(
                "LpNormalization",
                c -> c.in(c.normal(2, 3, 4)).with("axis", c.whole(-1, 2)).with("p", c.whole(1, 2)));
        op("MeanVarianceNormalization", c -> c.in(c.normal(2, 3, 4, 5)));
        for (String name : "Softmax LogSoftmax".split(" ")) {
            op(name, c -> c.in(c.normal(2, 3, 4, 5)).with("axis", c.whole(0, 3)), 7, 11, 13, 17);
        }
        op(
                "Gemm",
                c -> {
                    boolean a = c.flip();
                    boolean b = c.flip();
                    c.in(a ? c.normal(4, 3) : c.normal(3, 4));
                    c.fixed(b ? c.normal(6, 4) : c.normal(4, 6));
                    c.with("transA", a ? 1 : 0).with("transB", b ? 1 : 0);
                    if (c.opset < 11 || c.flip()) {
                        c.fixed(
                                c.one(
                                        List.of(
                                                c.normal(6),
                                                c.normal(1, 6),
                                                c.normal(3, 6),
                                                c.normal(1))));
                    }
                    c.with("alpha", c.flip() ? 1f : 0.5f).with("beta", c.flip() ? 1f : 2f);
                },
                9,
                11,
                13);
        op(
                "MatMul",
                c -> {
                    switch (c.whole(0, 4)) {
                        case 0 -> c.in(c.normal(3, 4)).fixed(c.normal(4, 5));
                        case 1 -> c.in(c.normal(2, 3, 4)).fixed(c.normal(4, 5));
                        case 2 -> c.in(c.normal(2, 3, 4)).in(c.normal(2, 4, 5));
                        case 3 -> c.in(c.normal(2, 1, 3, 4)).fixed(c.normal(3, 4, 5));
                        default -> c.in(c.normal(3, 4)).fixed(c.normal(4));
                    }
                });
        op(
                "Einsum",
                c ->
                        c.in(c.normal(c.whole(1, 2), 3, 4))
                                .in(c.normal(2, 5, 4))
                                .with(
                                        "equation",
                                        c.one(
                                                List.of(
                                                        "bij,bkj->bik",
                                                        "bij, bkj -> bk",
                                                        "...ij,...kj->...ik",
                                                        "...ij,bkj->i...k",
                                                        "...ij,...kj"))));
        for (String name : "Mean Sum Max Min Prod L1 L2 SumSquare LogSumExp".split(" ")) {
            op("Reduce" + name, OnnxOpsTest::reduction, 11, 13, 18, 20);
        }
        op("ReduceLogSum", c -> c.in(c.positive(2, 3, 4)).with("axes", new long[] {1}), 13);
        for (String name : "ArgMax ArgMin".split(" ")) {
            op(
                    name,
                    c -> {
                        c.in(c.normal(2, 3, 4))
                                .with("axis", c.whole(-3, 2))
                                .with("keepdims", c.whole(0, 1));
                        c.type = OnnxFile.INT64;
                    },
                    13);
        }
        op(
                "CumSum",
                c ->
                        c.in(c.normal(2, 3, 4))
                                .fixed(Array.scalar(OnnxFile.INT64, c.whole(-1, 2)))
                                .with("reverse", c.whole(0, 1))
                                .with("exclusive", c.whole(0, 1)));
        op("Flatten", c -> c.in(c.normal(2, 3, 4, 5)).with("axis", c.whole(-3, 4)), 11, 13);
        op(
                "Reshape",
                c ->
                        c.in(c.normal(2, 3, 4))
                                .fixed(
                                        c.one(
                                                List.of(
                                                        Array.ints(0, -1),
                                                        Array.ints(6, 4),
                                                        Array.ints(2, 0, 2, 2),
                                                        Array.ints(-1)))));
        op(
                "Transpose",
                c -> {
                    int rank = c.whole(2, 5);
                    c.in(c.normal(c.shape(rank)));
                    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
                    java.util.Collections.shuffle(order, c.random);
                    c.with("perm", order.stream().mapToLong(i -> i).toArray());
                });
        op(
                "Squeeze",
                c -> {
                    c.in(c.normal(2, 1, 3, 1));
                    if (c.opset < 13) {
                        c.with("axes", new long[] {c.one(List.of(1L, -1L))});
                    } else if (c.flip()) {
                        c.fixed(Array.ints(c.one(List.of(1L, -1L))));
                    }
                },
                11,
                13);
        op(
                "Unsqueeze",
                c -> {
                    c.in(c.normal(2, 3));
                    long[] axes =
                            c.one(List.of(new long[] {0}, new long[] {1, 3}, new long[] {-1}));
                    Case ok = c.opset < 13 ? c.with("axes", axes) : c.fixed(Array.ints(axes));
                },
                11,
                13);
        op(
                "Concat",
                c -> {
                    int axis = c.whole(0, 3);
                    for (int i = 0; i < c.whole(1, 3); i++) {
                        long[] shape = {2, 3, 4, 5};
                        shape[axis] = c.whole(1, 4);
                        c.in(c.normal(shape));
                    }
                    c.with("axis", c.flip() ? axis : axis - 4);
                });
        op("Slice", OnnxOpsTest::slice, 7, 10, 11, 13);
        op(
                "Split",
                c -> {
                    c.in(c.normal(2, 6, 3)).with("axis", 1);
                    c.outputs = c.whole(2, 3);
                    if (c.opset == 11) {
                        c.with("split", c.outputs == 2 ? new long[] {1, 5} : new long[] {1, 2, 3});
                    } else if (c.opset == 18) {
                        c.with("num_outputs", c.outputs);
                    }
                },
                11,
                13,
                18);
        op(
                "Gather",
                c -> {
                    c.in(c.normal(3, 4, 5)).with("axis", c.whole(-3, 2));
                    c.fixed(
                            c.one(
                                    List.of(
                                            Array.ints(0, 2, 1),
                                            Array.scalar(OnnxFile.INT64, -1),
                                            Array.ints(1, 2),
                                            new Array(
                                                    OnnxFile.INT64,
                                                    new long[] {2, 2},
                                                    new double[] {0, 2, 2, 1}))));
                });
        op(
                "GatherElements",
                c -> {
                    long[] shape = c.one(List.of(new long[] {2, 2}, new long[] {3, 4}));
                    double[] places = new double[(int) (shape[0] * shape[1])];
                    Arrays.setAll(places, i -> c.whole(-3, 2));
                    c.in(c.normal(3, 4)).with("axis", c.one(List.of(0, 1, -1)));
                    c.fixed(new Array(OnnxFile.INT64, shape, places));
                },
                11,
                13);
        op(
                "GatherND",
                c ->
                        c.in(c.normal(3, 4, 5))
                                .fixed(
                                        new Array(
                                                OnnxFile.INT64,
                                                new long[] {2, 2},
                                                new double[] {0, 2, 2, 1})));
        op(
                "GridSample",
                c -> {
                    c.in(c.normal(2, 3, 4, 5)).in(c.normal(2, 3, 2, 2));
                    c.with("mode", c.one(List.of("bilinear", "nearest")));
                    c.with("padding_mode", c.one(List.of("zeros", "border", "reflection")));
                    c.with("align_corners", c.whole(0, 1));
                },
                16);
        op(
                "AffineGrid",
                c -> {
                    c.in(c.normal(2, 2, 3));
                    int corners = c.whole(0, 1);
                    // Of one place with corners the standard divides by zero; PyTorch's is the
                    // middle.
                    double[] size = {2, 3, c.whole(1 + corners, 4), c.whole(2, 5)};
                    c.fixed(new Array(OnnxFile.INT64, new long[] {4}, size));
                    c.with("align_corners", corners);
                },
                20);
        op("EyeLike", c -> c.in(c.normal(c.each(2, 2, 5))).with("k", c.whole(-2, 2)), 9, 13);
        op(
                "ScatterND",
                c ->
                        c.in(c.normal(3, 4, 5))
                                .fixed(
                                        new Array(
                                                OnnxFile.INT64,
                                                new long[] {2, 2},
                                                new double[] {0, 2, 2, c.one(List.of(1, -1))}))
                                .in(c.normal(2, 5)),
                11,
                13);
        op(
                "ScatterElements",
                c ->
                        c.in(c.normal(3, 4))
                                .fixed(
                                        new Array(
                                                OnnxFile.INT64,
                                                new long[] {2, 2},
                                                new double[] {0, 2, 2, 1}))
                                .in(c.normal(2, 2))
                                .with("axis", c.one(List.of(0, 1, -1))),
                11,
                13);
        op(
                "Expand",
                c ->
                        c.in(c.normal(3, 1))
                                .fixed(
                                        c.one(
                                                List.of(
                                                        Array.ints(2, 1, 6),
                                                        Array.ints(3, 4),
                                                        Array.ints(1)))));
        op("Tile", c -> c.in(c.normal(2, 3, 2)).fixed(Array.ints(c.each(3, 1, 3))));
        op("Pad", OnnxOpsTest::pad, 7, 11, 13, 18, 19);
        op(
                "DepthToSpace",
                c ->
                        c.in(c.normal(2, 8, 3, 4))
                                .with("blocksize", 2)
                                .with("mode", c.flip() ? "DCR" : "CRD"));
        op(
                "Col2Im",
                c ->
                        c.in(c.normal(2, 12, 12))
                                .fixed(Array.ints(5, 6))
                                .fixed(Array.ints(2, 2))
                                .with("strides", new long[] {1, 2}),
                18);
        op(
                "MaxUnpool",
                c ->
                        c.in(c.normal(1, 2, 1, 3))
                                .fixed(
                                        new Array(
                                                OnnxFile.INT64,
                                                new long[] {1, 2, 1, 3},
                                                new double[] {0, 9, 5, 12, 15, 22}))
                                .with("kernel_shape", new long[] {2, 2})
                                .with("strides", new long[] {2, 2}),
                11);
        op("SpaceToDepth", c -> c.in(c.normal(2, 3, 4, 6)).with("blocksize", 2));
        op(
                "Trilu",
                c ->
                        c.in(c.normal(2, 4, 5))
                                .fixed(Array.scalar(OnnxFile.INT64, c.whole(-2, 2)))
                                .with("upper", c.whole(0, 1)));
        op("Resize", OnnxOpsTest::resize, 10, 11, 13, 18, 19);
        op(
                "Upsample",
                c ->
                        c.in(c.normal(1, 2, 3, 4))
                                .fixed(
                                        new Array(
                                                OnnxFile.FLOAT,
                                                new long[] {4},
                                                new double[] {1, 1, c.whole(1, 3), 2}))
                                .with("mode", c.one(List.of("nearest", "linear"))),
                9);
        op("LSTM", c -> recurrent(c, 4), 7, 14);
        op("GRU", c -> recurrent(c, 3), 7, 14);
        op("RNN", c -> recurrent(c, 1), 7, 14);
        op("Dropout", c -> c.in(c.normal(c.shape(3))), 7, 12, 13);
    }

    private static void convolution(Case c) {
        int axes = c.whole(1, 3);
        int groups = c.one(List.of(1, 1, 2, 4, 33));
        int in = groups * c.whole(1, 2);
        int out = groups * c.whole(1, 3);
        long[] kernel = c.each(axes, 1, 3);
        c.in(c.normal(c.image(axes, in)));
        long[] filter = new long[axes + 2];
        filter[0] = out;
        filter[1] = in / groups;
        System.arraycopy(kernel, 0, filter, 2, axes);
        c.fixed(c.normal(filter));
        if (c.flip()) {
            c.fixed(c.normal(out));
        }
        c.with("group", groups).with("kernel_shape", kernel);
        c.with(
                "strides",
                c.one(List.of(c.each(axes, 1, 1), c.each(axes, 1, 3), c.each(axes, 2, 2))));
        c.with(
                "dilations",
                c.one(List.of(c.each(axes, 1, 1), c.each(axes, 1, 2), c.each(axes, 2, 2))));
        padding(c, axes, kernel);
    }

    private static void padding(Case c, int axes, long[] kernel) {
        switch (c.whole(0, 3)) {
            case 0 -> c.with("auto_pad", c.one(List.of("SAME_UPPER", "SAME_LOWER", "VALID")));
            case 1 -> c.with("pads", c.each(2 * axes, 0, 1));
            case 2 -> {
                long[] pads = new long[2 * axes];
                for (int i = 0; i < axes; i++) {
                    pads[i] = kernel[i] / 2;
                    pads[i + axes] = kernel[i] / 2;
                }
                c.with("pads", pads);
            }
            default -> {}
        }
    }

    private static void transposed(Case c) {
        int axes = c.whole(1, 3);
        int groups = c.one(List.of(1, 1, 2, 33));
        int in = groups * c.whole(1, 3);
        long[] kernel = c.each(axes, 1, 3);
        c.in(c.normal(c.image(axes, in)));
        long[] filter = new long[axes + 2];
        filter[0] = in;
        filter[1] = c.whole(1, 3);
        System.arraycopy(kernel, 0, filter, 2, axes);
        c.fixed(c.normal(filter));
        if (c.flip()) {
            c.fixed(c.normal(filter[1] * groups));
        }
        long[] strides = c.each(axes, 1, 3);
        c.with("group", groups).with("kernel_shape", kernel).with("strides", strides);
        c.with("dilations", c.one(List.of(c.each(axes, 1, 1), c.each(axes, 1, 2))));
        if (c.flip()) {
            c.with("output_padding", LongStream.of(strides).map(s -> s - 1).toArray());
        }
        switch (c.whole(0, 2)) {
            case 0 -> c.with("pads", c.each(2 * axes, 0, 1));
            case 1 -> c.with("auto_pad", c.one(List.of("SAME_UPPER", "SAME_LOWER", "VALID")));
            default -> {}
        }
    }

    private static void pool(Case c, boolean max) {
        int axes = c.whole(1, 3);
        long[] kernel = c.each(axes, 2, 3);
        Array x = c.normal(c.image(axes, c.whole(1, 3)));
        c.in(x).with("kernel_shape", kernel).with("strides", c.each(axes, 1, 3));
        padding(c, axes, kernel);
        boolean free = !c.attributes.containsKey("auto_pad");
        if (c.opset >= 10 && free) {
            c.with("ceil_mode", c.whole(0, 1));
        }
        if (max && c.opset >= 10 && free && c.whole(0, 3) == 0) {
            c.with("dilations", c.each(axes, 1, 2));
        }
        if (!max) {
            // Before 19 ONNX Runtime counts what lies beyond the padding, unlike PyTorch.
            boolean counts =
                    c.opset >= 19 || !Integer.valueOf(1).equals(c.attributes.get("ceil_mode"));
            c.with("count_include_pad", counts ? c.whole(0, 1) : 0);
            if (c.opset >= 19 && c.whole(0, 2) == 0 && free) {
                c.with("dilations", c.each(axes, 1, 2));
            }
        }
    }

    private static void reduction(Case c) {
        c.in(c.normal(2, 3, 4, 2));
        boolean late = c.opset >= 18;
        if (c.whole(0, 4) > 0) {
            long[] axes =
                    c.one(
                            List.of(
                                    new long[] {2, 3},
                                    new long[] {1},
                                    new long[] {-1},
                                    new long[] {0, 2},
                                    new long[] {1, 2, 3}));
            boolean input = late || c.opset >= 13 && false;
            Case ok = input ? c.fixed(Array.ints(axes)) : c.with("axes", axes);
        }
        c.with("keepdims", c.whole(0, 1));
    }

    private static void slice(Case c) {
        c.in(c.normal(4, 5, 6));
        long[] starts = {c.whole(-4, 2), c.whole(0, 3)};
        long[] ends = {c.one(List.of(3L, 9L, -1L, Long.MAX_VALUE)), c.whole(4, 7)};
        long[] axes = {1, c.one(List.of(2L, -1L))};
        if (c.opset < 10) {
            c.with("starts", starts).with("ends", ends).with("axes", axes);
            return;
        }
        long[] steps = {1, c.one(List.of(1L, 2L))};
        if (c.whole(0, 3) == 0) {
            starts = new long[] {4, 5};
            ends = new long[] {-10, 1};
            steps = new long[] {-1, -2};
        }
        c.fixed(Array.ints(starts))
                .fixed(Array.ints(ends))
                .fixed(Array.ints(axes))
                .fixed(Array.ints(steps));
    }

    private static void pad(Case c) {
        c.in(c.normal(1, 2, 5, 6));
        long[] pads = {
            0, 0, c.whole(-1, 3), c.whole(0, 3), 0, c.whole(0, 1), c.whole(-1, 3), c.whole(0, 3)
        };
        List<String> modes =
                c.opset >= 19
                        ? List.of("constant", "reflect", "edge", "wrap")
                        : List.of("constant", "reflect", "edge");
        String mode = c.one(modes);
        c.with("mode", mode);
        if (mode.equals("reflect")) {
            pads[5] = 0;
        }
        if (!mode.equals("constant")) {
            pads[2] = Math.max(0, pads[2]);
            pads[6] = Math.max(0, pads[6]);
        }
        if (c.opset < 11) {
            c.with("pads", pads).with("value", 0.5f);
            return;
        }
        c.fixed(Array.ints(pads));
        if (mode.equals("constant") && c.flip()) {
            c.fixed(Array.scalar(OnnxFile.FLOAT, c.whole(-1, 1)));
        }
    }

    private static void resize(Case c) {
        int axes = c.whole(1, 3);
        long[] shape = c.image(axes, 2);
        c.in(c.normal(shape));
        String mode =
                c.one(
                        axes == 2
                                ? List.of("nearest", "linear", "cubic")
                                : List.of("nearest", "linear"));
        c.with("mode", mode);
        double[] scales = new double[axes + 2];
        Arrays.fill(scales, 1);
        for (int i = 2; i < scales.length; i++) {
            scales[i] = c.one(List.of(2.0, 3.0, 1.5, 0.6, 1.0));
        }
        Array given = new Array(OnnxFile.FLOAT, new long[] {scales.length}, scales);
        if (c.opset < 11) {
            c.fixed(given).with("mode", mode.equals("cubic") ? "nearest" : mode);
            return;
        }
        c.with(
                "coordinate_transformation_mode",
                c.one(
                        c.opset >= 19
                                ? List.of(
                                        "half_pixel",
                                        "pytorch_half_pixel",
                                        "align_corners",
                                        "asymmetric",
                                        "half_pixel_symmetric")
                                : List.of(
                                        "half_pixel",
                                        "pytorch_half_pixel",
                                        "align_corners",
                                        "asymmetric")));
        if (mode.equals("nearest")) {
            c.with(
                    "nearest_mode",
                    c.one(List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")));
        }
        if (mode.equals("cubic") && c.flip()) {
            c.with("cubic_coeff_a", -0.5f).with("exclude_outside", c.whole(0, 1));
        }
        if (c.opset >= 18 && !mode.equals("nearest") && axes == 2 && c.whole(0, 2) == 0) {
            c.with("antialias", 1).with("coordinate_transformation_mode", "half_pixel");
        }
        boolean sizes = c.flip();
        c.none();
        if (!sizes) {
            c.fixed(given);
            return;
        }
        c.none();
        long[] wanted = shape.clone();
        for (int i = 2; i < wanted.length; i++) {
            wanted[i] = c.whole(2, 12);
        }
        c.fixed(Array.ints(wanted));
    }

    private static void recurrent(Case c, int gates) {
        int steps = c.whole(1, 4);
        int batch = c.whole(1, 2);
        int in = 3;
        int hidden = c.whole(1, 4);
        String direction = c.one(List.of("forward", "reverse", "bidirectional"));
        int d = direction.equals("bidirectional") ? 2 : 1;
        c.in(c.normal(steps, batch, in));
        c.fixed(c.normal(d, (long) gates * hidden, in))
                .fixed(c.normal(d, (long) gates * hidden, hidden));
        if (c.flip()) {
            c.fixed(c.normal(d, 2L * gates * hidden));
            if (c.flip()) {
                c.none().fixed(c.normal(d, batch, hidden));
                if (gates == 4) {
                    c.fixed(c.normal(d, batch, hidden));
                }
            }
        }
        c.with("hidden_size", hidden).with("direction", direction);
        if (gates == 3) {
            c.with("linear_before_reset", c.whole(0, 1));
        }
        c.outputs = gates == 4 ? 3 : 2;
    }

    /** Ops that are folded or unrolled, or give two types of results: tested by networks. */
    private static final List<String> ELSEWHERE =
            List.of(
                    "And",
                    "Attention",
                    "Cast",
                    "CastLike",
                    "Constant",
                    "ConstantOfShape",
                    "If",
                    "IsInf",
                    "IsNaN",
                    "Loop",
                    "Mod",
                    "Not",
                    "OneHot",
                    "Or",
                    "RMSNormalization",
                    "Range",
                    "Scan",
                    "Shape",
                    "Size",
                    "Swish",
                    "TopK",
                    "Xor");

    @Test
    void everyOpOfTheTableIsTested() {
        TreeSet<String> untested = new TreeSet<>(OnnxOps.TABLE.keySet());
        untested.removeAll(MAKERS.keySet());
        untested.removeAll(ELSEWHERE);
        assertEquals(new TreeSet<>(), untested);
    }

    @Test
    void aFewCasesOfEachOpAreThoseOfOnnxRuntime(@TempDir Path folder) throws Exception {
        compare(folder, 1, 7);
    }

    @Tag("long")
    @Test
    void manyCasesOfEachOpAreThoseOfOnnxRuntime(@TempDir Path folder) throws Exception {
        int run = compare(folder, 10, 1);
        assertTrue(run >= 600, run + " cases");
    }

    private static int compare(Path folder, int rounds, int seed) throws Exception {
        List<String> wrong = new ArrayList<>();
        int run = 0;
        for (String op : MAKERS.keySet()) {
            boolean rich =
                    List.of("Conv", "ConvTranspose", "MaxPool", "AveragePool", "Resize", "Pad")
                            .contains(op);
            int wanted = rich ? 3 * rounds : rounds;
            Random random = new Random(seed * 1000L + op.hashCode());
            for (int k = 0, draws = 0; k < wanted && draws < 20 * wanted; draws++) {
                long[] opsets = OPSETS.get(op);
                Case c = new Case(random, opsets[random.nextInt(opsets.length)]);
                MAKERS.get(op).make(c);
                List<String> outputs = new ArrayList<>();
                for (int i = 0; i < c.outputs; i++) {
                    outputs.add("out" + i);
                    c.file.output("out" + i, c.type);
                }
                c.file.node(op, c.names, outputs, c.attributes);
                List<Array> expected;
                try {
                    expected = Both.byOnnxRuntime(c.file, outputs);
                } catch (ai.onnxruntime.OrtException e) {
                    continue;
                }
                if (expected.stream()
                        .anyMatch(a -> LongStream.of(a.shape()).anyMatch(n -> n < 1))) {
                    continue;
                }
                k++;
                run++;
                String difference = difference(c, outputs, expected, folder, run);
                if (!difference.isEmpty()) {
                    wrong.add(op + " opset " + c.opset + " " + text(c) + ": " + difference);
                }
            }
        }
        assertEquals("", String.join("\n", wrong), wrong.size() + " of " + run);
        return run;
    }

    private static String difference(
            Case c, List<String> outputs, List<Array> expected, Path folder, int run)
            throws Exception {
        List<Array> found;
        try {
            Path own =
                    Files.createDirectory(folder.resolve("case" + System.nanoTime() + "-" + run));
            found = Both.imported(c.file, outputs, own);
        } catch (RuntimeException e) {
            return e.toString();
        }
        for (int i = 0; i < found.size(); i++) {
            Array a = expected.get(i);
            Array b = found.get(i);
            if (!Arrays.equals(flat(a.shape()), flat(b.shape()))) {
                return Arrays.toString(b.shape()) + " instead of " + Arrays.toString(a.shape());
            }
            double scale = Math.max(1, Arrays.stream(a.numbers()).map(Math::abs).max().orElse(1));
            for (int j = 0; j < a.numbers().length; j++) {
                double off = Math.abs(a.numbers()[j] - b.numbers()[j]) / scale;
                if (!(off <= TOLERANCE)) {
                    return "element "
                            + j
                            + " of "
                            + Arrays.toString(a.shape())
                            + ": "
                            + b.numbers()[j]
                            + " instead of "
                            + a.numbers()[j];
                }
            }
        }
        return "";
    }

    /** Scores are given without axes of extent 1 behind them. */
    private static long[] flat(long[] shape) {
        boolean scores = shape.length > 2 && Arrays.stream(shape).skip(2).allMatch(n -> n == 1);
        return scores ? Arrays.copyOf(shape, 2) : shape;
    }

    private static String text(Case c) {
        StringBuilder text = new StringBuilder();
        c.attributes.forEach(
                (name, value) ->
                        text.append(name)
                                .append('=')
                                .append(value instanceof long[] v ? Arrays.toString(v) : value)
                                .append(' '));
        Function<Array, String> shape = a -> Arrays.toString(a.shape());
        c.file.inputs().values().forEach(a -> text.append(shape.apply(a)));
        return text.toString();
    }
}
