/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Random changes of the image are left out, and only those. */
class ActiveAugmentationTest {

    private Graph graph;
    private Output image;

    @BeforeEach
    void start() {
        graph = new Graph();
        image = in("").emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    }

    /** Adds nodes in the scope of a layer. */
    private Ops in(String layer) {
        return new Ops(graph, layer.isEmpty() ? "" : "net/" + layer + "/");
    }

    private static Output random(Ops g, Output shape) {
        return g.emit("RandomUniform", List.of(shape), "dtype", DataType.DT_FLOAT);
    }

    private Output flip(Output x) {
        Ops g = in("random_flip");
        Output half = g.emit("Less", random(g, g.slice(g.shape(x), 0, 1)), g.scalar(0.5, x));
        Output mask = g.reshape(half, g.vector(-1, 1, 1, 1));
        return g.emit("SelectV2", mask, g.emit("ReverseV2", x, g.vector(2)), x);
    }

    /** Scales to [0, 1], adds noise, scales back and clips: only the second step is random. */
    private Output noise(Output x) {
        Ops g = in("noise");
        Output scaled = g.div(x, g.scalar(255, x));
        Output noisy = g.add(scaled, random(g, g.shape(scaled)));
        Output back = g.mul(noisy, 255);
        return g.emit("Minimum", back, g.scalar(255, x));
    }

    private Output network(Output x) {
        Ops g = in("conv");
        Output filter = g.constant(DataType.DT_FLOAT, Float.BYTES, b -> b.putFloat(1), 1, 1, 1, 1);
        Output y =
                g.emit(
                        "Conv2D",
                        List.of(x, filter),
                        "strides",
                        Ops.list(1, 1, 1, 1),
                        "padding",
                        "SAME");
        return in("relu").emit("Relu", y);
    }

    private List<String> leaveOut(Output logits) {
        return ActiveAugmentation.leaveOut(graph, image, logits);
    }

    private Output convolved(Output logits) {
        NodeDef relu = graph.node(logits);
        return Graph.inputs(graph.node(Graph.inputs(relu).get(0))).get(0);
    }

    private void isRefused(Output logits) {
        assertEquals(List.of(), leaveOut(logits));
        ModelException e =
                assertThrows(
                        ModelException.class, () -> PathCheck.check(graph, image, logits, "m"));
        assertTrue(e.getMessage().contains("run to run"), e.getMessage());
    }

    @Test
    void oneAfterTheOther() {
        Output logits = network(noise(flip(image)));
        assertEquals(List.of("random_flip", "noise"), leaveOut(logits));
        assertEquals(image, convolved(logits));
        PathCheck.check(graph, image, logits, "m");
    }

    @Test
    void whatIsNotRandomStays() {
        Ops g = in("rescaling");
        Output scaled = g.mul(image, 1 / 255.0);
        Output shifted = in("shift").sub(flip(scaled), g.scalar(0.5, image));
        Output logits = network(shifted);
        assertEquals(List.of("random_flip"), leaveOut(logits));
        assertEquals(shifted, convolved(logits));
        assertEquals(scaled, Graph.inputs(graph.node(shifted)).get(0));
    }

    @Test
    void deeperInTheNetworkItIsRefused() {
        isRefused(network(noise(network(image))));
    }

    @Test
    void dropoutIsRefused() {
        Ops g = in("dropout");
        Output kept = g.emit("GreaterEqual", random(g, g.shape(image)), g.scalar(0.3, image));
        isRefused(network(g.where(kept, g.mul(image, 1 / 0.7))));
    }

    /** Inference crops at the centre, which the graph does not know. */
    @Test
    void cropsAreRefused() {
        Ops g = in("random_crop");
        Output at = g.cast(g.mul(random(g, g.vector(1)), 4), DataType.DT_INT32);
        Output begin = g.concat(g.vector(0), at, g.vector(0, 0));
        isRefused(network(g.emit("Slice", image, begin, g.vector(-1, 8, 8, -1))));
    }

    @Test
    void whatDecidesNothingIsLeftAlone() {
        Output logits = network(image);
        assertEquals(List.of(), leaveOut(logits));
        assertEquals(image, convolved(logits));
    }

    /** A network without scopes. */
    @Test
    void withoutNamesOfLayers() {
        Ops g = in("");
        Output noisy = g.add(image, random(g, g.shape(image)));
        Output logits = network(noisy);
        assertEquals(List.of(noisy.node()), leaveOut(logits));
        assertEquals(image, convolved(logits));
    }

    /** An image that is used twice, before and behind the random step. */
    @Test
    void whatLeadsPastItIsKept() {
        Ops g = in("");
        Output noisy = g.add(image, random(g, g.shape(image)));
        Output logits = network(g.emit("ConcatV2", List.of(image, noisy, g.scalar(3)), "N", 2));
        isRefused(logits);
    }
}
