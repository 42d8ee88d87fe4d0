/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.Inputs.apart;
import static sc.fiji.attribution.graph.Inputs.exactly;
import static sc.fiji.attribution.graph.Inputs.fixed;
import static sc.fiji.attribution.graph.Inputs.ints;
import static sc.fiji.attribution.graph.Inputs.x;
import static sc.fiji.attribution.graph.OpCase.op;
import static sc.fiji.attribution.graph.ir.Ops.list;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Cases of pooling, local response normalisation, resizing and patches. */
public final class PoolCases {

    private PoolCases() {}

    public static Stream<OpCase> all() {
        return Stream.of(pools(), resizes(), patches()).flatMap(List::stream);
    }

    private static List<OpCase> pools() {
        return List.of(
                pool2D("MaxPool", "2×2", 2, 2, 2, 2, "VALID", 2, 4, 4, 2),
                pool2D("MaxPool", "overlapping", 3, 3, 2, 2, "VALID", 1, 7, 5, 2),
                pool2D("MaxPool", "SAME, odd sizes", 2, 2, 2, 2, "SAME", 1, 5, 3, 2),
                pool2D("MaxPool", "SAME, overlapping, uneven", 3, 2, 1, 2, "SAME", 1, 4, 5, 1),
                pool2D("MaxPool", "stride beyond the window", 2, 1, 3, 2, "VALID", 1, 7, 5, 1),
                op("MaxPool", "explicit padding", apart(1, 4, 4, 2))
                        .with("ksize", list(1, 3, 3, 1), "strides", list(1, 2, 2, 1))
                        .with("padding", "EXPLICIT")
                        .with("explicit_paddings", list(0, 0, 1, 1, 1, 0, 0, 0))
                        .inFloat(0.02, 5e-5),
                op("MaxPool", "channels first (oneDNN)", apart(1, 2, 4, 4))
                        .with("ksize", list(1, 1, 2, 2), "strides", list(1, 1, 2, 2))
                        .with("padding", "VALID", "data_format", "NCHW")
                        .inFloat(0.02, 5e-5),
                op("MaxPoolV2", "2×3, SAME", apart(1, 4, 5, 1), ints(1, 2, 3, 1), ints(1, 2, 2, 1))
                        .with("padding", "SAME")
                        .inFloat(0.02, 5e-5),
                op("MaxPoolWithArgmax", "2×2", apart(1, 4, 4, 2))
                        .with("ksize", list(1, 2, 2, 1), "strides", list(1, 2, 2, 1))
                        .with("padding", "VALID")
                        .inFloat(0.02, 5e-5),
                pool3D("MaxPool3D", "2×2×2", 2, 2, 2, 2, 2, 2, "VALID", 2, 4, 4, 2, 2),
                pool3D("MaxPool3D", "overlapping", 3, 3, 3, 2, 2, 2, "VALID", 1, 5, 5, 3, 1),
                pool3D("MaxPool3D", "SAME, odd sizes", 2, 2, 2, 2, 2, 2, "SAME", 1, 3, 5, 3, 2),
                pool3D("MaxPool3D", "SAME, uneven", 1, 3, 2, 1, 2, 1, "SAME", 1, 3, 4, 3, 1),
                pool3D("MaxPool3D", "overlapping, SAME", 3, 3, 3, 1, 1, 1, "SAME", 1, 3, 4, 3, 1),
                pool3D("MaxPool3D", "stride over window", 1, 2, 1, 2, 3, 2, "VALID", 1, 3, 5, 3, 1),
                op("MaxPool3D", "channels first (oneDNN)", apart(1, 2, 4, 5, 6))
                        .with("ksize", list(1, 1, 2, 1, 3))
                        .with("strides", list(1, 1, 2, 1, 2), "padding", "VALID")
                        .with("data_format", "NCDHW")
                        .inFloat(0.02, 5e-5),
                pool2D("AvgPool", "2×2", 2, 2, 2, 2, "VALID", 2, 4, 4, 1),
                pool2D("AvgPool", "SAME, odd sizes", 3, 2, 2, 2, "SAME", 1, 5, 3, 2),
                pool2D("AvgPool", "overlapping, uneven", 3, 2, 1, 2, "VALID", 1, 5, 4, 1),
                pool3D("AvgPool3D", "2×2×2", 2, 2, 2, 2, 2, 2, "VALID", 1, 4, 2, 4, 1),
                pool3D("AvgPool3D", "SAME, odd sizes", 3, 2, 2, 2, 2, 2, "SAME", 1, 3, 5, 3, 1),
                pool3D("AvgPool3D", "uneven", 1, 3, 2, 1, 2, 1, "VALID", 1, 2, 5, 3, 1),
                op("LRN", "defaults", x(1, 2, 2, 4)).inFloat(1e-2, 2e-4),
                op("LRN", "AlexNet", x(1, 2, 1, 6))
                        .with("depth_radius", 2, "bias", 2f, "alpha", 0.1f, "beta", 0.75f)
                        .inFloat(1e-2, 2e-4));
    }

    private static OpCase pool2D(
            String op,
            String variant,
            long windowY,
            long windowX,
            long strideY,
            long strideX,
            String padding,
            long... shape) {
        return op(op, variant, apart(shape))
                .with("ksize", list(1, windowY, windowX, 1))
                .with("strides", list(1, strideY, strideX, 1), "padding", padding)
                .inFloat(0.02, 5e-5);
    }

    private static OpCase pool3D(
            String op,
            String variant,
            long windowZ,
            long windowY,
            long windowX,
            long strideZ,
            long strideY,
            long strideX,
            String padding,
            long... shape) {
        return op(op, variant, apart(shape))
                .with("ksize", list(1, windowZ, windowY, windowX, 1))
                .with("strides", list(1, strideZ, strideY, strideX, 1), "padding", padding)
                .inFloat(0.02, 5e-5);
    }

    private static List<OpCase> resizes() {
        List<OpCase> cases = new ArrayList<>();
        boolean[][] modes = {{false, false}, {true, false}, {false, true}};
        for (String op : List.of("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic")) {
            for (boolean[] mode : modes) {
                String name = mode[0] ? "align_corners" : mode[1] ? "half_pixel_centers" : "plain";
                cases.add(resize(op, "larger, " + name, mode, ints(5, 6)));
                cases.add(resize(op, "smaller, " + name, mode, ints(2, 3)));
            }
        }
        for (boolean corners : new boolean[] {false, true}) {
            String name = corners ? "align_corners" : "plain";
            for (OpCase.Input size : List.of(ints(5, 6), ints(2, 3), ints(3, 4))) {
                String to = " to " + java.util.Arrays.toString(size.values().data());
                cases.add(
                        op("ResizeArea", name + to, x(2, 3, 4, 2), size)
                                .with("align_corners", corners)
                                .inFloat(1, 1e-5));
            }
        }
        OpCase.Input scale = fixed(exactly(new long[] {2}, 0.6, 1.5));
        OpCase.Input shift = fixed(exactly(new long[] {2}, 0.2, -0.3));
        for (String kernel : List.of("lanczos3", "triangle")) {
            cases.add(
                    op("ScaleAndTranslate", kernel, x(1, 4, 3, 2), ints(3, 5), scale, shift)
                            .with("kernel_type", kernel, "antialias", true)
                            .inFloat(1, 1e-5));
        }
        OpCase.Input boxes = fixed(exactly(new long[] {2, 4}, 0.1, 0, 0.9, 1, 0.5, 0.2, 0, 0.8));
        cases.add(
                op("CropAndResize", "bilinear", x(2, 4, 4, 2), boxes, ints(1, 0), ints(3, 2))
                        .inFloat(1, 1e-5));
        return cases;
    }

    private static List<OpCase> patches() {
        return List.of(
                op("ExtractImagePatches", "not overlapping", x(2, 4, 6, 2))
                        .with("ksizes", list(1, 2, 3, 1), "strides", list(1, 2, 3, 1))
                        .with("rates", list(1, 1, 1, 1), "padding", "VALID"),
                op("ExtractImagePatches", "overlapping, SAME", x(1, 5, 4, 1))
                        .with("ksizes", list(1, 3, 3, 1), "strides", list(1, 2, 1, 1))
                        .with("rates", list(1, 1, 1, 1), "padding", "SAME"),
                op("ExtractVolumePatches", "overlapping", x(1, 4, 3, 4, 2))
                        .with("ksizes", list(1, 2, 2, 3, 1), "strides", list(1, 1, 2, 1, 1))
                        .with("padding", "SAME"));
    }

    private static OpCase resize(String op, String variant, boolean[] mode, OpCase.Input size) {
        return op(op, variant, x(2, 3, 4, 2), size)
                .with("align_corners", mode[0], "half_pixel_centers", mode[1])
                .inFloat(1, 1e-5);
    }
}
