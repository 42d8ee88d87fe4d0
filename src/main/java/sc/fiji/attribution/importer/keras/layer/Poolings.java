/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Poolings over windows, over all of space, and to a fixed size. */
public final class Poolings {

    private Poolings() {}

    /**
     * Over windows.
     *
     * @param op MaxPool or AvgPool
     */
    public static Value windows(LayerCall call, String op, int space) {
        Ops g = call.ops();
        Value x = call.image(space + 2);
        Window window = Window.ofPooling(call, space);
        Output y =
                window.flattened(
                        g,
                        x.output(),
                        flat ->
                                g.emit(
                                        space == 3 ? op + "3D" : op,
                                        List.of(flat),
                                        "ksize",
                                        window.list(window.size()),
                                        "strides",
                                        space == 1
                                                ? lineStrides(window)
                                                : window.list(window.strides()),
                                        "padding",
                                        window.padding()));
        return call.fromImage(LayerCall.value(y, window.result(x, x.extent(-1))));
    }

    private static org.tensorflow.proto.AttrValue lineStrides(Window window) {
        return Ops.list(1, 1, window.strides()[0], 1);
    }

    /**
     * Over all of space.
     *
     * @param op Mean or Max
     */
    static Value global(LayerCall call, String op, int space) {
        Ops g = call.ops();
        Value x = call.image(space + 2);
        boolean keep = call.config().flag("keepdims", false);
        int[] axes = IntStream.rangeClosed(1, space).toArray();
        Output y = g.emit(op, List.of(x.output(), g.vector(axes)), "keep_dims", keep);
        if (!keep) {
            return LayerCall.value(y, -1, x.extent(-1));
        }
        int[] shape = x.shape().clone();
        Arrays.fill(shape, 1, space + 1, 1);
        return call.fromImage(LayerCall.value(y, shape));
    }

    /** To a fixed number of windows, which may overlap by one. */
    static Value adaptive(LayerCall call, String op, int space) {
        Ops g = call.ops();
        Value x = call.image(space + 2);
        call.requireKnown(x, 1);
        int[] size = call.config().counts("output_size", space, 0);
        int[] shape = x.shape().clone();
        Output y = x.output();
        for (int i = 0; i < space; i++) {
            int axis = i + 1;
            List<Output> parts = new ArrayList<>();
            for (int bin = 0; bin < size[i]; bin++) {
                int from = bin * shape[axis] / size[i];
                int to = ((bin + 1) * shape[axis] + size[i] - 1) / size[i];
                int[] begin = new int[shape.length];
                int[] count = new int[shape.length];
                Arrays.fill(count, -1);
                begin[axis] = from;
                count[axis] = to - from;
                Output part = g.emit("Slice", y, g.vector(begin), g.vector(count));
                parts.add(g.emit(op, List.of(part, g.vector(axis)), "keep_dims", true));
            }
            parts.add(g.scalar(axis));
            y = g.emit("ConcatV2", parts, "N", size[i]);
            shape[axis] = size[i];
        }
        return call.fromImage(LayerCall.value(y, shape));
    }
}
