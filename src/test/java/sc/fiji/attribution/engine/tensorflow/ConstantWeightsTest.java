/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.graph.NetworkWriter.Window;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Layers.Feed;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * The network of an image whose weights stand in its graph, and are so many that they are made
 * variables: its layers are there, though no score needs them as they are.
 */
class ConstantWeightsTest {

    @TempDir Path folder;

    @Test
    void eachLayerLeadsToTheScores() throws IOException {
        Window window = new Window(3, 1, 1, "SAME");
        NetworkWriter network = new NetworkWriter(-1, 12, 10, 3);
        network.convolution(window, 48).bias().op("Relu");
        network.convolution(window, 48).bias().op("Relu");
        Path model = network.globalMean().dense(3).op("Softmax").write(folder.resolve("model"));
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor image = Tensor.zeros(classifier.spec().axes(), 1, 12, 10, 3);
            for (int i = 0; i < image.length(); i++) {
                image.data()[i] = (float) Math.sin(i);
            }
            float[] expected = classifier.logits(image)[0];
            Layers layers = classifier.layers().orElseThrow();
            assertTrue(layers.lastConvolution().isPresent());
            for (Layer layer : layers.list()) {
                Layers.Trace seen = layers.run(Pass.forward(layer.name()), Feed.image(image));
                Tensor activations = seen.activations().get(layer.name());
                Pass rest = Pass.forward().from(layer.name());
                float[] found = layers.run(rest, Feed.activations(activations)).logits()[0];
                assertArrayEquals(expected, found, 1e-5f, layer.name());
            }
        }
    }
}
