/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.List;
import java.util.Map;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.network.Value;

/** Layers that bring planes to a fixed size. */
public final class Resampling {

    private static final Map<String, String> KERNELS =
            Map.of(
                    "lanczos3", "lanczos3",
                    "lanczos5", "lanczos5",
                    "gaussian", "gaussian",
                    "mitchellcubic", "mitchellcubic",
                    "bilinear", "triangle",
                    "bicubic", "keyscubic");

    private Resampling() {}

    /** An image with its channels last, by Keras' rule of pixel centres. */
    public static Output resize(
            LayerCall call, Output x, Output size, String interpolation, boolean smooth) {
        Ops g = call.ops();
        boolean kernel = smooth && KERNELS.containsKey(interpolation);
        String op =
                switch (kernel ? "" : interpolation) {
                    case "nearest" -> "ResizeNearestNeighbor";
                    case "bilinear" -> "ResizeBilinear";
                    case "bicubic" -> "ResizeBicubic";
                    case "area" -> "ResizeArea";
                    default -> "ScaleAndTranslate";
                };
        if (op.equals("ResizeArea")) {
            return g.emit(op, x, size);
        }
        if (!op.equals("ScaleAndTranslate")) {
            return g.emit(op, List.of(x, size), "half_pixel_centers", true);
        }
        if (!KERNELS.containsKey(interpolation)) {
            throw call.config().unsupported("interpolation '" + interpolation + "'");
        }
        Output from = g.cast(g.slice(g.shape(x), 1, 2), org.tensorflow.proto.DataType.DT_FLOAT);
        Output scale = g.div(g.cast(size, org.tensorflow.proto.DataType.DT_FLOAT), from);
        return g.emit(
                op,
                List.of(x, size, scale, g.zerosLike(scale)),
                "kernel_type",
                KERNELS.get(interpolation),
                "antialias",
                smooth);
    }

    static Value resizing(LayerCall call) {
        Value x = call.image(4);
        int height = call.config().count("height");
        int width = call.config().count("width");
        if (call.config().flag("crop_to_aspect_ratio", false)) {
            x = aspect(call, x, height, width, false);
        } else if (call.config().flag("pad_to_aspect_ratio", false)) {
            x = aspect(call, x, height, width, true);
        }
        return call.fromImage(
                resized(
                        call,
                        x,
                        height,
                        width,
                        call.config().text("interpolation", "bilinear"),
                        call.config().flag("antialias", false)));
    }

    private static Value resized(
            LayerCall call, Value x, int height, int width, String how, boolean smooth) {
        Output y = resize(call, x.output(), call.ops().vector(height, width), how, smooth);
        return LayerCall.value(y, x.shape()[0], height, width, x.extent(-1));
    }

    /** Cropped or padded to the proportions of another size, about its middle. */
    private static Value aspect(LayerCall call, Value x, int height, int width, boolean pad) {
        call.requireKnown(x, 1);
        int[] size = {x.extent(1), x.extent(2)};
        int[] wanted = {
            (int) ((float) (size[1] * height) / width), (int) ((float) (size[0] * width) / height)
        };
        int[][] sides = new int[2][];
        int[] shape = x.shape().clone();
        for (int i = 0; i < 2; i++) {
            int target =
                    pad ? Math.max(size[i], wanted[i]) : Math.max(Math.min(size[i], wanted[i]), 1);
            int difference = Math.abs(target - size[i]);
            // Keras pads the same on both sides.
            sides[i] =
                    new int[] {difference / 2, pad ? difference / 2 : difference - difference / 2};
            shape[i + 1] = size[i] + sides[i][0] + sides[i][1];
        }
        if (!pad) {
            return Shaping.crop(call, x, sides);
        }
        if (call.config().number("fill_value", 0) != 0) {
            throw call.config().unsupported("a fill_value");
        }
        return LayerCall.value(Window.pad(call.ops(), x.output(), sides), shape);
    }

    /** The middle of a large image; the whole of a small one, resized. */
    static Value centreCrop(LayerCall call) {
        Value x = call.image(4);
        call.requireKnown(x, 1);
        int height = call.config().count("height");
        int width = call.config().count("width");
        int down = x.extent(1) - height;
        int across = x.extent(2) - width;
        if (down < 0 || across < 0) {
            Value cropped = aspect(call, x, height, width, false);
            return call.fromImage(resized(call, cropped, height, width, "bilinear", false));
        }
        int[][] sides = {{down / 2, down - down / 2}, {across / 2, across - across / 2}};
        return call.fromImage(Shaping.crop(call, x, sides));
    }

    /** Outside training: the middle in the right proportions, resized; as it is if it fits. */
    static Value randomCrop(LayerCall call) {
        Value x = call.image(4);
        int height = call.config().count("height");
        int width = call.config().count("width");
        if (x.extent(1) == height && x.extent(2) == width) {
            return call.input();
        }
        throw call.config().unsupported("an input of another size");
    }
}
