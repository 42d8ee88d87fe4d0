/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.MOVES;
import static sc.fiji.attribution.graph.ir.Trait.PADS;

import java.util.Arrays;
import java.util.List;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.AttrValue;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * Gradients of ops that cut an image into patches. Cutting is a convolution whose filter is a unit
 * matrix, from the values under a window to the channels of the result, so the gradient is the
 * transposed convolution with that filter.
 */
@MetaInfServices(Op.Family.class)
public final class PatchRules implements Op.Family {

    private static final List<Op> OPS =
            List.of(
                    op("ExtractImagePatches", first(PatchRules::images), MOVES, PADS),
                    op("ExtractVolumePatches", first(PatchRules::volumes), MOVES, PADS));

    @Override
    public List<Op> ops() {
        return OPS;
    }

    private static Output images(Ops g, Node n, Output dy) {
        AttrValue rates = n.attr("rates");
        if (rates.getList().getIList().stream().anyMatch(rate -> rate != 1)) {
            throw new UnsupportedOpException(n, "it leaves gaps in its patches (rates)");
        }
        return transposed("Conv2DBackpropInput", g, n, dy);
    }

    private static Output volumes(Ops g, Node n, Output dy) {
        return transposed("Conv3DBackpropInputV2", g, n, dy);
    }

    private static Output transposed(String op, Ops g, Node n, Output dy) {
        Output shape = g.shape(n.in(0));
        int[] window =
                Arrays.stream(n.list("ksizes"), 1, n.list("ksizes").length - 1)
                        .mapToInt(Math::toIntExact)
                        .toArray();
        Output channels = g.slice(shape, window.length + 1, 1);
        Output values = g.slice(g.shape(dy), window.length + 1, 1);
        Output count = g.reshape(values, g.vector());
        Output unit = g.emit("OneHot", g.range(count), count, g.scalar(1, dy), g.scalar(0.0, dy));
        Output filter = g.reshape(unit, g.concat(g.vector(window), channels, values));
        return g.emit(
                op,
                List.of(shape, filter, dy),
                "strides",
                n.attr("strides"),
                "padding",
                n.attr("padding"));
    }
}
