/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/** What maps are judged with: the network, and what a user says of target, baseline and costs. */
public final class EvaluationSettings {

    private final Classifier classifier;
    private final Set<String> warnings = new LinkedHashSet<>();
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
    public EvaluationSettings(Classifier classifier) {
        this.classifier = classifier;
        warnings.addAll(classifier.spec().description().warnings());
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#target}. */
    public void setTarget(String text) {
        this.target = Optional.of(text).filter(t -> !t.isBlank());
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#baseline}. */
    public void setBaseline(BaselineChoice choice) {
        this.baseline = Optional.of(choice);
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#regions}. */
    public void setRegions(String text) {
        this.regions = text.strip();
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#randomLabels}. */
    public void setRandomLabels(Classifier network) {
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
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#steps}. */
    public void setSteps(int count) {
        this.steps = atLeastTwo("steps", count);
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#samples}. */
    public void setSamples(int count) {
        this.samples = atLeastTwo("samples", count);
    }

    private static int atLeastTwo(String key, int count) {
        if (count < 2 || count > 100_000) {
            throw new OptionException(key + "=" + count + ": expected 2 to 100000.");
        }
        return count;
    }

    /** See {@link sc.fiji.attribution.fiji.EvaluationTool#seed}. */
    public void setSeed(long start) {
        if (start < 0) {
            throw new OptionException("seed=" + start + ": expected 0 or more.");
        }
        this.seed = start;
    }

    Classifier classifier() {
        return classifier;
    }

    ModelSpec spec() {
        return classifier.spec();
    }

    Optional<String> target() {
        return target;
    }

    Optional<BaselineChoice> baseline() {
        return baseline;
    }

    Optional<Classifier> randomLabels() {
        return randomLabels;
    }

    boolean hasRegions() {
        return !regions.isEmpty();
    }

    /** Told once each, in order. */
    void warn(String line) {
        warnings.add(line);
    }

    void warnAll(List<String> lines) {
        warnings.addAll(lines);
    }

    /** What is odd, so far. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    Baseline resolve(BaselineChoice choice) {
        return choice.resolve(spec(), (int) seed);
    }

    TestImage test(ImagePlus image, Optional<ImagePlus> mask) {
        TestImage test = TestImage.of(spec(), image, mask);
        if (test.input().frames() > 1) {
            warn(image.getTitle() + ": only its first time point is looked at.");
        }
        return test;
    }

    /** Without regions and options: what a score needs. */
    Problem problem(TestImage test, Baseline reference) {
        return new Problem(
                classifier,
                test.tensor(),
                target.orElse(Target.PREDICTED),
                reference,
                Settings.of(List.of(), Map.of()),
                test.input().grid(),
                Optional.empty(),
                Optional.empty());
    }

    /** With the regions that were named, if any; where nothing asks for them, they may be wrong. */
    Problem withRegions(Problem problem, TestImage test) {
        return regions.isEmpty()
                ? problem
                : problem.with(
                        RegionChoice.named(regions, "regions", test.image())
                                .resolve(test.image(), test.input(), test.tensor(), this::warn));
    }

    Trial trial(Tensor map, Optional<boolean[]> mask, Optional<Explained> explained) {
        return new Trial(map, mask, explained, steps, samples, seed);
    }
}
