/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.Locale;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.space.Space;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * A layer that is looked at.
 *
 * @param problem what is asked
 * @param score f
 * @param layer where
 * @param activations of the layer for the problem's input, batch 1
 * @param known the gradient there, where the pass that gave the activations gave it too
 */
record Site(Problem problem, Score score, Layer layer, Tensor activations, Optional<Tensor> known) {

    /** Without a gradient that is known. */
    Site(Problem problem, Score score, Layer layer, Tensor activations) {
        this(problem, score, layer, activations, Optional.empty());
    }

    Space space() {
        return Space.of(activations);
    }

    int channels() {
        return activations.size('c');
    }

    /** Takes a channel of the layer, place by place; the array is used again for the next one. */
    @FunctionalInterface
    interface Channel {
        void accept(int channel, float[] values);
    }

    /** Hands on the channels of a tensor on the layer's grid. */
    void forEachChannel(Tensor tensor, Channel sink) {
        int[] offsets = space().offsets(tensor);
        float[] values = new float[offsets.length];
        for (int c = 0; c < channels(); c++) {
            int channel = c * tensor.stride('c');
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.data()[offsets[i] + channel];
            }
            sink.accept(c, values);
        }
    }

    /** The sum of the layer's channels, each times its weight. */
    double[] weighted(double[] weights) {
        double[] map = new double[space().size()];
        forEachChannel(
                activations,
                (channel, a) -> {
                    for (int i = 0; i < map.length; i++) {
                        map[i] += weights[channel] * a[i];
                    }
                });
        return map;
    }

    /** df/dA of f with respect to the layer's activations A: only the rest of the network runs. */
    Tensor gradient() {
        if (known.isPresent()) {
            return known.get();
        }
        Pass back = Pass.gradient(layer.name());
        Layers.Feed feed = Layers.Feed.image(problem.input()).withActivations(activations);
        return score.trace(back.from(layer.name()), feed).gradients().get(layer.name());
    }

    /** For the record, for example {@code conv3 (12 x 14 x 12, 32 channels)}, in order x, y, z. */
    String description() {
        StringBuilder size = new StringBuilder();
        for (char axis : new char[] {'x', 'y', 'z'}) {
            if (activations.axes().has(axis)) {
                size.append(size.isEmpty() ? "" : " x ").append(activations.size(axis));
            }
        }
        return String.format(Locale.ROOT, "%s (%s, %d channels)", layer.name(), size, channels());
    }
}
