/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import ij.ImagePlus;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.scijava.util.VersionUtils;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.fiji.format.Source;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.ModelDescription;

/** How a map was made, as properties that are kept with the image. */
public final class Provenance {

    /** Looked up once: it stands in the jar's manifest. */
    private static final MathContext DIGITS = new MathContext(6, RoundingMode.HALF_UP);

    private static final String SOFTWARE =
            "Attribution for Fiji " + VersionUtils.getVersion(Provenance.class);

    /** Property that every map has, and no other image. */
    public static final String METHOD = "attribution.method";

    /** The title of the image that it was made of. */
    public static final String IMAGE = "attribution.image";

    /** Of the values, such as {@code logit}. */
    public static final String UNIT = "attribution.unit";

    /** CRC-32C of that image's values. */
    private static final String VALUES = "attribution.image.crc32c";

    /** Property that overlays have, and maps have not. */
    public static final String OVERLAY = "attribution.overlay.type";

    /** Passes that were run for all classes together. */
    public static final String PASSES_OF_ALL = "attribution.passes.all";

    private Provenance() {}

    /** What {@link #of(ModelSpec, List, int, MapImage.Channels, ImagePlus)} says of one target. */
    public static Map<String, String> of(
            ModelSpec model,
            List<Attribution> frames,
            MapImage.Channels channels,
            ImagePlus image) {
        return of(model, frames, 1, channels, image);
    }

    /**
     * Everything that is needed to make the same map again, and what came out. With several frames
     * their values stand in order, separated by {@code "; "}, and with several classes class by
     * class for each frame.
     *
     * @param maps frame by frame, and class by class
     * @param perFrame how many of them belong to a frame
     */
    public static Map<String, String> of(
            ModelSpec model,
            List<Attribution> maps,
            int perFrame,
            MapImage.Channels channels,
            ImagePlus image) {
        Attribution first = maps.get(0);
        List<Attribution> frames =
                IntStream.range(0, maps.size() / perFrame)
                        .mapToObj(frame -> maps.get(frame * perFrame))
                        .toList();
        Map<String, String> record = new LinkedHashMap<>();
        record.put(METHOD, first.method());
        first.options().forEach((key, value) -> record.put("attribution.option." + key, value));
        if (perFrame > 1) {
            record.put("attribution.target", AllClasses.ALL);
            record.put("attribution.classes", each(maps.subList(0, perFrame), Provenance::name));
        } else {
            record.put("attribution.target", each(maps, Provenance::name));
        }
        record.put("attribution.baseline", first.baseline());
        record.put("attribution.channels", channels.name().toLowerCase(Locale.ROOT));
        record.put(UNIT, first.unit());
        record.put("attribution.score", each(maps, a -> number(a.score())));
        record.put(
                model.head().isNumbers() ? "attribution.outputs" : "attribution.logits",
                each(
                        frames,
                        a -> classes(model, i -> number(a.classLogits()[i]) + unit(model, i))));
        if (model.hasProbabilities()) {
            record.put(
                    "attribution.probabilities",
                    each(frames, a -> classes(model, i -> number(a.probabilities()[i]))));
        }
        if (first.completenessError().isPresent()) {
            record.put(
                    "attribution.baseline.score",
                    each(maps, a -> number(a.baselineScore().getAsDouble())));
            record.put(
                    "attribution.completeness.error",
                    each(maps, a -> number(a.completenessError().getAsDouble())));
        }
        record.put("attribution.passes", each(maps, a -> Long.toString(a.passes())));
        first.findings()
                .forEach(
                        (key, value) ->
                                record.put(
                                        "attribution." + key,
                                        each(maps, a -> a.findings().getOrDefault(key, ""))));
        record.put(IMAGE, image.getTitle());
        record.put(VALUES, checksum(image));
        Source.of(image)
                .ifPresent(
                        source -> {
                            record.put("attribution.image.reader", source.reader());
                            record.put("attribution.image.notes", String.join(" ", source.notes()));
                        });
        record.put("attribution.model", model.name());
        record.put("attribution.model.sha256", model.sha256());
        model.said().toMap().forEach((key, value) -> record.put("attribution.model." + key, value));
        ModelDescription description = model.description();
        record.put("attribution.preprocessing", description.input().steps());
        record.put("attribution.model.description", source(description));
        record.put("attribution.software", SOFTWARE);
        return record;
    }

    /** Empty where there is no image, or its values would have to be read again from a file. */
    private static String checksum(ImagePlus image) {
        if (image.getProcessor() == null) { // what a network learned is made of none
            return "";
        }
        ImageView view = ImageView.ofColours(image);
        return view.isVirtual() ? "" : view.checksum();
    }

    /** Whether an image may be the one that a map was made of, as far as the map tells. */
    public static boolean hasValuesOf(ImagePlus image, ImagePlus map) {
        String said = map.getProp(VALUES);
        String there = said == null ? "" : checksum(image);
        return there.isEmpty() || there.equals(said);
    }

    /**
     * Writes it to an image as properties, which macros read; Image > Show Info... lists them, and
     * below them a title and a line on how to read the values. Empty values are left out.
     */
    public static void write(
            Map<String, String> provenance, ImagePlus image, String title, String how) {
        provenance.forEach(
                (key, value) -> {
                    if (value != null && !value.isBlank()) {
                        image.setProp(key, Printable.line(value));
                    }
                });
        image.setProperty("Info", Printable.line(title) + "\n" + how + "\n");
    }

    /**
     * Reads a number back from a map, of the frame, and class, that it shows.
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
        String[] numbers = text.split("; ");
        boolean all = AllClasses.ALL.equals(map.getProp("attribution.target"));
        int shown = all ? (map.getT() - 1) * map.getNChannels() + map.getC() : map.getT();
        return Double.parseDouble(numbers[Math.min(shown, numbers.length) - 1]);
    }

    /** For example {@code "Lesions, rdf.yaml (bioimage.io 0.5.4)"}; empty without a description. */
    private static String source(ModelDescription description) {
        String name = description.name().isEmpty() ? "" : description.name() + ", ";
        return description
                .file()
                .map(file -> name + file.getFileName() + " (" + description.format() + ")")
                .orElse("");
    }

    private static String name(Attribution attribution) {
        return attribution.target().description();
    }

    private static String each(List<Attribution> maps, Function<Attribution, String> what) {
        return maps.stream().map(what).collect(Collectors.joining("; "));
    }

    private static String unit(ModelSpec model, int index) {
        String unit = model.unit(index);
        return unit.isEmpty() ? "" : " " + unit;
    }

    private static String classes(ModelSpec model, Function<Integer, String> value) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < model.classes(); i++) {
            texts.add(model.labels().get(i) + " " + value.apply(i));
        }
        return String.join(", ", texts);
    }

    /** As {@code %.6g}; what is neither large nor small without the machinery behind that. */
    static String number(double value) {
        if (Double.isFinite(value) && value != 0) {
            BigDecimal rounded = new BigDecimal(Double.toString(value)).round(DIGITS);
            int exponent = rounded.precision() - rounded.scale() - 1;
            if (exponent >= -4 && exponent < DIGITS.getPrecision()) {
                return rounded.setScale(DIGITS.getPrecision() - 1 - exponent).toPlainString();
            }
        }
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
