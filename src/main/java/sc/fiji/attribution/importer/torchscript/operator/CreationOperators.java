/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.Size;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Operators that make tensors of numbers. */
final class CreationOperators {

    private static final String OPTIONS =
            ", dtype=None, layout=None, device=None, pin_memory=None, memory_format=None";

    /** Most numbers of a tensor that code makes. */
    private static final int LARGEST = 1 << 20;

    private final TensorOperators all;
    private final Emission g;

    private CreationOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        CreationOperators make = new CreationOperators(all);
        all.add("zeros(size" + OPTIONS + ")", a -> make.filled(a, 0, DataType.DT_FLOAT));
        all.add("ones(size" + OPTIONS + ")", a -> make.filled(a, 1, DataType.DT_FLOAT));
        all.add(
                "full(size, value" + OPTIONS + ")",
                a ->
                        make.filled(
                                a,
                                a.number("value"),
                                a.value("value") instanceof Double
                                        ? DataType.DT_FLOAT
                                        : DataType.DT_INT64));
        all.add("empty(size" + OPTIONS + ")", a -> make.filled(a, 0, DataType.DT_FLOAT));
        all.add("new_zeros(x, size" + OPTIONS + ")", a -> make.filled(a, 0, make.like(a)));
        all.add("new_ones(x, size" + OPTIONS + ")", a -> make.filled(a, 1, make.like(a)));
        all.add("new_empty(x, size" + OPTIONS + ")", a -> make.filled(a, 0, make.like(a)));
        all.add(
                "new_full(x, size, value" + OPTIONS + ")",
                a -> make.filled(a, a.number("value"), make.like(a)));
        all.add("zeros_like(x" + OPTIONS + ")", a -> make.same(a, 0));
        all.add("empty_like(x" + OPTIONS + ")", a -> make.same(a, 0));
        all.add("ones_like(x" + OPTIONS + ")", a -> make.same(a, 1));
        all.add("full_like(x, value" + OPTIONS + ")", a -> make.same(a, a.number("value")));
        all.add(
                "arange(a, b=None, c=None, d=None, e=None, f=None, g=None" + OPTIONS + ")",
                make::range);
        all.add("linspace(start, end, steps" + OPTIONS + ")", make::linspace);
        all.add("eye(n, m=None" + OPTIONS + ")", make::eye);
        all.add("tensor(data, dtype=None, device=None, requires_grad=False)", make::tensor);
        all.add(
                "as_tensor(data, dtype=None, device=None)",
                a -> all.isTensor(a.value("data")) ? make.given(a) : make.tensor(a));
        for (String random :
                List.of(
                        "rand(size",
                        "randn(size",
                        "rand_like(x",
                        "randn_like(x",
                        "bernoulli(x",
                        "randint(high, size",
                        "randperm(n",
                        "multinomial(x, n",
                        "normal(x, y")) {
            all.add(
                    random + OPTIONS + ")",
                    a -> {
                        throw a.refuse(
                                "random numbers: every image would be seen by another network;"
                                        + " export the model after model.eval()");
                    });
        }
    }

    private DataType like(Arguments a) {
        return all.tensor(a, "x").type();
    }

    private static DataType type(Arguments a, DataType fallback) {
        return a.value("dtype") instanceof Long code ? ConversionOperators.type(a, code) : fallback;
    }

    private Value filled(Arguments a, double value, DataType fallback) {
        Object size = a.value("size");
        List<Object> extents = size instanceof List<?> list ? new ArrayList<>(list) : List.of(size);
        return filled(extents, value, type(a, fallback));
    }

    private Value filled(List<Object> extents, double value, DataType type) {
        int[] shape = extents.stream().mapToInt(g.symbols()::of).toArray();
        Value number =
                type == DataType.DT_BOOL
                        ? Value.scalar(DataType.DT_BOOL, value)
                        : g.number(value, type);
        return g.emit("Fill", shape, List.of(g.vector(extents), g.out(number)));
    }

    private Value same(Arguments a, double value) {
        Value x = all.tensor(a, "x");
        return filled(g.extents(x), value, type(a, x.type()));
    }

    /** {@code arange(end)}, {@code arange(start, end)} or {@code arange(start, end, step)}. */
    private Value range(Arguments a) {
        // What follows the numbers is type, layout, device and pinning, where all are by place.
        int options = a.given() >= 5 ? 4 : 0;
        int numbers = a.given() - options;
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
        DataType wanted =
                options > 0 && a.value(names.get(numbers)) instanceof Long code
                        ? ConversionOperators.type(a, code)
                        : type(a, null);
        if (numbers == 1 && a.value("a") instanceof Size size) {
            int[] shape = {g.symbols().of(size)};
            Value open =
                    g.emit(
                            "Range",
                            shape,
                            List.of(g.ops().scalar(0), size.value(), g.ops().scalar(1)));
            return g.cast(open, wanted == null ? DataType.DT_INT64 : wanted);
        }
        for (int i = 0; i < numbers; i++) {
            if (a.value(names.get(i)) instanceof Size) {
                throw new SizeNeeded("a range to an extent of the image");
            }
        }
        double start = numbers == 1 ? 0 : a.number("a");
        double end = a.number(numbers == 1 ? "a" : "b");
        double step = numbers > 2 ? a.number("c") : 1;
        boolean real =
                names.subList(0, numbers).stream().anyMatch(n -> a.value(n) instanceof Double);
        double count = Math.ceil((end - start) / step);
        if (!(count >= 0 && count <= LARGEST)) {
            throw a.refuse(count + " numbers");
        }
        double[] values = new double[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = start + i * step;
        }
        DataType type = wanted != null ? wanted : real ? DataType.DT_FLOAT : DataType.DT_INT64;
        return g.known(type, values, values.length);
    }

    private Value linspace(Arguments a) {
        int steps = Math.toIntExact(Math.min(a.whole("steps"), LARGEST));
        double start = a.number("start");
        double end = a.number("end");
        double[] values = new double[steps];
        for (int i = 0; i < steps; i++) {
            values[i] = steps == 1 ? start : start + (end - start) * i / (steps - 1);
        }
        return g.floats(values, steps);
    }

    private Value eye(Arguments a) {
        int n = Math.toIntExact(a.whole("n"));
        int m = a.isNone("m") ? n : Math.toIntExact(a.whole("m"));
        if ((long) n * m > LARGEST) {
            throw a.refuse(n + " by " + m);
        }
        double[] values = new double[n * m];
        for (int i = 0; i < Math.min(n, m); i++) {
            values[i * m + i] = 1;
        }
        return g.known(type(a, DataType.DT_FLOAT), values, n, m);
    }

    private Value given(Arguments a) {
        Value x = all.tensor(a, "data");
        DataType wanted = type(a, x.type());
        return wanted == x.type() ? x : g.cast(x, wanted);
    }

    private Value tensor(Arguments a) {
        List<Double> values = new ArrayList<>();
        List<Integer> shape = new ArrayList<>();
        boolean real = flatten(a, a.value("data"), 0, shape, values);
        return Value.known(
                type(a, real ? DataType.DT_FLOAT : DataType.DT_INT64),
                shape.stream().mapToInt(Integer::intValue).toArray(),
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static boolean flatten(
            Arguments a, Object data, int depth, List<Integer> shape, List<Double> values) {
        if (data instanceof Number number) {
            values.add(number.doubleValue());
            return number instanceof Double;
        }
        if (data instanceof Boolean flag) {
            values.add(flag ? 1.0 : 0);
            return false;
        }
        if (data instanceof Size) {
            throw new SizeNeeded("a tensor of extents of the image");
        }
        if (!(data instanceof List<?> list) || depth > 8 || values.size() > LARGEST) {
            throw a.refuse("such data");
        }
        if (shape.size() == depth) {
            shape.add(list.size());
        }
        boolean real = false;
        for (Object each : list) {
            real |= flatten(a, each, depth + 1, shape, values);
        }
        return real;
    }
}
