/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.model.ModelSpec;

/**
 * A map as an image, and what its properties say of how it was made; a map by another program says
 * nothing.
 */
final class MapRecord {

    /** Scores are written with six digits, and computed in single precision. */
    private static final double TOLERANCE = 1e-3;

    private final ImagePlus map;

    private MapRecord(ImagePlus map) {
        this.map = map;
    }

    /**
     * @throws ImageException where the image is no map that can be judged: in colour, of several
     *     classes, with values that are no numbers, or the same everywhere
     */
    public static MapRecord of(ImagePlus map) {
        ImageView view = ImageView.of(map);
        MapRecord record = new MapRecord(map);
        if (AllClasses.ALL.equals(record.said("target"))) {
            throw new ImageException(
                    "Map '"
                            + map.getTitle()
                            + "' has a channel for each class: make the map of one class.");
        }
        view.requireFinite(0);
        float[] data = TestImage.values(map).data();
        boolean constant = true;
        for (float value : data) {
            constant &= value == data[0];
        }
        if (constant) {
            throw new ImageException(
                    "Map '"
                            + map.getTitle()
                            + "' is "
                            + data[0]
                            + " everywhere: it says nothing that could be judged.");
        }
        return record;
    }

    public ImagePlus map() {
        return map;
    }

    private String said(String key) {
        return map.getProp("attribution." + key);
    }

    /** What it explains; empty where the map does not say. */
    public Optional<String> target() {
        // Of several time points the first one's.
        return Optional.ofNullable(said("target")).map(text -> text.split("; ")[0]);
    }

    /** The method and its options; empty where this plug-in knows none of that name. */
    public Optional<ChosenMethod> method() {
        String name = map.getProp(Provenance.METHOD);
        if (name == null || AttributionMethods.names().stream().noneMatch(name::equals)) {
            return Optional.empty();
        }
        AttributionMethod method = AttributionMethods.named(name);
        Map<String, String> options = new LinkedHashMap<>();
        for (Option<?> option : method.declaration().options()) {
            String value = said("option." + option.key());
            if (value != null) {
                options.put(option.key(), value);
            }
        }
        ChosenMethod made = ChosenMethod.of(method, options);
        return Optional.of(new ChosenMethod(name, method, made.settings()));
    }

    /** Where the method looked, in words; such a map cannot be made again from its record. */
    public Optional<String> inside() {
        return Optional.ofNullable(said("inside"));
    }

    /** The baseline, if it can be told from the record. */
    public Optional<BaselineChoice> baseline() {
        String text = said("baseline");
        return text == null ? Optional.empty() : BaselineChoice.described(text);
    }

    /**
     * Checks that it was made of that model.
     *
     * @throws ModelException where the record says another
     */
    public void requireModel(ModelSpec spec) {
        String sha = said("model.sha256");
        if (sha != null && !sha.equals(spec.sha256())) {
            throw new ModelException(
                    String.format(
                            Locale.ROOT,
                            "Map '%s' was made of model '%s' (SHA-256 %.12s…), and this is '%s'"
                                    + " (%.12s…): name the map's own model (model=…).",
                            map.getTitle(),
                            said("model"),
                            sha,
                            spec.name(),
                            spec.sha256()));
        }
    }

    /**
     * Checks that it was made of that image: by the score, since files are renamed.
     *
     * @throws ImageException where the record says another score
     */
    public void requireScore(double score, ImagePlus image) {
        if (said("score") == null) {
            return;
        }
        double recorded = Double.parseDouble(said("score").split("; ")[0]);
        if (!(Math.abs(recorded - score) <= TOLERANCE * Math.max(1, Math.abs(recorded)))) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "Map '%s' was made of '%s', whose score was %.6g, and that of '%s' is"
                                    + " %.6g: give the image that the map was made from (input=…).",
                            map.getTitle(),
                            map.getProp(Provenance.IMAGE),
                            recorded,
                            image.getTitle(),
                            score));
        }
    }

    /** What to tell where the record names another image that is scored the same. */
    public Optional<String> renamed(ImagePlus image) {
        return Optional.ofNullable(map.getProp(Provenance.IMAGE))
                .filter(name -> !name.equals(image.getTitle()))
                .map(
                        name ->
                                String.format(
                                        Locale.ROOT,
                                        "Map '%s' was made of '%s', and this is '%s': taken for the"
                                                + " same image, since its score is the same.",
                                        map.getTitle(),
                                        name,
                                        image.getTitle()));
    }

    /** Its values on the grid of the image that it was made of, channels as they are. */
    public Tensor onImage(ImagePlus image) {
        ImageView view = ImageView.of(map);
        TestImage.requireSameGrid("Map", view, map, image);
        return TestImage.values(map);
    }

    /**
     * Its values on the model's grid: as they are where the model sees the image's own voxels, else
     * interpolated linearly, amounts with their total kept.
     *
     * @return with the model's axes, without the channels where the map has one
     */
    public Tensor onModel(TestImage test, ModelSpec spec) {
        Tensor values = onImage(test.image());
        boolean channels = values.size('c') > 1;
        Tensor input = test.tensor();
        if (channels && values.size('c') != input.size('c')) {
            throw new ImageException(
                    "Map '"
                            + map.getTitle()
                            + "' has "
                            + values.size('c')
                            + " channels and the model's input "
                            + input.size('c')
                            + ": make it with channels=sum.");
        }
        double scale = 1;
        for (char axis : new char[] {'x', 'y', 'z'}) {
            int from = values.size(axis);
            if (from != input.size(axis)) {
                values = AxisResampling.linear(from, input.size(axis)).apply(values, axis);
                scale *= quantity() == Quantity.AMOUNT ? (double) from / input.size(axis) : 1;
            }
        }
        String order = channels ? spec.axes().order() : spec.axes().order().replace("c", "");
        Tensor result = values.in(new Axes(order));
        for (int i = 0; i < result.length(); i++) {
            result.data()[i] = (float) (result.data()[i] * scale);
        }
        return result;
    }

    private Quantity quantity() {
        return method().map(m -> m.method().declaration().quantity()).orElse(Quantity.AMOUNT);
    }

    /** Whether its channels were added up. */
    public boolean summed() {
        return map.getNChannels() == 1;
    }

    /** As a title in tables. */
    public String label() {
        return method().map(ChosenMethod::label).orElse(map.getTitle());
    }

    /** A map of the same kind, made again, as an image on the same grid. */
    static ImagePlus image(ImagePlus source, String title, Tensor onImage) {
        return MapImage.of(source).title(title).percentile(99.9).build(List.of(onImage));
    }
}
