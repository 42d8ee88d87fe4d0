/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.Arrays;
import sc.fiji.attribution.importer.network.Patches;
import sc.fiji.attribution.importer.network.Unpooling;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.network.Window;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.SizeNeeded;

/** Operators that take an image apart into windows, and put it together again. */
final class WindowOperators {

    private final TensorOperators all;
    private final Emission g;

    private WindowOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        WindowOperators each = new WindowOperators(all);
        all.add("im2col(x, kernel, dilation, padding, stride)", each::columns);
        all.add("col2im(x, size, kernel, dilation, padding, stride)", each::image);
        all.add("max_unpool2d(x, indices, size)", each::unpooled);
        all.add("max_unpool3d(x, indices, size, stride, padding)", each::unpooled);
    }

    private static Window window(Arguments a) {
        int[] padding = a.perAxis("padding", 2);
        return new Window(
                a.perAxis("kernel", 2),
                a.perAxis("stride", 2),
                a.perAxis("dilation", 2),
                padding,
                padding);
    }

    private Value columns(Arguments a) {
        Value x = sized(g.floating(all.tensor(a, "x")));
        return named(Patches.columns(g.builder(), x, window(a)), x);
    }

    private Value image(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        return named(Patches.image(g.builder(), x, window(a), a.perAxis("size", 2)), x);
    }

    private Value unpooled(Arguments a) {
        Value x = sized(g.floating(all.tensor(a, "x")));
        int axes = x.rank() - 2;
        int[] size = new int[axes];
        Arrays.setAll(size, i -> Math.toIntExact(all.known(a.list("size").get(i))));
        if (a.isNone("indices")) {
            throw new SizeNeeded("where the largest elements are depends on the extents");
        }
        return named(Unpooling.back(g.builder(), x, all.tensor(a, "indices"), size), x);
    }

    private static Value sized(Value x) {
        if (Arrays.stream(x.shape()).skip(1).anyMatch(e -> e < 0)) {
            throw new SizeNeeded("windows of an image of one size");
        }
        return x;
    }

    /** With the number that stands for how many images there are. */
    private static Value named(Value y, Value x) {
        int[] shape = y.shape().clone();
        shape[0] = x.shape()[0];
        return new Value(y.output(), y.type(), shape, y.last(), null, null);
    }
}
