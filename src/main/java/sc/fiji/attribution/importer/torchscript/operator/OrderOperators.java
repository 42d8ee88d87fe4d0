/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.importer.network.Places;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Operators that put elements in order along an axis: sorting, medians, quantiles. */
final class OrderOperators {

    private final TensorOperators all;
    private final Emission g;

    private OrderOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        OrderOperators each = new OrderOperators(all);
        all.table().add("topk(x, k, dim=-1, largest=True, sorted=True)", each::largest);
        all.table().add("sort(x, dim=-1, descending=False, stable=None)", each::sorted);
        all.add(
                "argsort(x, dim=-1, descending=False, stable=None)",
                a -> each.order(a, all.tensor(a, "x")).get(1));
        all.table().add("median(x, dim=None, keepdim=False)", each::median);
        all.table()
                .add(
                        "kthvalue(x, k, dim=-1, keepdim=False)",
                        a ->
                                pair(
                                        each.ranked(
                                                a,
                                                all.tensor(a, "x"),
                                                Math.toIntExact(a.whole("k")))));
        all.add("quantile(x, q, dim=None, keepdim=False, interpolation='linear')", each::quantiles);
        all.add("take_along_dim(x, indices, dim=None)", each::taken);
    }

    private static Object pair(List<Value> valuesAndPlaces) {
        return Tuple.of(
                new ScriptTensor(valuesAndPlaces.get(0)), new ScriptTensor(valuesAndPlaces.get(1)));
    }

    private static int whole(Value x, int axis) {
        if (x.shape()[axis] < 0) {
            throw new SizeNeeded("the code sorts along an axis of the image");
        }
        return x.shape()[axis];
    }

    private Object largest(Arguments a) {
        Value x = all.tensor(a, "x");
        int k = Math.toIntExact(a.whole("k"));
        return pair(Places.extremes(g.builder(), x, k, a.axis("dim", x.rank()), a.flag("largest")));
    }

    /** All elements in their order, and where they are. */
    private List<Value> order(Arguments a, Value x) {
        int axis = a.axis("dim", x.rank());
        return Places.extremes(g.builder(), x, whole(x, axis), axis, a.flag("descending"));
    }

    private Object sorted(Arguments a) {
        return pair(order(a, all.tensor(a, "x")));
    }

    /** The lower of the two in the middle, where there are two. */
    private Object median(Arguments a) {
        Value x = all.tensor(a, "x");
        if (a.isNone("dim")) {
            Value flat = g.reshape(x, -1);
            int k = (whole(flat, 0) + 1) / 2;
            return new ScriptTensor(ranked(flat, 0, k, false).get(0));
        }
        return pair(ranked(a, x, (whole(x, a.axis("dim", x.rank())) + 1) / 2));
    }

    private List<Value> ranked(Arguments a, Value x, int k) {
        return ranked(x, a.axis("dim", x.rank()), k, a.flag("keepdim"));
    }

    /** The k-th smallest along an axis, and where it is. */
    private List<Value> ranked(Value x, int axis, int k, boolean keep) {
        int[] axes = {axis};
        return Places.extremes(g.builder(), x, k, axis, false).stream()
                .map(v -> g.slice(v, axis, (long) k - 1, 1L))
                .map(v -> keep ? v : g.reduce("Sum", v, axes, false))
                .toList();
    }

    /** One share of the elements, or several in a new first axis. */
    private Value quantiles(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        boolean flat = a.isNone("dim");
        Value line = flat ? g.reshape(x, -1) : x;
        int axis = flat ? 0 : a.axis("dim", x.rank());
        int n = whole(line, axis);
        Value ordered = Places.extremes(g.builder(), line, n, axis, false).get(0);
        if (!(a.value("q") instanceof ScriptTensor shares)) {
            return quantile(a, x, ordered, axis, a.number("q"));
        }
        Value known = g.builder().known(shares.read());
        double[] each = known.allNumbers().orElseThrow(() -> a.refuse("a computed share"));
        if (known.rank() == 0) {
            return quantile(a, x, ordered, axis, each[0]);
        }
        List<Value> parts = new ArrayList<>();
        for (double share : each) {
            Value part = quantile(a, x, ordered, axis, share);
            List<Object> shape = g.extents(part);
            shape.add(0, 1L);
            parts.add(g.reshape(part, shape));
        }
        return g.concat(parts, 0);
    }

    private Value quantile(Arguments a, Value x, Value ordered, int axis, double share) {
        float at = (float) share * (ordered.shape()[axis] - 1); // in single precision, as PyTorch
        long low = (long) Math.floor(at);
        long high = (long) Math.ceil(at);
        double part =
                switch (a.text("interpolation")) {
                    case "linear" -> at - low;
                    case "lower" -> 0;
                    case "higher" -> high - low;
                    case "midpoint" -> 0.5 * (high - low);
                    case "nearest" -> Math.rint(at) - low;
                    default -> throw a.refuse("interpolation=" + a.text("interpolation"));
                };
        Value under = g.slice(ordered, axis, low, 1L);
        Value over = g.slice(ordered, axis, high, 1L);
        Value result = part == 0 ? under : g.add(under, g.mul(g.sub(over, under), part));
        if (!a.isNone("dim")) {
            return a.flag("keepdim") ? result : g.reduce("Sum", result, new int[] {axis}, false);
        }
        long[] shape = new long[a.flag("keepdim") ? x.rank() : 0];
        java.util.Arrays.fill(shape, 1);
        return g.reshape(result, shape);
    }

    private Value taken(Arguments a) {
        Value x = all.tensor(a, "x");
        if (a.isNone("dim")) {
            throw a.refuse("no axis");
        }
        int axis = a.axis("dim", x.rank());
        whole(x, axis);
        return Places.taken(g.builder(), x, all.tensor(a, "indices"), axis);
    }
}
