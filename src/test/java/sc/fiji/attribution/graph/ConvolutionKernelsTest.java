/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Convolutions and their gradients against plain sums in double, at channel counts on either side
 * of the blocks that kernels work in. oneDNN's own kernels fail here by half the maximum on
 * processors with AVX-512.
 */
class ConvolutionKernelsTest {

    private static final int[] CHANNELS = {
        1, 2, 3, 5, 8, 15, 16, 17, 24, 31, 32, 33, 40, 48, 49, 63, 64, 65, 72, 80, 81, 96, 100, 112,
        120, 128, 129, 144, 176, 193, 240, 256
    };

    private static final int[] PLANE = {1, 4, 5};
    private static final int[] VOLUME = {2, 3, 4};

    private final List<String> wrong = new ArrayList<>();

    private void check(Convolved convolved) {
        Convolved.Errors errors = convolved.errors(7);
        // Sums of up to 10,000 products in float32.
        if (!(errors.forward() < 2e-6 && errors.gradient() < 2e-6)) {
            wrong.add(convolved + ": " + errors);
        }
    }

    private static Convolved plane(int k, int in, int out, int stride, boolean transposed) {
        int[] window = {1, k, k};
        return new Convolved("Conv2D", 2, PLANE, window, in, out, 1, stride, 1, transposed);
    }

    private static Convolved volume(int k, int in, int out, int stride, boolean transposed) {
        int[] window = {k, k, k};
        return new Convolved("Conv3D", 1, VOLUME, window, in, out, 1, stride, 1, transposed);
    }

    @Test
    void images() {
        for (int in : CHANNELS) {
            check(plane(1, in, 24, 1, false));
            check(plane(3, in, 7, 1, false));
            check(plane(2, in, 33, 1, false));
            check(plane(3, in, 16, 2, false));
            check(plane(3, 5, in, 1, true));
            check(plane(2, in, 6, 1, true));
            check(plane(3, in, 6, 2, true));
        }
        assertEquals(List.of(), wrong);
    }

    /** Those of EfficientNet-B0: wide ones, and the gates' on a single place. */
    @Test
    void pointwise() {
        int[][] channels = {
            {32, 8},
            {8, 32},
            {32, 16},
            {16, 96},
            {96, 4},
            {4, 96},
            {96, 24},
            {24, 144},
            {144, 6},
            {6, 144},
            {144, 40},
            {40, 240},
            {10, 240},
            {240, 80},
            {80, 480},
            {20, 480},
            {480, 112},
            {112, 672},
            {28, 672},
            {672, 192},
            {192, 1152},
            {48, 1152},
            {1152, 320},
            {320, 1280}
        };
        for (int[] each : channels) {
            for (int side : new int[] {1, 2, 7}) {
                int[] grid = {1, side, side};
                int[] window = {1, 1, 1};
                check(new Convolved("Conv2D", 1, grid, window, each[0], each[1], 1, 1, 1, false));
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** First layers: windows and strides of other lengths along each axis. */
    @Test
    void fewChannelsWithStrides() {
        int[][] windows = {{1, 7, 7}, {1, 4, 4}, {1, 3, 6}, {1, 2, 5}};
        for (int[] window : windows) {
            for (int in = 1; in <= 5; in++) {
                for (int stride = 2; stride <= 4; stride++) {
                    int[] grid = {1, 11, 14};
                    check(new Convolved("Conv2D", 2, grid, window, in, 16, 1, stride, 1, false));
                }
            }
        }
        for (int stride = 2; stride <= 3; stride++) {
            int[] grid = {6, 9, 8};
            int[] window = {3, 5, 4};
            check(new Convolved("Conv3D", 1, grid, window, 2, 8, 1, stride, 1, false));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void volumes() {
        for (int in : CHANNELS) {
            check(volume(1, in, 24, 1, false));
            check(volume(3, in, 7, 1, false));
            check(volume(2, in, 33, 1, false));
            check(volume(3, in, 8, 2, false));
            check(volume(3, in, 6, 1, true));
            check(volume(2, in, 4, 2, true));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void groups() {
        for (int groups : new int[] {2, 3}) {
            for (int each : new int[] {1, 2, 5, 16, 40}) {
                for (int filters : new int[] {1, 2, 6}) {
                    for (int stride = 1; stride <= 2; stride++) {
                        check(grouped(groups, each, filters, stride, 1));
                    }
                    check(grouped(groups, each, filters, 1, 2));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** TensorFlow has no kernel for these at all. */
    @Test
    void groupsOfVolumes() {
        for (int groups : new int[] {2, 3}) {
            for (int each : new int[] {1, 2, 5}) {
                for (int filters : new int[] {1, 2}) {
                    for (int stride = 1; stride <= 2; stride++) {
                        check(
                                new Convolved(
                                        "Conv3D",
                                        2,
                                        new int[] {4, 7, 6},
                                        new int[] {3, 2, 3},
                                        groups * each,
                                        groups * filters,
                                        groups,
                                        stride,
                                        1,
                                        false));
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static Convolved grouped(int groups, int each, int filters, int stride, int dilation) {
        int in = groups * each;
        int out = groups * filters;
        return new Convolved(
                "Conv2D",
                1,
                new int[] {1, 7, 6},
                new int[] {1, 3, 3},
                in,
                out,
                groups,
                stride,
                dilation,
                false);
    }

    @Test
    void depthwise() {
        for (int in : new int[] {1, 3, 16, 33, 72, 96}) {
            for (int each = 1; each <= 3; each++) {
                check(depthwise(in, each, 1, 1));
                check(depthwise(in, each, 2, 1));
                check(depthwise(in, each, 1, 2));
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static Convolved depthwise(int in, int each, int stride, int dilation) {
        return new Convolved(
                "DepthwiseConv2dNative",
                2,
                new int[] {1, 7, 6},
                new int[] {1, 3, 3},
                in,
                each,
                1,
                stride,
                dilation,
                false);
    }

    @Test
    void dilated() {
        for (int in : new int[] {1, 3, 33, 64, 72}) {
            for (int k : new int[] {2, 3}) {
                int[] grid = {1, 9, 8};
                int[] window = {1, k, k + 1};
                check(new Convolved("Conv2D", 1, grid, window, in, 7, 1, 1, 2, false));
            }
        }
        assertEquals(List.of(), wrong);
    }
}
