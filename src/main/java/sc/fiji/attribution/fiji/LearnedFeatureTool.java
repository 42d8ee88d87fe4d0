/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.fiji.feature.FoundImage;
import sc.fiji.attribution.fiji.feature.LayerGrid;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.feature.ActivationMaximisation;
import sc.fiji.attribution.method.feature.ImageRange;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.AllowedSize;
import sc.fiji.attribution.model.description.DataRange;

/**
 * Makes the image that a class, a hidden unit or a channel responds to most, for scripts and for
 * the command. Needs no SciJava context and no display.
 *
 * <pre>{@code
 * ImagePlus found =
 *         new LearnedFeatureTool(classifier).target("conv3[5]").run(Progress.NONE).image();
 * }</pre>
 */
public final class LearnedFeatureTool {

    private final Classifier classifier;
    private Map<String, String> options = Map.of();
    private String target = "";
    private String size = "";
    private String range = "";
    private Optional<ImagePlus> start = Optional.empty();
    private FoundImage.Viewer viewer = FoundImage.Viewer.NONE;

    /**
     * @param classifier stays open, and the caller's
     */
    public LearnedFeatureTool(Classifier classifier) {
        this.classifier = classifier;
    }

    /**
     * A class, a difference of classes, {@code layer[channel]} or {@code layer[channel, x, y, z]};
     * {@code predicted} only with an image to start from.
     */
    public LearnedFeatureTool target(String text) {
        this.target = text;
        return this;
    }

    /** Options by key; those not named keep their defaults. */
    public LearnedFeatureTool options(Map<String, String> values) {
        this.options = Map.copyOf(values);
        return this;
    }

    /** An image to start from, its first time point; default: noise. */
    public LearnedFeatureTool start(ImagePlus image) {
        this.start = Optional.of(image);
        return this;
    }

    /** Extents x, y and z such as {@code 64,64,32} where neither model nor start say them. */
    public LearnedFeatureTool size(String text) {
        this.size = text;
        return this;
    }

    /** Smallest and largest pixel value, such as {@code 0,255}; default: the description's. */
    public LearnedFeatureTool range(String text) {
        this.range = text;
        return this;
    }

    /** Is shown the image while it grows; nobody by default. */
    public LearnedFeatureTool viewer(FoundImage.Viewer someone) {
        this.viewer = someone;
        return this;
    }

    /**
     * @param image what was found, on the model's grid
     * @param attribution the same with its score
     * @param warnings one line each; empty where nothing is odd
     */
    public record Result(ImagePlus image, Attribution attribution, List<String> warnings) {}

    /**
     * Checks what was asked for; nothing is computed.
     *
     * @throws AttributionException where the model has no gradients, or no such target, or an
     *     option does not fit
     */
    public void check() {
        ModelSpec spec = classifier.spec();
        classifier
                .whyNoGradients()
                .ifPresent(
                        why -> {
                            throw new ModelException(
                                    "What model '"
                                            + spec.name()
                                            + "' learned cannot be shown: "
                                            + why);
                        });
        if (target.isBlank()) {
            throw new OptionException(
                    "target: say what to look for, a class, layer[channel] or layer[channel, x, y,"
                            + " z].");
        }
        if (Score.target(classifier, target).isEmpty() && start.isEmpty()) {
            throw new OptionException(
                    "target=predicted needs an image (start=); name a class, or a channel as"
                            + " layer[channel].");
        }
        Settings.of(ActivationMaximisation.DECLARATION.options(), options);
        pixelRange();
        if (start.isPresent()) {
            ModelInput.of(spec, start.get());
        } else {
            shape();
        }
    }

    /**
     * Computes the image.
     *
     * @param progress told between model calls
     * @throws AttributionException as {@link #check}
     */
    public Result run(Progress progress) {
        check();
        ModelSpec spec = classifier.spec();
        Settings settings = Settings.of(ActivationMaximisation.DECLARATION.options(), options);
        List<String> warnings = new ArrayList<>(spec.description().warnings());
        Optional<ModelInput> input = start.map(image -> ModelInput.of(spec, image));
        Tensor first = input.map(each -> each.tensor(0)).orElse(null);
        ImageRange values = values(first, warnings);
        if (first == null) {
            first = ActivationMaximisation.noise(spec.axes(), shape(), values, settings);
        }
        FoundImage shown =
                new FoundImage(
                        target + " of " + spec.name(),
                        start,
                        LayerGrid.ofInput(input.map(ModelInput::grid).orElse(Grid.SAME), first),
                        values);
        Attribution found =
                new ActivationMaximisation(
                                new Problem(
                                        classifier,
                                        first,
                                        target,
                                        new Baseline.Constant(0),
                                        settings),
                                values)
                        .run(progress, shown.preview(viewer));
        input.ifPresent(each -> warnings.addAll(each.warnings()));
        Optional.ofNullable(found.findings().get(ActivationMaximisation.CAUTION))
                .ifPresent(why -> warnings.add(target + ": " + why + "."));
        ImagePlus image = shown.build(found.map());
        provenance(found, input).forEach(image::setProp);
        return new Result(image, found, warnings);
    }

    private Optional<DataRange> pixelRange() {
        Optional<DataRange> said = ImageRange.parse(range);
        if (said.isPresent() && values(said.get()).isEmpty()) {
            throw new OptionException(
                    "range="
                            + range
                            + ": the pre-processing of model '"
                            + classifier.spec().name()
                            + "' ("
                            + classifier.spec().description().input().steps()
                            + ") makes of it what depends on the image; leave it out.");
        }
        return said;
    }

    private Optional<ImageRange> values(DataRange pixels) {
        return ImageRange.of(pixels, classifier.spec(), Math.max(1, classifier.spec().size('c')));
    }

    private ImageRange values(Tensor first, List<String> warnings) {
        DataRange described = classifier.spec().description().input().range();
        Optional<ImageRange> values = values(pixelRange().orElse(described));
        if (values.isPresent()) {
            return values.get();
        }
        warnings.add(
                "Nothing says which values an image may take (range=), so they are not kept"
                        + " within bounds.");
        return first != null
                ? ImageRange.scaleOf(first)
                : ImageRange.unknown(Math.max(1, classifier.spec().size('c')));
    }

    /** Of the model's input, batch 1, where there is no image to start from. */
    private int[] shape() {
        ModelSpec spec = classifier.spec();
        List<Integer> said = sizes();
        int[] shape = new int[spec.axes().rank()];
        for (int i = 0; i < shape.length; i++) {
            char axis = spec.axes().axis(i);
            int fixed = spec.size(axis);
            int position = "xyz".indexOf(axis);
            int wanted = position >= 0 && position < said.size() ? said.get(position) : -1;
            if (axis == 'b') {
                shape[i] = 1;
            } else if (fixed < 0 && wanted < 0) {
                throw new OptionException(
                        "Model '"
                                + spec.name()
                                + "' takes any extent along "
                                + axis
                                + (axis == 'c'
                                        ? ": start from an image (start=)."
                                        : ": say which with size=, such as size=64,64,32 (x, y,"
                                                + " z)."));
            } else {
                shape[i] = fixed < 0 ? wanted : fixed;
                require(axis, wanted, shape[i]);
            }
        }
        return shape;
    }

    private void require(char axis, int wanted, int extent) {
        Optional<AllowedSize> allowed = classifier.spec().description().input().size(axis);
        boolean fits = allowed.map(sizes -> sizes.allows(extent)).orElse(true);
        if (wanted >= 0 && wanted != extent || !fits) {
            throw new OptionException(
                    "size="
                            + size
                            + ": model '"
                            + classifier.spec().name()
                            + "' takes "
                            + (fits ? axis + " " + extent : allowed.get())
                            + ".");
        }
    }

    private List<Integer> sizes() {
        if (size.isBlank()) {
            return List.of();
        }
        try {
            List<Integer> sizes = new ArrayList<>();
            for (String word : size.strip().split("[,;x\\s]+")) {
                int extent = Integer.parseInt(word);
                if (extent < 1) {
                    throw new NumberFormatException(word);
                }
                sizes.add(extent);
            }
            return sizes;
        } catch (NumberFormatException e) {
            throw new OptionException(
                    "size=" + size + ": expected extents in voxels, such as 64,64,32 (x, y, z).");
        }
    }

    private Map<String, String> provenance(Attribution found, Optional<ModelInput> input) {
        ImagePlus from = start.orElseGet(() -> new ImagePlus("noise"));
        Map<String, String> record =
                Provenance.of(classifier.spec(), List.of(found), MapImage.Channels.KEEP, from);
        record.put("attribution.option.range", range);
        record.put("attribution.option.size", size);
        record.put("attribution.paper", ActivationMaximisation.DECLARATION.paper());
        input.flatMap(ModelInput::resampling)
                .ifPresent(how -> record.put("attribution.resampling", how));
        Map<String, String> said = new LinkedHashMap<>(record);
        said.values().removeIf(text -> text == null || text.isBlank());
        return said;
    }
}
