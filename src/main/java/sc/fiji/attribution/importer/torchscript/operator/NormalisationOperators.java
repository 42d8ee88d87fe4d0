/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.None;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.Symbols;

/** Batch, layer, instance and group normalisation. */
final class NormalisationOperators {

    private final TensorOperators all;
    private final Emission g;

    NormalisationOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        NormalisationOperators each = new NormalisationOperators(all);
        all.add(
                "batch_norm(x, weight, bias, mean, var, training, momentum=0.1, eps=1e-05,"
                        + " cudnn=False)",
                each::batch);
        all.add(
                "layer_norm(x, shape, weight=None, bias=None, eps=1e-05, cudnn=False)",
                each::layer);
        all.table()
                .add(
                        "native_layer_norm(x, shape, weight, bias, eps)",
                        a -> Tuple.of(new ScriptTensor(each.layer(a)), None.NONE, None.NONE));
        all.add("rms_norm(x, shape, weight=None, eps=None)", each::rootMeanSquare);
        all.add(
                "instance_norm(x, weight, bias, mean, var, use_input_stats, momentum=0.1,"
                        + " eps=1e-05, cudnn=False)",
                each::instance);
        all.add(
                "group_norm(x, groups, weight=None, bias=None, eps=1e-05, cudnn=False)",
                each::group);
        all.add("_weight_norm(x, length, dim=0)", each::weight);
        all.table().alias("_weight_norm", "weight_norm");
        all.add("local_response_norm(x, size, alpha=0.0001, beta=0.75, k=1.0)", each::response);
    }

    /** A filter given as direction and length, of each slice along an axis. */
    private Value weight(Arguments a) {
        Value x = all.tensor(a, "x");
        int axis = a.whole("dim") < 0 ? -1 : a.axis("dim", x.rank());
        int[] axes = IntStream.range(0, x.rank()).filter(i -> i != axis).toArray();
        Value square = g.reduce("Sum", g.unary("Square", x), axes, true);
        return g.mul(x, g.div(all.tensor(a, "length"), g.unary("Sqrt", square)));
    }

    private Value optional(Arguments a, String name) {
        return a.isNone(name) ? null : g.floating(all.tensor(a, name));
    }

    private Value batch(Arguments a) {
        if (a.flag("training") || a.isNone("mean") || a.isNone("var")) {
            return statistics(a, true);
        }
        Value x = g.floating(all.tensor(a, "x"));
        return normalised(x, all.tensor(a, "mean"), all.tensor(a, "var"), a, true);
    }

    /**
     * With the statistics of the image itself.
     *
     * @param batch whether with those of the whole batch, as weights are standardised
     */
    private Value statistics(Arguments a, boolean batch) {
        Value x = g.floating(all.tensor(a, "x"));
        if (batch && g.builder().isOfInput(x)) {
            throw a.refuse(
                    "training=True, where each image depends on its batch: export the model after"
                            + " model.eval()");
        }
        int[] axes = IntStream.range(0, x.rank()).filter(i -> i > 1 || batch && i < 1).toArray();
        return scaled(
                centred(x, axes, a.number("eps")), optional(a, "weight"), optional(a, "bias"));
    }

    private Value instance(Arguments a) {
        if (a.flag("use_input_stats")) {
            return statistics(a, false);
        }
        Value x = g.floating(all.tensor(a, "x"));
        return normalised(x, all.tensor(a, "mean"), all.tensor(a, "var"), a, true);
    }

    /** By known statistics of each channel. */
    private Value normalised(Value x, Value mean, Value variance, Arguments a, boolean fused) {
        Value weight = optional(a, "weight");
        Value bias = optional(a, "bias");
        int channels = Symbols.same(x.shape()[1], mean.extent(0));
        Value scale = weight != null ? weight : filled(1, channels);
        Value offset = bias != null ? bias : filled(0, channels);
        if (x.rank() == 4 || x.rank() == 5) {
            sc.fiji.attribution.graph.ir.Output out =
                    g.builder()
                            .ops()
                            .emit(
                                    "FusedBatchNormV3",
                                    List.of(
                                            g.builder().outputLast(x),
                                            g.out(scale),
                                            g.out(offset),
                                            g.out(g.floating(mean)),
                                            g.out(g.floating(variance))),
                                    "epsilon",
                                    (float) a.number("eps"),
                                    "is_training",
                                    false,
                                    "data_format",
                                    x.rank() == 4 ? "NHWC" : "NDHWC");
            return Value.last(out, x.type(), x.shape());
        }
        Value deviation = g.unary("Rsqrt", g.add(g.floating(variance), a.number("eps")));
        Value factor = g.mul(scale, deviation);
        Value summand = g.sub(offset, g.mul(g.floating(mean), factor));
        return scaled(x, factor, summand);
    }

    private Value filled(double value, int count) {
        double[] values = new double[count];
        Arrays.fill(values, value);
        return g.floats(values, count);
    }

    /** Times a factor and plus a summand of each channel, where there are such. */
    private Value scaled(Value x, Value factor, Value summand) {
        Value product = factor == null ? x : g.mul(x, perChannel(factor, x.rank()));
        return summand == null ? product : g.add(product, perChannel(summand, x.rank()));
    }

    private Value perChannel(Value values, int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[1] = values.extent(0);
        return g.reshape(values, shape);
    }

    private Value centred(Value x, int[] axes, double eps) {
        Value off = g.sub(x, g.mean(x, axes, true));
        Value variance = g.mean(g.unary("Square", off), axes, true);
        return g.mul(off, g.unary("Rsqrt", g.add(variance, eps)));
    }

    private Value layer(Arguments a) {
        Value x = normalised(a);
        return layer(x, a.list("shape").size(), optional(a, "weight"), optional(a, "bias"), a);
    }

    /** What is normalised has the extents that the layer was made for; none is repeated. */
    private Value normalised(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        List<?> shape = a.list("shape");
        int first = x.rank() - shape.size();
        for (int i = 0; i < shape.size(); i++) {
            Symbols.same(x.shape()[first + i], g.symbols().of(shape.get(i)));
        }
        return x;
    }

    /** Over the last axes, as many as count; weight and bias may be null. */
    Value layer(Value x, int count, Value weight, Value bias, Arguments a) {
        Value result =
                centred(x, IntStream.range(x.rank() - count, x.rank()).toArray(), a.number("eps"));
        result = weight == null ? result : g.mul(result, weight);
        return bias == null ? result : g.add(result, bias);
    }

    private Value rootMeanSquare(Arguments a) {
        Value x = normalised(a);
        int count = a.list("shape").size();
        int[] axes = IntStream.range(x.rank() - count, x.rank()).toArray();
        Value square = g.mean(g.unary("Square", x), axes, true);
        Value result = g.mul(x, g.unary("Rsqrt", g.add(square, a.number("eps", Math.ulp(1f)))));
        Value weight = optional(a, "weight");
        return weight == null ? result : g.mul(result, weight);
    }

    private Value group(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        long groups = a.whole("groups");
        List<Object> shape = g.extents(x);
        if (x.shape()[1] == groups) {
            return scaled(
                    centred(x, ReductionOperators.spatial(x), a.number("eps")),
                    optional(a, "weight"),
                    optional(a, "bias"));
        }
        List<Object> split = new java.util.ArrayList<>(shape);
        split.set(1, x.shape()[1] / groups);
        split.add(1, groups);
        Value grouped = g.reshape(x, split);
        Value normal =
                centred(grouped, IntStream.range(2, grouped.rank()).toArray(), a.number("eps"));
        return scaled(g.reshape(normal, shape), optional(a, "weight"), optional(a, "bias"));
    }

    /** By the sum of the squares of neighbouring channels. */
    private Value response(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        int size = Math.toIntExact(a.whole("size"));
        int[] before = new int[x.rank()];
        int[] after = new int[x.rank()];
        before[1] = size / 2;
        after[1] = (size - 1) / 2;
        Value squares = g.pad(g.unary("Square", x), before, after, 0);
        Value sum = null;
        for (long i = 0; i < size; i++) {
            Value part = g.slice(squares, 1, i, g.extent(x, 1));
            sum = sum == null ? part : g.add(sum, part);
        }
        Value base = g.add(g.mul(sum, a.number("alpha") / size), a.number("k"));
        return g.div(x, g.binary("Pow", base, g.number(a.number("beta"), x.type())));
    }
}
