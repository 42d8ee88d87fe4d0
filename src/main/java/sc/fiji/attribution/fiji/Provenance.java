/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.scijava.util.VersionUtils;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.model.ModelDescription;
import sc.fiji.attribution.model.ModelSpec;

/** How a map was made, as properties that are kept with the image. */
public final class Provenance {

    /** Property that every map has, and no other image. */
    static final String METHOD = "attribution.method";

    /** The title of the image that it was made of. */
    static final String IMAGE = "attribution.image";

    private Provenance() {}

    /**
     * Everything that is needed to make the same map again, and what came out. With several frames
     * their values stand in order, separated by {@code "; "}.
     */
    static Map<String, String> of(
            ModelSpec model,
            List<Attribution> frames,
            MapImage.Channels channels,
            ImagePlus image) {
        Attribution first = frames.get(0);
        Map<String, String> record = new LinkedHashMap<>();
        record.put(METHOD, first.method());
        first.options().forEach((key, value) -> record.put("attribution.option." + key, value));
        record.put("attribution.target", each(frames, a -> a.target().description()));
        record.put("attribution.baseline", first.baseline());
        record.put("attribution.channels", channels.name().toLowerCase(Locale.ROOT));
        record.put("attribution.unit", first.unit());
        record.put("attribution.score", each(frames, a -> number(a.score())));
        record.put(
                "attribution.logits",
                each(frames, a -> classes(model, i -> number(a.classLogits()[i]))));
        record.put(
                "attribution.probabilities",
                each(frames, a -> classes(model, i -> number(a.probabilities()[i]))));
        if (first.completenessError().isPresent()) {
            record.put(
                    "attribution.baseline.score",
                    each(frames, a -> number(a.baselineScore().getAsDouble())));
            record.put(
                    "attribution.completeness.error",
                    each(frames, a -> number(a.completenessError().getAsDouble())));
        }
        record.put("attribution.passes", each(frames, a -> Long.toString(a.passes())));
        first.findings()
                .forEach(
                        (key, value) ->
                                record.put(
                                        "attribution." + key,
                                        each(frames, a -> a.findings().getOrDefault(key, ""))));
        record.put(IMAGE, image.getTitle());
        record.put("attribution.model", model.name());
        record.put("attribution.model.sha256", model.sha256());
        model.said().toMap().forEach((key, value) -> record.put("attribution.model." + key, value));
        ModelDescription description = model.description();
        record.put("attribution.preprocessing", description.input().steps());
        record.put("attribution.model.description", source(description));
        record.put(
                "attribution.software",
                "Attribution for Fiji " + VersionUtils.getVersion(Provenance.class));
        return record;
    }

    /**
     * Writes it to an image as properties, which macros read; Image > Show Info... lists them, and
     * below them a title and a line on how to read the values. Empty values are left out.
     */
    static void write(Map<String, String> provenance, ImagePlus image, String title, String how) {
        provenance.forEach(
                (key, value) -> {
                    if (value != null && !value.isBlank()) {
                        image.setProp(key, value);
                    }
                });
        image.setProperty("Info", title + "\n" + how + "\n");
    }

    /**
     * Reads a number back from a map, of the frame that it shows.
     *
     * @param key such as {@code completeness.error}
     * @return NaN where the map has none, since its method promises nothing of the kind
     * @throws ImageException where the image is no map
     */
    public static double number(ImagePlus map, String key) {
        if (map.getProp("attribution.method") == null) {
            throw new ImageException(
                    "'" + map.getTitle() + "' is no attribution map: select the map first.");
        }
        String text = map.getProp("attribution." + key);
        if (text == null) {
            return Double.NaN;
        }
        String[] frames = text.split("; ");
        return Double.parseDouble(frames[Math.min(map.getT(), frames.length) - 1]);
    }

    /** For example {@code "Lesions, rdf.yaml (bioimage.io 0.5.4)"}; empty without a description. */
    private static String source(ModelDescription description) {
        String name = description.name().isEmpty() ? "" : description.name() + ", ";
        return description
                .file()
                .map(file -> name + file.getFileName() + " (" + description.format() + ")")
                .orElse("");
    }

    private static String each(List<Attribution> frames, Function<Attribution, String> what) {
        return frames.stream().map(what).collect(Collectors.joining("; "));
    }

    private static String classes(ModelSpec model, Function<Integer, String> value) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < model.classes(); i++) {
            texts.add(model.labels().get(i) + " " + value.apply(i));
        }
        return String.join(", ", texts);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
