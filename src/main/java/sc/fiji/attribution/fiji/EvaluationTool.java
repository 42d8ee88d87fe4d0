/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.MethodExplained;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;

/**
 * Images and methods in, a table of metrics out. The first frame of each image is judged;
 * localisation on the image's own grid, all that asks the network on the network's. Needs no
 * SciJava context and no display.
 */
public final class EvaluationTool {

    private final Classifier classifier;
    private final List<AttributionMethod> methods;
    private final Comparison comparison;
    private String target = Target.PREDICTED;
    private BaselineChoice baseline = BaselineChoice.ZERO;
    private int steps = Trial.STEPS;
    private int samples = Trial.SAMPLES;
    private long seed;

    /**
     * @param classifier stays open, and the caller's
     * @param methods by name
     */
    public EvaluationTool(Classifier classifier, List<String> methods, List<Metric> metrics) {
        this.classifier = classifier;
        this.methods = methods.stream().map(AttributionMethods::named).toList();
        this.methods.forEach(method -> AttributionMethods.require(method, classifier));
        this.comparison = new Comparison(metrics);
    }

    /** What is explained; default the predicted class of each image. */
    public EvaluationTool target(String text) {
        this.target = text;
        return this;
    }

    /** For methods that have one, and what removed voxels become; default zero. */
    public EvaluationTool baseline(BaselineChoice choice) {
        this.baseline = choice;
        return this;
    }

    /** Steps of curves; default {@link Trial#STEPS}. */
    public EvaluationTool steps(int count) {
        this.steps = count;
        return this;
    }

    /** Random samples; default {@link Trial#SAMPLES}. */
    public EvaluationTool samples(int count) {
        this.samples = count;
        return this;
    }

    /** Start of the random numbers; default 0. */
    public EvaluationTool seed(long start) {
        this.seed = start;
        return this;
    }

    /**
     * Judges the methods' maps of one more image.
     *
     * @param mask of the image's extents in space, above 0 where it is meant
     * @return the maps by method, on the image's grid
     * @throws AttributionException where image, mask, options or model do not fit
     */
    public Map<String, Tensor> add(ImagePlus image, Optional<ImagePlus> mask, Progress progress) {
        ModelInput input = ModelInput.of(classifier.spec(), image);
        Tensor tensor = input.tensor(0);
        Optional<boolean[]> meant = mask.map(given -> mask(given, image));
        Baseline reference = baseline.resolve(classifier.spec(), (int) seed);
        Map<String, Comparison.Trials> trials = new LinkedHashMap<>();
        Map<String, Tensor> maps = new LinkedHashMap<>();
        Tensor picture = picture(image);
        for (AttributionMethod method : methods) {
            Settings settings = Settings.of(method.declaration().options(), Map.of());
            Problem problem =
                    new Problem(
                            classifier,
                            tensor,
                            target,
                            reference,
                            settings,
                            input.grid(),
                            Optional.empty(),
                            Optional.empty());
            Attribution found = method.attribute(problem, progress);
            Tensor onImage = input.onImage(found.map(), found.quantity());
            Explained explained = MethodExplained.of(method, problem, found.target());
            String name = method.declaration().name();
            maps.put(name, onImage);
            trials.put(
                    name,
                    new Comparison.Trials(
                            trial(found.map(), Optional.empty(), Optional.of(explained)),
                            trial(batch(onImage), meant, Optional.empty()),
                            picture));
        }
        comparison.add(image.getTitle(), trials, progress);
        return maps;
    }

    private Trial trial(Tensor map, Optional<boolean[]> mask, Optional<Explained> explained) {
        return new Trial(map, mask, explained, steps, samples, seed);
    }

    /** With a batch axis, channels last: voxels in the order of the slices. */
    private static Tensor batch(Tensor zcyx) {
        int channels = zcyx.size('c');
        int plane = zcyx.size('y') * zcyx.size('x');
        Tensor map =
                Tensor.zeros(
                        new Axes("bzcyx"),
                        1,
                        zcyx.size('z'),
                        channels,
                        zcyx.size('y'),
                        zcyx.size('x'));
        System.arraycopy(zcyx.data(), 0, map.data(), 0, zcyx.size('z') * channels * plane);
        return map;
    }

    private static Tensor picture(ImagePlus image) {
        ImageView view = ImageView.ofColours(image);
        Tensor picture =
                Tensor.zeros(
                        new Axes("bzcyx"),
                        1,
                        view.size('z'),
                        view.size('c'),
                        view.size('y'),
                        view.size('x'));
        for (int z = 0; z < view.size('z'); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                float[] slice = view.slice(c, z, 0);
                System.arraycopy(
                        slice,
                        0,
                        picture.data(),
                        (z * view.size('c') + c) * slice.length,
                        slice.length);
            }
        }
        return picture;
    }

    private static boolean[] mask(ImagePlus mask, ImagePlus image) {
        ImageView view = ImageView.of(mask);
        if (view.size('x') != image.getWidth()
                || view.size('y') != image.getHeight()
                || view.size('z') != image.getNSlices()) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "Mask '%s' is %dx%dx%d, and image '%s' is %dx%dx%d: use one of the same"
                                    + " extents.",
                            mask.getTitle(),
                            view.size('x'),
                            view.size('y'),
                            view.size('z'),
                            image.getTitle(),
                            image.getWidth(),
                            image.getHeight(),
                            image.getNSlices()));
        }
        boolean[] meant = new boolean[view.size('x') * view.size('y') * view.size('z')];
        for (int z = 0, i = 0; z < view.size('z'); z++) {
            for (float value : view.slice(0, z, 0)) {
                meant[i++] = value > 0;
            }
        }
        return meant;
    }

    /** What was found so far; see {@link Comparison#rows}. */
    public List<Comparison.Row> rows() {
        return comparison.rows();
    }

    /** The columns that scripts rely on, a row for each image, method and metric. */
    public ResultsTable table() {
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        for (Comparison.Row row : rows()) {
            table.addRow();
            table.addValue("image", row.image());
            table.addValue("method", row.method());
            table.addValue("metric", row.metric());
            table.addValue("value", row.value());
            table.addValue("low", row.low());
            table.addValue("high", row.high());
            table.addValue("random", row.random());
            table.addValue("edges", row.edges());
            table.addValue("better", row.better().name().toLowerCase(java.util.Locale.ROOT));
            table.addValue("passes", row.passes());
        }
        return table;
    }
}
