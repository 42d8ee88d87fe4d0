/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.evaluation.MapRecord;
import sc.fiji.attribution.fiji.evaluation.TestImage;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.MethodExplained;
import sc.fiji.attribution.method.evaluation.MethodExplained.Form;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

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

    private final Classifier classifier;
    private final List<Metric> metrics;
    private final Comparison comparison;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> titles = new LinkedHashSet<>();
    private final Map<String, ImagePlus> maps = new LinkedHashMap<>();
    private ImagePlus shown;
    private Optional<String> target = Optional.empty();
    private Optional<BaselineChoice> baseline = Optional.empty();
    private Optional<Classifier> randomLabels = Optional.empty();
    private String regions = "";
    private int steps = Trial.STEPS;
    private int samples = Trial.SAMPLES;
    private long seed;

    /**
     * @param classifier stays open, and the caller's
     */
    public EvaluationTool(Classifier classifier, List<Metric> metrics) {
        this.classifier = classifier;
        this.metrics = List.copyOf(metrics);
        this.comparison = new Comparison(metrics);
        warnings.addAll(classifier.spec().description().warnings());
    }

    /** What is explained; default a map's own target, or the predicted class of each image. */
    public EvaluationTool target(String text) {
        this.target = Optional.of(text).filter(t -> !t.isBlank());
        return this;
    }

    /** For methods that have one, and what removed voxels become; default a map's own, or zero. */
    public EvaluationTool baseline(BaselineChoice choice) {
        this.baseline = Optional.of(choice);
        return this;
    }

    /** For methods over regions: as {@link RegionChoice#named} reads it; default none. */
    public EvaluationTool regions(String text) {
        this.regions = text.strip();
        return this;
    }

    /**
     * A network of the same form that was trained on labels in random order; default none.
     *
     * @param network stays open, and the caller's
     * @throws OptionException where it takes another image or has other classes, or is the same
     */
    public EvaluationTool randomLabels(Classifier network) {
        ModelSpec other = network.spec();
        String reason =
                !other.axes().equals(spec().axes()) || !Arrays.equals(other.shape(), spec().shape())
                        ? "takes another image"
                        : other.labels().size() != spec().labels().size()
                                ? "has other classes"
                                : other.sha256().equals(spec().sha256()) ? "is the same model" : "";
        if (!reason.isEmpty()) {
            throw new OptionException(
                    "randomised",
                    "randomised: '"
                            + other.name()
                            + "' "
                            + reason
                            + "; give a network of the same form as '"
                            + spec().name()
                            + "', trained on labels in random order.");
        }
        this.randomLabels = Optional.of(network);
        return this;
    }

    /** Steps of curves; default {@link Trial#STEPS}. */
    public EvaluationTool steps(int count) {
        this.steps = atLeastTwo("steps", count);
        return this;
    }

    /** Random samples; default {@link Trial#SAMPLES}. */
    public EvaluationTool samples(int count) {
        this.samples = atLeastTwo("samples", count);
        return this;
    }

    private static int atLeastTwo(String key, int count) {
        if (count < 2 || count > 100_000) {
            throw new OptionException(key + "=" + count + ": expected 2 to 100000.");
        }
        return count;
    }

    /** Start of the random numbers; default 0. */
    public EvaluationTool seed(long start) {
        this.seed = start;
        return this;
    }

    /**
     * Makes and judges the methods' maps of one more image.
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
        Made made = make(image, mask, methods, Progress.part(progress, 0, parts));
        judge(made, Progress.rest(progress, 1, parts));
    }

    /**
     * Maps that methods made of an image.
     *
     * @param target what was explained; for {@code predicted} the class that it turned out to be
     * @param score f(image)
     * @param ofBaseline f(the baseline's first image)
     * @param maps by method, on the image's grid, channels added up
     */
    record Made(
            TestImage test,
            String target,
            double score,
            double ofBaseline,
            Map<String, Tensor> maps,
            Map<String, Comparison.Trials> trials) {}

    /** Makes maps without judging them. */
    Made make(
            ImagePlus image,
            Optional<ImagePlus> mask,
            List<ChosenMethod> methods,
            Progress progress) {
        methods.forEach(m -> AttributionMethods.require(m.method(), classifier, m.settings()));
        TestImage test = test(image, mask);
        BaselineChoice choice = baseline.orElse(BaselineChoice.ZERO);
        warnings.addAll(choice.doubts(image));
        Baseline reference = choice.resolve(spec(), (int) seed);
        Score score = new Score(problem(test, Settings.of(List.of(), Map.of()), reference, false));
        Tensor picture = test.picture();
        Map<String, Tensor> onImages = new LinkedHashMap<>();
        Map<String, Comparison.Trials> trials = new LinkedHashMap<>();
        for (int i = 0; i < methods.size(); i++) {
            ChosenMethod chosen = methods.get(i);
            Problem problem = problem(test, chosen.settings(), reference, needsRegions(chosen));
            Attribution found =
                    chosen.method().attribute(problem, Progress.part(progress, i, methods.size()));
            Tensor onImage =
                    TestImage.batch(
                            MethodExplained.summed(
                                    test.input().onImage(found.map(), found.quantity())));
            MapImage.warning(onImage).ifPresent(text -> warnings.add(chosen.label() + ": " + text));
            Explained explained =
                    MethodExplained.of(
                            chosen.method(), problem, found.target(), Form.SUMMED, randomLabels);
            onImages.put(chosen.label(), onImage);
            trials.put(
                    chosen.label(),
                    new Comparison.Trials(
                            trial(
                                    MethodExplained.summed(found.map()),
                                    Optional.empty(),
                                    Optional.of(explained)),
                            trial(onImage, test.mask(), Optional.empty()),
                            picture));
        }
        warnings.addAll(test.input().warnings());
        double ofBaseline = score.of(reference.references(test.tensor()).get(0));
        return new Made(
                test, score.target().description(), score.ofInput(), ofBaseline, onImages, trials);
    }

    /** Judges maps that were made. */
    void judge(Made made, Progress progress) {
        if (titles.isEmpty()) {
            made.maps().forEach((label, map) -> keep(made.test(), label, map));
        }
        comparison.add(title(made.test().image()), made.trials(), progress);
    }

    private void keep(TestImage test, String label, Tensor onImage) {
        shown = test.image();
        maps.put(
                label,
                MapImage.of(test.image())
                        .title(label + " in " + test.image().getTitle())
                        .build(List.of(onImage)));
    }

    private boolean needsRegions(ChosenMethod chosen) {
        return chosen.method().declaration().usesRegions();
    }

    private Problem problem(
            TestImage test, Settings settings, Baseline reference, boolean withRegions) {
        return new Problem(
                classifier,
                test.tensor(),
                target.orElse(Target.PREDICTED),
                reference,
                settings,
                test.input().grid(),
                withRegions
                        ? Optional.of(
                                RegionChoice.named(regions, "regions", test.image())
                                        .resolve(
                                                test.image(),
                                                test.input(),
                                                test.tensor(),
                                                warnings::add))
                        : Optional.empty(),
                Optional.empty());
    }

    private TestImage test(ImagePlus image, Optional<ImagePlus> mask) {
        TestImage test = TestImage.of(spec(), image, mask);
        if (test.input().frames() > 1) {
            warnings.add(image.getTitle() + ": only its first time point is looked at.");
        }
        return test;
    }

    /** One for each image, also where several have the same. */
    private String title(ImagePlus image) {
        String title = image.getTitle();
        for (int i = 2; !titles.add(title); i++) {
            title = image.getTitle() + " (" + i + ")";
        }
        return title;
    }

    private Trial trial(Tensor map, Optional<boolean[]> mask, Optional<Explained> explained) {
        return new Trial(map, mask, explained, steps, samples, seed);
    }

    private ModelSpec spec() {
        return classifier.spec();
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
        MapRecord record = MapRecord.of(map);
        record.requireModel(spec());
        Tensor onImage = record.onImage(image);
        TestImage test = test(image, mask);
        Optional<String> other = target.filter(t -> record.target().isPresent());
        if (target.isEmpty()) {
            record.target().ifPresent(this::target);
        }
        BaselineChoice choice = baseline.or(record::baseline).orElse(BaselineChoice.ZERO);
        Optional<ChosenMethod> method = method(record);
        Settings settings =
                method.map(ChosenMethod::settings)
                        .orElseGet(() -> Settings.of(List.of(), Map.of()));
        Problem problem =
                problem(
                        test,
                        settings,
                        choice.resolve(spec(), (int) seed),
                        method.filter(this::needsRegions).isPresent());
        Score score = new Score(problem);
        String scored = score.target().description();
        if (other.isPresent() && !scored.equals(record.target().orElseThrow())) {
            warnings.add(
                    "The map is of " + record.target().orElseThrow() + ", not of " + scored + ".");
        } else {
            record.requireScore(score.ofInput(), image);
            record.renamed(image).ifPresent(warnings::add);
        }
        Form form = record.summed() ? Form.SUMMED : Form.WHOLE;
        Target meant = score.target();
        Explained explained =
                method.map(m -> MethodExplained.of(m.method(), problem, meant, form, randomLabels))
                        .orElseGet(() -> MethodExplained.unknown(problem, meant));
        Tensor onModel = record.onModel(test, spec());
        if (test.input().resampling().isPresent()) {
            warnings.add(
                    "The map was carried to the model's grid ("
                            + test.input().resampling().orElseThrow()
                            + ") for all but localisation.");
        }
        keep(test, record.label(), MethodExplained.summed(onImage));
        comparison.add(
                title(image),
                Map.of(
                        record.label(),
                        new Comparison.Trials(
                                trial(onModel, Optional.empty(), Optional.of(explained)),
                                trial(onImage, test.mask(), Optional.empty()),
                                test.picture())),
                progress);
        warnings.addAll(test.input().warnings());
    }

    /** What made the map, where it can be run again. */
    private Optional<ChosenMethod> method(MapRecord record) {
        boolean asked =
                metrics.stream()
                        .map(metric -> metric.declaration().needs())
                        .anyMatch(n -> n.contains(Need.METHOD) || n.contains(Need.WEIGHTS));
        Optional<ChosenMethod> method = record.method();
        List<String> lacks = new ArrayList<>();
        if (method.isEmpty()) {
            lacks.add("it does not say which method of this plug-in made it");
        } else if (needsRegions(method.orElseThrow()) && regions.isEmpty()) {
            lacks.add("its regions are not known (regions=…)");
        } else if (record.inside().isPresent()) {
            lacks.add("it was kept inside of " + record.inside().orElseThrow());
        } else if (method.orElseThrow().method().declaration().usesBaseline()
                && baseline.or(record::baseline).isEmpty()) {
            lacks.add("its baseline images are not known (baseline=images references=…)");
        }
        if (asked && !lacks.isEmpty()) {
            warnings.add(
                    "The map cannot be made again, since "
                            + lacks.get(0)
                            + ": robustness and randomisation are left out.");
        }
        return lacks.isEmpty() ? method : Optional.empty();
    }

    /** What was found so far. */
    public EvaluationResult result() {
        return new EvaluationResult(
                comparison.rows(),
                comparison.perImage(),
                comparison.curves(),
                comparison.notes(),
                List.copyOf(warnings),
                Optional.ofNullable(shown),
                new LinkedHashMap<>(maps));
    }
}
