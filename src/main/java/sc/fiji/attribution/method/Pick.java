/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Layers;

/** Some images of a batch, in any order and as often as wanted. */
final class Pick {

    private Pick() {}

    /** Whether all that is fed has the images on its first axis; some layers fold them. */
    static boolean isByImage(Layers.Feed feed) {
        int images = feed.image().or(feed::activations).orElseThrow().size('b');
        return Stream.of(feed.image(), feed.activations(), feed.cotangent(), feed.baseline())
                .flatMap(Optional::stream)
                .allMatch(tensor -> isByImage(tensor, images));
    }

    /** Whether all that was found has that many images on its first axis. */
    static boolean isByImage(Layers.Trace trace, int images) {
        return Stream.of(
                        trace.activations().values().stream(),
                        trace.gradients().values().stream(),
                        trace.ofBaseline().stream())
                .flatMap(tensors -> tensors)
                .allMatch(tensor -> isByImage(tensor, images));
    }

    private static boolean isByImage(Tensor tensor, int images) {
        return tensor.axes().indexOf('b') == 0 && tensor.shape()[0] == images;
    }

    /**
     * @param batch with the images on its first axis
     * @param images which ones
     */
    static Tensor of(Tensor batch, int... images) {
        int[] shape = batch.shape().clone();
        int length = batch.length() / shape[0];
        shape[0] = images.length;
        Tensor some = Tensor.zeros(batch.axes(), shape);
        for (int i = 0; i < images.length; i++) {
            System.arraycopy(batch.data(), images[i] * length, some.data(), i * length, length);
        }
        return some;
    }

    /** Everything that is fed for these images; the cotangent as well. */
    static Layers.Feed of(Layers.Feed feed, int... images) {
        return new Layers.Feed(
                feed.image().map(tensor -> of(tensor, images)),
                feed.activations().map(tensor -> of(tensor, images)),
                feed.cotangent().map(tensor -> of(tensor, images)),
                feed.baseline().map(tensor -> of(tensor, images)));
    }

    /** What was found for one image. */
    static Layers.Trace of(Layers.Trace trace, int image) {
        Optional<Tensor> baseline = trace.ofBaseline().map(tensor -> of(tensor, image));
        return new Layers.Trace(
                new float[][] {trace.logits()[image].clone()},
                each(trace.activations(), image),
                each(trace.gradients(), image),
                baseline);
    }

    private static Map<String, Tensor> each(Map<String, Tensor> tensors, int image) {
        Map<String, Tensor> one = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> one.put(name, of(tensor, image)));
        return one;
    }
}
