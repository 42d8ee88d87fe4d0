/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Transposed convolutions of few channels, as they are loaded, against sums written out. */
class LoneChannelsTest {

    private final Random random = new Random(5);

    @ParameterizedTest
    @CsvSource({
        "2, 1, 1, 3, 1", "2, 1, 1, 2, 2", "2, 1, 1, 1, 1", "2, 2, 1, 3, 1", "2, 1, 2, 3, 2",
        "2, 3, 4, 3, 1", "3, 1, 1, 3, 1", "3, 1, 1, 2, 2", "3, 2, 1, 3, 1", "3, 1, 2, 3, 2",
        "3, 3, 4, 3, 1"
    })
    void equalsTheSum(int axes, int from, int to, int window, int stride) {
        int[] extents = IntStream.range(0, axes).map(i -> 4 + i).toArray();
        int[] out = Arrays.stream(extents).map(e -> (e - 1) * stride + window).toArray();
        float[] x = numbers(2, extents, from);
        int[] windows = new int[axes];
        Arrays.fill(windows, window);
        float[] filter = numbers(1, windows, to * from);
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "network/");
        long[] strides = new long[axes + 2];
        Arrays.fill(strides, stride);
        strides[0] = 1;
        strides[axes + 1] = 1;
        Output y =
                ops.emit(
                        axes == 2 ? "Conv2DBackpropInput" : "Conv3DBackpropInputV2",
                        List.of(
                                ops.vector(shape(2, out, to)),
                                constant(ops, filter, shape(0, windows, to, from)),
                                constant(ops, x, shape(2, extents, from))),
                        "strides",
                        Ops.list(strides),
                        "padding",
                        "VALID");
        GraphDef.Builder loaded = GraphDef.newBuilder();
        for (NodeDef node : graph.nodes()) {
            loaded.addAllNode(LoneChannels.accompany(node, graph));
        }
        try (NativeSession session = NativeSession.of(loaded.build())) {
            double[] found = session.run(Map.of(), List.of(y.toString())).get(0).data();
            double[] expected = sum(x, extents, from, filter, windows, to, out, stride);
            assertArrayEquals(expected, found, 1e-4);
        }
    }

    /** Each voxel of x adds the filter, as strong as it is, to the result. */
    private static double[] sum(
            float[] x,
            int[] extents,
            int from,
            float[] w,
            int[] windows,
            int to,
            int[] out,
            int s) {
        int voxels = product(extents);
        int places = product(windows);
        double[] y = new double[2 * product(out) * to];
        for (int image = 0; image < 2; image++) {
            for (int voxel = 0; voxel < voxels; voxel++) {
                for (int place = 0; place < places; place++) {
                    int at = 0;
                    int v = voxel;
                    int p = place;
                    int step = 1;
                    for (int axis = extents.length - 1; axis >= 0; axis--) {
                        at += step * (v % extents[axis] * s + p % windows[axis]);
                        step *= out[axis];
                        v /= extents[axis];
                        p /= windows[axis];
                    }
                    for (int i = 0; i < to; i++) {
                        for (int k = 0; k < from; k++) {
                            y[(image * product(out) + at) * to + i] +=
                                    (double) x[(image * voxels + voxel) * from + k]
                                            * w[(place * to + i) * from + k];
                        }
                    }
                }
            }
        }
        return y;
    }

    private float[] numbers(int batch, int[] extents, int channels) {
        float[] values = new float[batch * product(extents) * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static int product(int[] extents) {
        return Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    }

    /** Batch (none where 0), extents, channels. */
    private static int[] shape(int batch, int[] extents, int... channels) {
        return IntStream.concat(
                        batch == 0 ? IntStream.empty() : IntStream.of(batch),
                        IntStream.concat(Arrays.stream(extents), Arrays.stream(channels)))
                .toArray();
    }

    private static Output constant(Ops ops, float[] values, int... shape) {
        return ops.constant(
                DataType.DT_FLOAT,
                values.length * Float.BYTES,
                buffer -> buffer.asFloatBuffer().put(values),
                Arrays.stream(shape).asLongStream().toArray());
    }
}
