/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.fiji.feature.FeatureImage;
import sc.fiji.attribution.fiji.feature.FeatureMontage;
import sc.fiji.attribution.fiji.feature.FeatureTable;
import sc.fiji.attribution.fiji.feature.LayerGrid;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.feature.LayerFeatures;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Need;

/**
 * Image in, activations of a layer out, for scripts and for the command. Needs no SciJava context
 * and no display.
 *
 * <pre>{@code
 * ImagePlus features =
 *         new HiddenFeaturesTool(classifier).layer("conv3").run(image, Progress.NONE).image();
 * }</pre>
 */
public final class HiddenFeaturesTool {

    private final Classifier classifier;
    private final Map<String, String> options = new LinkedHashMap<>();
    private String target = Target.PREDICTED;

    /**
     * @param classifier stays open, and the caller's
     */
    public HiddenFeaturesTool(Classifier classifier) {
        this.classifier = classifier;
    }

    /** By name; default: the last convolution. */
    public HiddenFeaturesTool layer(String name) {
        options.put(LayerFeatures.LAYER.key(), name);
        return this;
    }

    /** {@code layer} (default) or {@code image}. */
    public HiddenFeaturesTool grid(String name) {
        options.put(LayerFeatures.GRID.key(), name);
        return this;
    }

    /** What the channels contribute to: a class, a difference, or {@code predicted} (default). */
    public HiddenFeaturesTool target(String text) {
        this.target = text;
        return this;
    }

    /**
     * @param image the activations: a channel for each of the layer's, one frame per frame of the
     *     input
     * @param montage one slice of each channel of the first frame; empty for a layer without a
     *     place in the image
     * @param table the channels of each frame, ranked by contribution
     * @param frames what was found
     * @param warnings one line each; empty where nothing is odd
     */
    public record Result(
            ImagePlus image,
            Optional<ImagePlus> montage,
            ResultsTable table,
            List<LayerFeatures> frames,
            List<String> warnings) {}

    /**
     * Checks what was asked for; nothing is computed.
     *
     * @return the layer
     * @throws AttributionException where the model has no such layer or target
     */
    public Layer check() {
        Settings settings = Settings.of(LayerFeatures.DECLARATION.options(), options);
        Layer layer = LayerFeatures.layer(classifier, settings.get(LayerFeatures.LAYER));
        Score.target(classifier, target);
        if (settings.get(LayerFeatures.GRID).equals("image") && !inSpace(layer)) {
            throw new OptionException(
                    "grid=image: layer '"
                            + layer.name()
                            + "' ("
                            + layer.axes()
                            + ") has no place in the image; leave it at grid=layer.");
        }
        return layer;
    }

    private boolean inSpace(Layer layer) {
        return layer.spatial() && layer.axes().spatial().equals(classifier.spec().axes().spatial());
    }

    /**
     * Runs the network on each frame.
     *
     * @param image its calibrated values go to the model; not changed
     * @param progress told between model calls
     * @throws AttributionException where the image, the options or the model do not fit
     */
    public Result run(ImagePlus image, Progress progress) {
        Need.require(List.of(Need.ONE_GRID), classifier);
        Layer layer = check();
        ModelInput input = ModelInput.of(classifier.spec(), image);
        Settings settings = settings(layer);
        List<LayerFeatures> frames = new ArrayList<>();
        Tensor tensor = null;
        for (int frame = 0; frame < input.frames(); frame++) {
            progress.update(frame, input.frames(), "Hidden features");
            tensor = input.tensor(frame);
            frames.add(
                    LayerFeatures.of(
                            new Problem(
                                    classifier,
                                    tensor,
                                    target,
                                    new Baseline.Constant(0),
                                    settings)));
        }
        progress.update(input.frames(), input.frames(), "Hidden features");
        List<String> warnings = new ArrayList<>(classifier.spec().description().warnings());
        warnings.addAll(input.warnings());
        frames.get(0)
                .withoutGradient()
                .ifPresent(why -> warnings.add("Channels are not ranked: " + why));
        List<Attribution> attributions = frames.stream().map(LayerFeatures::attribution).toList();
        LayerGrid grid = grid(image, input, layer, tensor, attributions.get(0).map());
        Map<String, String> provenance =
                Provenance.of(classifier.spec(), attributions, MapImage.Channels.KEEP, image);
        provenance.put("attribution.paper", LayerFeatures.DECLARATION.paper());
        provenance.put("attribution.layer.grid", grid.toString());
        input.resampling().ifPresent(how -> provenance.put("attribution.resampling", how));
        boolean onImage = settings.get(LayerFeatures.GRID).equals("image");
        ImagePlus features =
                new FeatureImage(image, layer.name(), grid, onImage)
                        .build(
                                attributions.stream().map(Attribution::map).toList(),
                                layer.name() + " of " + image.getTitle(),
                                provenance);
        return new Result(
                features,
                layer.spatial()
                        ? Optional.of(new FeatureMontage(image, frames.get(0), grid).build())
                        : Optional.empty(),
                FeatureTable.of(layer.name(), frames),
                frames,
                warnings);
    }

    /** With the name of the layer, also where it was left open. */
    private Settings settings(Layer layer) {
        Map<String, String> texts = new LinkedHashMap<>(options);
        texts.put(LayerFeatures.LAYER.key(), layer.name());
        return Settings.of(LayerFeatures.DECLARATION.options(), texts);
    }

    private LayerGrid grid(
            ImagePlus image, ModelInput input, Layer layer, Tensor tensor, Tensor activations) {
        Optional<ReceptiveField> field =
                inSpace(layer)
                        ? classifier.structure().flatMap(known -> known.field(layer, tensor))
                        : Optional.empty();
        return LayerGrid.of(image, activations, input.grid(), tensor.axes().spatial(), field);
    }
}
