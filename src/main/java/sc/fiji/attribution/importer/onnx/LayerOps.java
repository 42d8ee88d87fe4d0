/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static java.util.Map.entry;
import static sc.fiji.attribution.importer.onnx.Call.like;
import static sc.fiji.attribution.importer.onnx.ElementOps.f;
import static sc.fiji.attribution.importer.onnx.OnnxOps.one;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Convolutions;
import sc.fiji.attribution.importer.network.Normalisations;
import sc.fiji.attribution.importer.network.Patches;
import sc.fiji.attribution.importer.network.Pooling;
import sc.fiji.attribution.importer.network.Products;
import sc.fiji.attribution.importer.network.Reductions;
import sc.fiji.attribution.importer.network.Shaping;
import sc.fiji.attribution.importer.network.Unpooling;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.network.Window;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Convolutions, pooling, normalisations, products and reductions. */
final class LayerOps {

    static final Map<String, Rule> TABLE = table();

    private LayerOps() {}

    private static Map<String, Rule> table() {
        Map<String, Rule> table = new HashMap<>();
        table.put("Conv", one(LayerOps::convolution));
        table.put("ConvTranspose", one(LayerOps::transposed));
        table.put("MaxPool", LayerOps::maxPool);
        table.put("MaxUnpool", one(LayerOps::unpooled));
        table.put("Col2Im", one(LayerOps::image));
        table.put("AveragePool", one(LayerOps::averagePool));
        table.put("LpPool", one(LayerOps::lpPool));
        table.put("GlobalAveragePool", one(c -> global(c, "Mean", c.in(0))));
        table.put("GlobalMaxPool", one(c -> global(c, "Max", c.in(0))));
        table.put("BatchNormalization", one(LayerOps::batchNormalisation));
        table.put(
                "InstanceNormalization",
                one(
                        c ->
                                Normalisations.instance(
                                        c.b(),
                                        c.in(0),
                                        c.in(1),
                                        c.in(2),
                                        c.number("epsilon", 1e-5))));
        table.put("LayerNormalization", one(LayerOps::layerNormalisation));
        table.put("GroupNormalization", one(LayerOps::groupNormalisation));
        table.put("RMSNormalization", one(LayerOps::rootMeanSquare));
        table.put("MeanVarianceNormalization", one(LayerOps::standardised));
        table.put("LpNormalization", one(LayerOps::unit));
        table.put(
                "LRN",
                one(
                        c ->
                                Normalisations.localResponse(
                                        c.b(),
                                        c.in(0),
                                        (int) c.integer("size", 1),
                                        c.number("alpha", 1e-4),
                                        c.number("beta", 0.75),
                                        c.number("bias", 1))));
        table.put("Softmax", one(c -> softmax(c, "Softmax")));
        table.put("LogSoftmax", one(c -> softmax(c, "LogSoftmax")));
        table.put("Gemm", one(LayerOps::gemm));
        table.put("MatMul", one(c -> Products.matmul(c.b(), c.in(0), c.in(1))));
        table.put("Einsum", one(c -> Products.einsum(c.b(), c.text("equation", ""), c.inputs())));
        table.put("Attention", one(AttentionOp::attention));
        table.put("CumSum", one(LayerOps::cumulative));
        table.put("ArgMax", one(c -> arg(c, "ArgMax")));
        table.put("ArgMin", one(c -> arg(c, "ArgMin")));
        reductions().forEach((op, rule) -> table.put("Reduce" + op, one(rule::apply)));
        return table;
    }

    private interface Formula {
        Value apply(Call c);
    }

    private static Map<String, Formula> reductions() {
        return Map.ofEntries(
                entry("Mean", c -> reduced(c, "Mean", c.in(0))),
                entry("Sum", c -> reduced(c, "Sum", c.in(0))),
                entry("Max", c -> reduced(c, "Max", c.in(0))),
                entry("Min", c -> reduced(c, "Min", c.in(0))),
                entry("Prod", c -> reduced(c, "Prod", c.in(0))),
                entry("L1", c -> reduced(c, "Sum", f(c, "Abs", c.in(0)))),
                entry("L2", c -> f(c, "Sqrt", reduced(c, "Sum", f(c, "Square", c.in(0))))),
                entry("SumSquare", c -> reduced(c, "Sum", f(c, "Square", c.in(0)))),
                entry("LogSum", c -> f(c, "Log", reduced(c, "Sum", c.in(0)))),
                entry("LogSumExp", LayerOps::logSumExp));
    }

    private static Value reduced(Call c, String op, Value x) {
        return reduced(c, x, (axes, keep) -> Reductions.reduce(c.b(), op, x, axes, keep));
    }

    private static Value logSumExp(Call c) {
        Value x = c.in(0);
        return reduced(c, x, (axes, keep) -> Reductions.logSumExp(c.b(), x, axes, keep));
    }

    private static Value reduced(Call c, Value x, BiFunction<long[], Boolean, Value> reduction) {
        long[] axes = c.integersOf("axes", 1).orElse(new long[0]);
        return axes.length == 0 && c.flag("noop_with_empty_axes", false)
                ? x
                : reduction.apply(axes, c.flag("keepdims", true));
    }

    private static Value arg(Call c, String op) {
        if (c.flag("select_last_index", false)) {
            throw c.refuse("select_last_index is not supported");
        }
        int axis = c.axis(c.integer("axis", 0), c.in(0).rank());
        return Reductions.arg(c.b(), op, c.in(0), axis, c.flag("keepdims", true));
    }

    private static int[] space(Value x) {
        return Arrays.copyOfRange(x.shape(), 2, x.rank());
    }

    /** The window of a convolution or pooling, with its padding. */
    private static Window window(Call c, Value x, int[] size) {
        int axes = x.rank() - 2;
        int[] ones = IntStream.generate(() -> 1).limit(axes).toArray();
        int[] pads = c.ints("pads", new int[2 * axes]);
        int[] strides = c.ints("strides", ones);
        int[] dilations = c.ints("dilations", ones);
        boolean fits =
                axes >= 1
                        && axes <= 3
                        && size.length == axes
                        && strides.length == axes
                        && dilations.length == axes
                        && pads.length == 2 * axes;
        if (!fits
                || Arrays.stream(strides).anyMatch(s -> s < 1)
                || Arrays.stream(size).anyMatch(s -> s < 1)
                || Arrays.stream(dilations).anyMatch(d -> d < 1)) {
            throw c.refuse("its window does not fit an image of " + axes + " axes of space");
        }
        Window window =
                new Window(
                        size,
                        strides,
                        dilations,
                        Arrays.copyOf(pads, axes),
                        Arrays.copyOfRange(pads, axes, 2 * axes));
        String auto = c.text("auto_pad", "NOTSET");
        return switch (auto) {
            case "NOTSET", "" -> window;
            case "VALID" -> window.withPadding(new int[axes], new int[axes]);
            case "SAME_UPPER", "SAME_LOWER" -> {
                if (window.sameIsOpen(space(x))) {
                    throw c.refuse(
                            "its padding depends on the image's extents, which are left open:"
                                    + " export the model with a fixed size");
                }
                yield window.same(space(x), auto.equals("SAME_LOWER"));
            }
            default -> throw c.refuse("auto_pad " + auto + " is not known");
        };
    }

    private static int[] kernel(Call c, Value filter) {
        return c.ints("kernel_shape", space(filter));
    }

    private static Value convolution(Call c) {
        Value x = c.in(0);
        Value filter = c.in(1);
        Window window = window(c, x, kernel(c, filter));
        if (filter.rank() != x.rank() || !Arrays.equals(window.size(), space(filter))) {
            throw c.refuse("its filter does not fit its kernel_shape");
        }
        int groups = Math.toIntExact(c.integer("group", 1));
        if (groups < 1) {
            throw c.refuse("its number of groups is " + groups);
        }
        return Convolutions.convolve(c.b(), x, filter, c.given(2), window, groups);
    }

    private static Value transposed(Call c) {
        Value x = c.in(0);
        Value filter = c.in(1);
        int[] size = kernel(c, filter);
        int axes = x.rank() - 2;
        int[] more = c.ints("output_padding", new int[axes]);
        boolean same = c.text("auto_pad", "NOTSET").startsWith("SAME");
        int[] wanted = c.ints("output_shape");
        int[] strides = c.ints("strides", IntStream.generate(() -> 1).limit(axes).toArray());
        int[] dilations = c.ints("dilations", IntStream.generate(() -> 1).limit(axes).toArray());
        Window window;
        if (same || wanted.length > 0) {
            int[] before = new int[axes];
            int[] after = new int[axes];
            for (int i = 0; i < axes; i++) {
                int n = x.extent(i + 2);
                if (n < 0) {
                    throw c.refuse("its padding depends on extents that are left open");
                }
                int out = wanted.length > 0 ? wanted[wanted.length - axes + i] : n * strides[i];
                int reach = (size[i] - 1) * dilations[i] + 1;
                int total = Math.max(0, strides[i] * (n - 1) + more[i] + reach - out);
                boolean upper = c.text("auto_pad", "NOTSET").equals("SAME_UPPER");
                before[i] = upper ? total / 2 : total - total / 2;
                after[i] = total - before[i];
            }
            window = new Window(size, strides, dilations, before, after);
        } else {
            window = window(c, x, size);
        }
        int groups = Math.toIntExact(c.integer("group", 1));
        return Convolutions.transposed(c.b(), x, filter, c.given(2), window, more, groups);
    }

    private static List<Value> maxPool(Call c) {
        Value x = c.in(0);
        Window window = window(c, x, c.ints("kernel_shape"));
        boolean ceil = c.flag("ceil_mode", false);
        Value largest = Pooling.max(c.b(), x, window, ceil);
        boolean asked = c.node().outputs().size() > 1 && !c.node().outputs().get(1).isEmpty();
        if (!asked) {
            return List.of(largest);
        }
        if (x.rank() == 3 || !x.isKnown(1) || c.flag("storage_order", false)) {
            throw c.refuse("where its largest elements are: export it with a fixed size");
        }
        // The standard counts over all images and channels.
        Value places = Unpooling.places(c.b(), x, window, ceil);
        Value bases = Unpooling.bases(c.b(), x, elements(x));
        return List.of(largest, f(c, "AddV2", places, bases));
    }

    private static long elements(Value x) {
        return Arrays.stream(space(x)).asLongStream().reduce(1, Math::multiplyExact);
    }

    private static Value unpooled(Call c) {
        Value x = c.in(0);
        int[] size = new int[x.rank() - 2];
        Optional<long[]> wanted = c.given(2).map(v -> c.b().longs(v, "its size"));
        Window window = window(c, x, c.ints("kernel_shape"));
        for (int i = 0; i < size.length; i++) {
            int padding = window.before()[i] + window.after()[i];
            size[i] =
                    wanted.isPresent()
                            ? Math.toIntExact(wanted.get()[i + 2])
                            : (x.extent(i + 2) - 1) * window.strides()[i]
                                    - padding
                                    + window.size()[i];
        }
        if (!x.isKnown(1)) {
            throw c.refuse("it fills an image of open extents: export it with a fixed size");
        }
        long elements = Arrays.stream(size).asLongStream().reduce(1, Math::multiplyExact);
        Value places = f(c, "Sub", c.in(1), Unpooling.bases(c.b(), x, elements));
        return Unpooling.back(c.b(), x, places, size);
    }

    private static Value image(Call c) {
        int[] image =
                Arrays.stream(c.b().longs(c.in(1), "its size"))
                        .mapToInt(Math::toIntExact)
                        .toArray();
        int[] block =
                Arrays.stream(c.b().longs(c.in(2), "its block"))
                        .mapToInt(Math::toIntExact)
                        .toArray();
        int[] ones = IntStream.generate(() -> 1).limit(image.length).toArray();
        int[] pads = c.ints("pads", new int[2 * image.length]);
        Window window =
                new Window(
                        block,
                        c.ints("strides", ones),
                        c.ints("dilations", ones),
                        Arrays.copyOf(pads, image.length),
                        Arrays.copyOfRange(pads, image.length, pads.length));
        return Patches.image(c.b(), c.in(0), window, image);
    }

    private static Value averagePool(Call c) {
        Window window = window(c, c.in(0), c.ints("kernel_shape"));
        return Pooling.mean(
                c.b(),
                c.in(0),
                window,
                c.flag("ceil_mode", false),
                c.flag("count_include_pad", false));
    }

    /** (Σ |x|ᵖ)^(1/p) from the mean over the window, zeros in the padding counted. */
    private static Value lpPool(Call c) {
        double p = c.integer("p", 2);
        Value x = c.in(0);
        Window window = window(c, x, c.ints("kernel_shape"));
        if (c.flag("ceil_mode", false)) {
            throw c.refuse("ceil_mode is not supported");
        }
        double size = Arrays.stream(window.size()).asDoubleStream().reduce(1, (a, b) -> a * b);
        Value powers = f(c, "Pow", f(c, "Abs", x), like(x, p));
        Value mean = Pooling.mean(c.b(), powers, window, false, true);
        return f(c, "Pow", f(c, "Mul", mean, like(x, size)), like(x, 1 / p));
    }

    private static Value global(Call c, String op, Value x) {
        long[] axes = IntStream.range(2, x.rank()).asLongStream().toArray();
        return Reductions.reduce(c.b(), op, x, axes, true);
    }

    private static Value batchNormalisation(Call c) {
        double epsilon = c.number("epsilon", 1e-5);
        boolean training = c.flag("training_mode", false);
        if (training && !c.b().isOfInput(c.in(0))) {
            return Normalisations.ofWeights(c.b(), c.in(0), c.in(1), c.in(2), epsilon);
        }
        if (training || c.has("spatial") && !c.flag("spatial", true)) {
            throw c.refuse(
                    "it normalises by the batch: export the model for inference, model.eval()");
        }
        return Normalisations.batch(c.b(), c.in(0), c.in(1), c.in(2), c.in(3), c.in(4), epsilon);
    }

    private static Value layerNormalisation(Call c) {
        int from = c.axis(c.integer("axis", -1), c.in(0).rank());
        double epsilon = c.number("epsilon", 1e-5);
        return Normalisations.layer(c.b(), c.in(0), from, c.given(1), c.given(2), epsilon);
    }

    private static Value rootMeanSquare(Call c) {
        int from = c.axis(c.integer("axis", -1), c.in(0).rank());
        double epsilon = c.number("epsilon", 1e-5);
        return Normalisations.rootMeanSquare(c.b(), c.in(0), from, c.in(1), epsilon);
    }

    /** Until opset 20 a scale for each group, since 21 one for each channel. */
    private static Value groupNormalisation(Call c) {
        Value x = c.in(0);
        int groups = Math.toIntExact(c.integer("num_groups", 1));
        Value scale = spread(c, c.in(1), x.extent(1), groups);
        Value offset = spread(c, c.in(2), x.extent(1), groups);
        return Normalisations.group(c.b(), x, groups, scale, offset, c.number("epsilon", 1e-5));
    }

    private static Value spread(Call c, Value each, int channels, int groups) {
        if (each.extent(0) == channels) {
            return each;
        }
        Value column = Shaping.unsqueeze(c.b(), c.b().known(each), 1);
        Value wide = Shaping.expand(c.b(), column, Value.ints(groups, channels / groups));
        return Shaping.reshape(c.b(), wide, Value.ints(channels));
    }

    private static Value standardised(Call c) {
        return Normalisations.moments(c.b(), c.in(0), c.integers("axes", 0, 2, 3), 1e-9);
    }

    private static Value unit(Call c) {
        Value x = c.in(0);
        long[] axis = {c.integer("axis", -1)};
        boolean sum = c.integer("p", 2) == 1;
        Value powers = f(c, sum ? "Abs" : "Square", x);
        Value total = Reductions.reduce(c.b(), "Sum", powers, axis, true);
        return f(c, "RealDiv", x, sum ? total : f(c, "Sqrt", total));
    }

    /** Until opset 12 over all axes from one on. */
    private static Value softmax(Call c, String op) {
        Value x = c.in(0);
        int rank = x.rank();
        int axis = c.axis(c.integer("axis", c.opset() < 13 ? 1 : -1), rank);
        boolean alone = IntStream.range(axis + 1, rank).allMatch(i -> x.extent(i) == 1);
        if (c.opset() >= 13 || alone) {
            return Reductions.softmax(c.b(), op, x, axis);
        }
        long rest = 1;
        for (int i = axis; i < rank; i++) {
            if (x.extent(i) < 0) {
                throw c.refuse("it closes over extents that are left open");
            }
            rest *= x.extent(i);
        }
        Value flat = Shaping.reshape(c.b(), x, Value.ints(-1, rest));
        Value y = Reductions.softmax(c.b(), op, flat, 1);
        return Shaping.reshape(c.b(), y, Shaping.shape(c.b(), x));
    }

    /** α·A·B + β·C, either matrix transposed. */
    private static Value gemm(Call c) {
        Value a = c.in(0);
        Value w = c.in(1);
        a = c.flag("transA", false) ? Shaping.transpose(c.b(), a, 1, 0) : a;
        w = c.flag("transB", false) ? Shaping.transpose(c.b(), w, 1, 0) : w;
        double alpha = c.number("alpha", 1);
        double beta = c.number("beta", 1);
        Value x = alpha == 1 ? a : f(c, "Mul", a, like(a, alpha));
        Optional<Value> bias =
                c.given(2)
                        .filter(v -> beta != 0)
                        .map(v -> beta == 1 ? v : f(c, "Mul", v, like(v, beta)));
        return Products.dense(c.b(), x, w, bias.map(v -> vector(c, v)));
    }

    /** A row that is added to all rows is a vector. */
    private static Value vector(Call c, Value bias) {
        boolean row = bias.rank() == 2 && bias.extent(0) == 1 && bias.extent(1) > 1;
        return row ? Shaping.reshape(c.b(), bias, Value.ints(bias.extent(1))) : bias;
    }

    private static Value cumulative(Call c) {
        Value x = c.in(0);
        int axis = c.axis((long) c.scalar(c.in(1), "its axis"), x.rank());
        Output y =
                c.b().ops()
                        .emit(
                                "Cumsum",
                                List.of(c.b().output(x), c.b().ops().scalar(axis)),
                                "exclusive",
                                c.flag("exclusive", false),
                                "reverse",
                                c.flag("reverse", false));
        return Value.of(y, x.type(), x.shape());
    }
}
