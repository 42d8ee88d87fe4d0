/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.evaluation.EvaluationSettings;
import sc.fiji.attribution.fiji.evaluation.MadeMaps;
import sc.fiji.attribution.fiji.evaluation.SavedMap;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;

/**
 * Judges maps: those that methods make of images, and one that is there. Localisation is measured
 * on the image's own grid, all that asks the network on the network's; channels are added up, as
 * maps are shown, so that a saved map and its method have the same figures. The first time point of
 * each image counts. Needs no SciJava context and no display.
 *
 * <pre>{@code
 * EvaluationTool tool = new EvaluationTool(classifier, Metrics.named("localisation, Deletion"));
 * tool.compare(image, Optional.of(mask), ChosenMethod.list("Gradient, LRP", classifier, false), Progress.NONE);
 * tool.result().table().show("Comparison");
 * }</pre>
 */
public final class EvaluationTool {

    private final EvaluationSettings settings;
    private final List<Metric> metrics;
    private final Comparison comparison;
    private final Set<String> titles = new LinkedHashSet<>();
    private final Map<String, ImagePlus> maps = new LinkedHashMap<>();
    private ImagePlus shown;

    /**
     * @param classifier stays open, and the caller's
     */
    public EvaluationTool(Classifier classifier, List<Metric> metrics) {
        this.settings = new EvaluationSettings(classifier);
        this.metrics = List.copyOf(metrics);
        this.comparison = new Comparison(metrics);
    }

    /** What is explained; default a map's own target, or the predicted class of each image. */
    public EvaluationTool target(String text) {
        settings.setTarget(text);
        return this;
    }

    /** For methods that have one, and what removed voxels become; default a map's own, or zero. */
    public EvaluationTool baseline(BaselineChoice choice) {
        settings.setBaseline(choice);
        return this;
    }

    /**
     * For methods over regions and curves over them, and looked at for those alone: as {@link
     * RegionChoice#named} reads it; default none.
     */
    public EvaluationTool regions(String text) {
        settings.setRegions(text);
        return this;
    }

    /**
     * A network of the same form that was trained on labels in random order; default none.
     *
     * @param network stays open, and the caller's
     * @throws OptionException where it takes another image or has other classes, or is the same
     */
    public EvaluationTool randomLabels(Classifier network) {
        settings.setRandomLabels(network);
        return this;
    }

    /** Steps of curves; default {@link Trial#STEPS}. */
    public EvaluationTool steps(int count) {
        settings.setSteps(count);
        return this;
    }

    /** Random samples; default {@link Trial#SAMPLES}. */
    public EvaluationTool samples(int count) {
        settings.setSamples(count);
        return this;
    }

    /** Start of the random numbers; default 0. */
    public EvaluationTool seed(long start) {
        settings.setSeed(start);
        return this;
    }

    /**
     * Makes and judges the methods' maps of one more image. Where that is cancelled, what was found
     * until then is kept.
     *
     * @param mask of the image's extents in space, above 0 where it is meant
     * @throws AttributionException where image, mask, options or model do not fit
     */
    public void compare(
            ImagePlus image,
            Optional<ImagePlus> mask,
            List<ChosenMethod> methods,
            Progress progress) {
        int parts = 1 + metrics.size();
        MadeMaps made = make(image, mask, methods, Progress.part(progress, 0, parts));
        judge(made, Progress.rest(progress, 1, parts));
    }

    /** Makes maps without judging them. */
    MadeMaps make(
            ImagePlus image,
            Optional<ImagePlus> mask,
            List<ChosenMethod> methods,
            Progress progress) {
        return MadeMaps.of(settings, image, mask, methods, needs(), progress);
    }

    private Set<Need> needs() {
        return metrics.stream()
                .flatMap(metric -> metric.declaration().needs().stream())
                .collect(Collectors.toSet());
    }

    /** Judges maps that were made. */
    void judge(MadeMaps made, Progress progress) {
        ImagePlus image = made.test().image();
        if (titles.isEmpty()) {
            shown = image;
            made.maps().forEach((label, map) -> maps.put(label, shown(image, label, map)));
        }
        comparison.add(title(image), made.trials(), progress);
    }

    private static ImagePlus shown(ImagePlus image, String label, Tensor onImage) {
        return MapImage.of(image).title(label + " in " + image.getTitle()).build(List.of(onImage));
    }

    /** One for each image, also where several have the same. */
    private String title(ImagePlus image) {
        String title = image.getTitle();
        for (int i = 2; !titles.add(title); i++) {
            title = image.getTitle() + " (" + i + ")";
        }
        return title;
    }

    /**
     * Judges a map that is there. Metrics that ask its method run it again by the map's record;
     * where that cannot be, they are left out, with a warning.
     *
     * @param map on the image's grid
     * @throws AttributionException also where the map's record says another model or another score
     *     than that of the image
     */
    public void judge(ImagePlus map, ImagePlus image, Optional<ImagePlus> mask, Progress progress) {
        judge(SavedMap.of(settings, map, image, mask, needs()), progress);
    }

    /** What was found so far. */
    public EvaluationResult result() {
        return new EvaluationResult(
                comparison.rows(),
                comparison.perImage(),
                comparison.curves(),
                comparison.notes(),
                settings.warnings(),
                Optional.ofNullable(shown),
                new LinkedHashMap<>(maps));
    }
}
