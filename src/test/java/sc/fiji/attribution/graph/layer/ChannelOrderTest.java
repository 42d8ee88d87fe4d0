/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Where the channels of a layer are is told by what computes it. */
class ChannelOrderTest {

    private final Graph graph = new Graph();
    private Output image;

    @BeforeEach
    void anImage() {
        image = layer("image").emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
    }

    private Ops layer(String name) {
        return new Ops(graph, name + "/");
    }

    private Output toLast(String layer, Output x) {
        Ops g = layer(layer);
        return g.emit("Transpose", x, g.vector(0, 2, 3, 1));
    }

    private Output convolution(String layer, Output x, String format) {
        Ops g = layer(layer);
        Output filter = g.constant(DataType.DT_FLOAT, 64, bytes -> {}, 1, 1, 4, 4);
        return g.emit(
                "Conv2D",
                List.of(x, filter),
                "strides",
                Ops.list(1, 1, 1, 1),
                "padding",
                "VALID",
                "data_format",
                format);
    }

    private void assertFirst(boolean first, String layer, Output logits, boolean imageFirst) {
        HiddenLayers layers = new HiddenLayers(graph, image, logits, imageFirst, graph.names());
        assertEquals(first, layers.find(layer).orElseThrow().channelsFirst(), layer);
    }

    @Test
    void convolutionsSayIt() {
        Output last = convolution("last", toLast("turn", image), "NHWC");
        Output again = layer("twice").emit("Relu", layer("twice").emit("Relu", last));
        assertFirst(false, "last", again, true);
        assertFirst(false, "twice", again, true);
        Output first = layer("f").emit("Relu", convolution("first", image, "NCHW"));
        assertFirst(true, "first", first, true);
        assertFirst(true, "f", first, true);
    }

    /** A stranger may call layers as he likes, and mark them with what TensorFlow ignores. */
    @Test
    void namesAndMarksSayNothing() {
        Ops g = layer("block/Relu");
        AttrValue mark = AttrValue.newBuilder().setB(true).build();
        Output a = g.emit("Relu", List.of(convolution("a", image, "NCHW")), "_channels_last", mark);
        graph.put(graph.node(a).toBuilder().setName("block/Relu/channels_last").build());
        Output marked = new Output("block/Relu/channels_last", 0);
        assertFirst(true, "block", layer("end").emit("Identity", marked), true);
    }

    /** Also those of a network that is called as what is added here. */
    @Test
    void layersAreTheAuthors() {
        Output own = layer("attribution/block").emit("Relu", convolution("a", image, "NCHW"));
        Set<String> authors = graph.names();
        Output end = layer("end").emit("Relu", toLast("attribution", own));
        HiddenLayers layers = new HiddenLayers(graph, image, end, true, authors);
        assertEquals(
                Set.of("a", "attribution", "attribution/block"),
                layers.list().stream().map(HiddenLayer::name).collect(Collectors.toSet()));
    }

    /** As a network in PyTorch does that normalises each place over its channels. */
    @Test
    void theAuthorsOwnTransposes() {
        Ops g = layer("norm");
        Output turned = toLast("norm", convolution("patches", image, "NCHW"));
        Output mean = g.emit("Mean", List.of(turned, g.vector(3)), "keep_dims", true);
        Output apart = g.sub(turned, mean);
        Ops h = layer("back");
        Output end = h.emit("Transpose", apart, h.vector(0, 3, 1, 2));
        assertFirst(true, "patches", end, true);
        assertFirst(false, "norm", end, true);
        assertFirst(true, "back", end, true);
    }

    /** Axes of space that come back to a vector stand where they do in the image. */
    @Test
    void gatesOfChannels() {
        Output x = convolution("x", toLast("x", image), "NHWC");
        Ops g = layer("gate");
        Output mean = g.emit("Mean", x, g.vector(1, 2));
        Output gate = g.emit("Sigmoid", g.reshape(mean, g.vector(-1, 4, 1, 1)));
        Output end = layer("scaled").mul(x, toLast("turned", gate));
        assertFirst(true, "gate", end, true);
        assertFirst(false, "scaled", end, true);
    }
}
