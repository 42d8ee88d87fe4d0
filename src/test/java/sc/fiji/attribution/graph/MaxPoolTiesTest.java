/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.NativeKernels;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Where elements of a window are equal or nearly so, the whole cotangent goes to exactly one: the
 * first true maximum in scan order. The oracle searches each window.
 */
class MaxPoolTiesTest {

    /** TensorFlow's own kernel too, where it is found to be right. */
    private static final List<Kernels> KERNELS =
            NativeKernels.hasOneDnn()
                    ? List.of(Kernels.UNKNOWN, () -> true)
                    : List.of(Kernels.UNKNOWN);

    @Test
    void aNearTieThatTakesAllTellsTheWrongKernel() {
        assertTrue(PoolingProbe.isExact(new float[] {1, 0, 0, 0, 0, 0, 0, 0}));
        assertFalse(PoolingProbe.isExact(new float[] {1, 1, 0, 0, 0, 0, 0, 0}));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 2, 2, 2, 2, 2, VALID",
        "2, 2, 2, 2, 2, 2, SAME",
        "3, 3, 3, 2, 2, 2, SAME",
        "3, 3, 3, 1, 1, 1, SAME",
        "3, 3, 3, 2, 1, 3, VALID",
        "1, 2, 3, 1, 2, 2, SAME",
        "3, 1, 2, 2, 1, 1, VALID",
        "2, 1, 1, 3, 2, 3, VALID",
        "5, 5, 5, 3, 2, 4, SAME",
    })
    void aTieGoesToTheFirstElement(int kz, int ky, int kx, int sz, int sy, int sx, String padding) {
        int[] window = {kz, ky, kx};
        int[] stride = {sz, sy, sx};
        Random random = new Random(1);
        double[] levels = {-2, -1, -1 + 1e-6, 0.5, 0.5f + 1e-6f};
        for (int[] size : new int[][] {{2, 5, 5, 7, 2}, {1, 6, 4, 5, 3}}) {
            double[] x = new double[Arrays.stream(size).reduce(1, (a, b) -> a * b)];
            Arrays.setAll(x, i -> (float) levels[random.nextInt(levels.length)]);
            check("MaxPool3D", size, x, window, stride, padding);
            if (kz == 1 || sz == 2) {
                int[] planes = {size[0] * size[1], 1, size[2], size[3], size[4]};
                check("MaxPool", planes, x, new int[] {1, ky, kx}, new int[] {1, sy, sx}, padding);
            }
        }
    }

    @Test
    void aBlackBackgroundKeepsTheTotal() {
        int[] size = {1, 4, 4, 4, 1};
        int[] two = {2, 2, 2};
        for (Kernels kernels : KERNELS) {
            Values gradient =
                    gradient(kernels, "MaxPool3D", size, new double[64], two, two, "VALID");
            assertEquals(36, Arrays.stream(gradient.data()).sum(), 1e-6);
            assertEquals(8, Arrays.stream(gradient.data()).filter(v -> v != 0).count());
        }
    }

    private static void check(
            String op, int[] size, double[] x, int[] window, int[] stride, String padding) {
        double[] expected = expected(size, x, window, stride, padding);
        for (Kernels kernels : KERNELS) {
            double[] actual = gradient(kernels, op, size, x, window, stride, padding).data();
            assertArrayEquals(expected, actual, 1e-5, op);
        }
    }

    /** The gradient by the rule where the cotangent of the i-th output element is i + 1. */
    private static Values gradient(
            Kernels kernels,
            String op,
            int[] size,
            double[] x,
            int[] window,
            int[] stride,
            String padding) {
        boolean flat = op.equals("MaxPool");
        long[] shape =
                flat
                        ? new long[] {size[0], size[2], size[3], size[4]}
                        : Arrays.stream(size).asLongStream().toArray();
        long[] ksize =
                flat
                        ? new long[] {1, window[1], window[2], 1}
                        : new long[] {1, window[0], window[1], window[2], 1};
        long[] strides =
                flat
                        ? new long[] {1, stride[1], stride[2], 1}
                        : new long[] {1, stride[0], stride[1], stride[2], 1};
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "", kernels);
        Output in = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Object[] attributes = {
            "ksize", Ops.list(ksize), "strides", Ops.list(strides), "padding", padding
        };
        Output y = ops.emit(op, List.of(in), attributes);
        Output count = ops.emit("Size", y);
        Output ramp = ops.add(ops.range(count), ops.scalar(1));
        Output dy = ops.reshapeLike(ops.cast(ramp, DataType.DT_FLOAT), y);
        Output dx = new ReverseMode(ops, RuleTable.GRADIENT).backward(y, dy, in);
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            Values value = new Values(DataType.DT_FLOAT, shape, x);
            return session.run(Map.of(in.toString(), value), List.of(dx.toString())).get(0);
        }
    }

    private static double[] expected(
            int[] size, double[] x, int[] window, int[] stride, String padding) {
        int[] pooled = new int[3];
        int[] before = new int[3];
        for (int d = 0; d < 3; d++) {
            int n = size[d + 1];
            if (padding.equals("SAME")) {
                pooled[d] = (n + stride[d] - 1) / stride[d];
                before[d] = Math.max(0, (pooled[d] - 1) * stride[d] + window[d] - n) / 2;
            } else {
                pooled[d] = (n - window[d]) / stride[d] + 1;
            }
        }
        double[] dx = new double[x.length];
        int next = 1;
        for (int b = 0; b < size[0]; b++) {
            for (int z = 0; z < pooled[0]; z++) {
                for (int y = 0; y < pooled[1]; y++) {
                    for (int i = 0; i < pooled[2]; i++) {
                        int[] start = {
                            z * stride[0] - before[0],
                            y * stride[1] - before[1],
                            i * stride[2] - before[2]
                        };
                        for (int c = 0; c < size[4]; c++) {
                            dx[firstMaximum(size, x, window, start, b, c)] += next++;
                        }
                    }
                }
            }
        }
        return dx;
    }

    private static int firstMaximum(
            int[] size, double[] x, int[] window, int[] start, int b, int c) {
        int best = -1;
        for (int z = Math.max(0, start[0]); z < Math.min(size[1], start[0] + window[0]); z++) {
            for (int y = Math.max(0, start[1]); y < Math.min(size[2], start[1] + window[1]); y++) {
                for (int i = Math.max(0, start[2]);
                        i < Math.min(size[3], start[2] + window[2]);
                        i++) {
                    int at = (((b * size[1] + z) * size[2] + y) * size[3] + i) * size[4] + c;
                    if (best < 0 || x[at] > x[best]) {
                        best = at;
                    }
                }
            }
        }
        return best;
    }
}
