/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;

/**
 * What follows a convolution is folded into its weights where it scales them, else into b alone.
 */
class LinearLayersTest {

    private final Ops ops = new Ops(new Graph(), "network/");
    private final Output x = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    private final Output filter = numbers(1, 1, 1, 1);
    private final Output number = numbers(1);

    private Output numbers(long... shape) {
        return ops.constant(DataType.DT_FLOAT, Float.BYTES, buffer -> buffer.putFloat(2), shape);
    }

    private LinearLayer layer(UnaryOperator<Output> after) {
        Output z =
                ops.emit(
                        "Conv2D",
                        List.of(x, filter),
                        "strides",
                        Ops.list(1, 1, 1, 1),
                        "padding",
                        "SAME");
        Output end = after.apply(z);
        return LinearLayers.find(ops, Route.between(ops.graph(), x, end)).get(end.node());
    }

    @Test
    void sumsLeaveTheWeightsAsTheyAre() {
        Stream<UnaryOperator<Output>> sums =
                Stream.of(
                        z -> ops.emit("BiasAdd", z, number),
                        z -> ops.add(number, z),
                        z -> ops.sub(z, number));
        sums.map(this::layer)
                .forEach(
                        layer -> {
                            assertEquals(filter, layer.weights());
                            assertTrue(layer.bias().isPresent());
                        });
    }

    @Test
    void whatScalesThemOrTurnsTheirSignDoesNot() {
        Stream<UnaryOperator<Output>> scalings =
                Stream.of(
                        z -> ops.mul(z, number),
                        z -> ops.div(z, number),
                        z -> ops.sub(number, z),
                        z -> ops.add(ops.mul(z, number), number));
        scalings.map(this::layer)
                .forEach(layer -> assertEquals(List.of("EnsureShape", "Mul"), made(layer)));
    }

    private List<String> made(LinearLayer layer) {
        String shaped = layer.weights().node();
        String scaled = Graph.inputs(ops.graph().node(shaped)).get(0).node();
        return Stream.of(shaped, scaled).map(name -> ops.graph().node(name).getOp()).toList();
    }
}
