/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;

/**
 * Other tools' figures for a 3-D classifier, see the README beside them. Their arrays have the
 * channels first, and large ones are kept at sampled positions only.
 *
 * @param folder holds {@code manifest.json}
 */
public record GoldenMs3d(Path folder) {

    /** Without near-ties in max pooling, at which the tools' own float32 and float64 differ. */
    public static final int TIE_FREE = 3;

    /** The larger collection's; the test is skipped without it. */
    public static GoldenMs3d shared() {
        return new GoldenMs3d(Resources.shared("golden/ms3d"));
    }

    /** An image or volume N,C,D,H,W as the network takes it. */
    public static Tensor channelsLast(Npy image) {
        return Maps.permute(new Tensor(new Axes("bczyx"), image.shape(), image.floats()), "bzyxc");
    }

    public Tensor input(int number) {
        String suffix = number == TIE_FREE ? "_tiefree.npy" : ".npy";
        return channelsLast(Npy.read(folder.resolve("input" + number + suffix)));
    }

    /** The figures of logits by methods that are asked for, in the manifest's order. */
    public List<Figure> figures(Predicate<String> method) throws IOException {
        JsonObject manifest =
                new Gson()
                        .fromJson(
                                Files.readString(folder.resolve("manifest.json")),
                                JsonObject.class);
        List<Figure> figures = new ArrayList<>();
        for (JsonElement element : manifest.getAsJsonArray("entries")) {
            Figure figure = new Figure(folder, element.getAsJsonObject());
            if (method.test(figure.method()) && figure.text("output").equals("logit")) {
                figures.add(figure);
            }
        }
        return figures;
    }

    /** One of them. */
    public record Figure(Path folder, JsonObject entry) {

        private String text(String key) {
            return entry.get(key).getAsString();
        }

        public String method() {
            return text("method");
        }

        public String file() {
            return text("file");
        }

        public int input() {
            return entry.get("input").getAsInt();
        }

        public int target() {
            return entry.get("target").getAsInt();
        }

        /** The largest absolute value of the whole array. */
        public double scale() {
            return Math.max(entry.get("max").getAsDouble(), -entry.get("min").getAsDouble());
        }

        /** How far the tool itself is off in float32. */
        public double ofTool() {
            return entry.getAsJsonObject("float32_run").get("max_abs_err").getAsDouble();
        }

        public double[] expected() {
            Path path = folder.resolve(file());
            return file().endsWith(".npz")
                    ? Npy.readAll(path).get("a").values()
                    : Npy.read(path).values();
        }

        /** A map's values where {@link #expected} has them. */
        public float[] at(Tensor map) {
            float[] all = Maps.permute(map, "bczyx").data();
            if (!file().contains(".samples.")) {
                return all;
            }
            double[] index = Npy.read(folder.resolve("samples_idx.npy")).values();
            float[] picked = new float[index.length];
            for (int i = 0; i < picked.length; i++) {
                picked[i] = all[(int) index[i]];
            }
            return picked;
        }
    }
}
