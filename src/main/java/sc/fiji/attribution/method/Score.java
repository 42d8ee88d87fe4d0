/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Attribution.Reference;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.Tuning;

/**
 * The scalar function f that is explained, a weighted sum of class logits or a hidden unit's
 * activation, and its gradient. Counts the passes it takes.
 */
public final class Score {

    /** What is explained of a map where nothing else is said. */
    private static final String EVERYWHERE = "mean everywhere";

    private final Classifier classifier;
    private final Head head;
    private final Target target;
    private final float[] logits;
    private final Readout readout;
    private final double ofInput;
    private final Map<String, String> findings;
    private final double range;
    private final Map<String, Tensor> activations;
    private long passes;

    /**
     * Scores the input once, which also settles which class is the predicted one.
     *
     * @param layers whose activations are kept on the way
     */
    public Score(Problem problem, String... layers) {
        this.classifier = problem.classifier();
        this.head = classifier.spec().head();
        Optional<Target> named = target(classifier, problem.target());
        Pass pass = Pass.forward(layers);
        if (named.isPresent() && named.get() instanceof Target.Unit unit) {
            pass = pass.at(unit.layer());
        }
        boolean part = problem.area().isPresent() && !(named.orElse(null) instanceof Target.Unit);
        if (part) {
            pass = pass.at(Pass.SCORES);
        }
        Layers.Trace trace = forward(problem.input(), pass);
        this.passes = 1;
        this.logits =
                part
                        ? Readout.sums(problem.area().get(), trace.activations().get(Pass.SCORES))
                        : trace.logits()[0];
        this.activations = trace.activations();
        float[] classLogits = head.classLogits(logits);
        this.findings = where(problem, named.orElse(null));
        Target meant = named.orElseGet(() -> predicted(classifier, logits));
        if (part) {
            Area area = problem.area().get();
            Target.Classes classes = (Target.Classes) meant;
            this.target = classes;
            this.readout =
                    Readout.of(classes, area, activations.get(Pass.SCORES), classifier.spec());
            this.range = range(classLogits);
            this.ofInput = values(trace)[0];
            return;
        }
        this.target = meant;
        if (target instanceof Target.Unit unit) {
            Tensor there = activations.get(unit.layer());
            this.readout = Readout.of(unit, there);
            this.range = range(there.data());
        } else {
            this.readout = Readout.of((Target.Classes) target, classifier.spec());
            this.range = range(classLogits);
        }
        this.ofInput = values(trace)[0];
    }

    /**
     * Of a class, where the input's logits are known.
     *
     * @param trace of the input, or copies of it
     */
    Score(Problem problem, Target.Classes target, Layers.Trace trace) {
        this.classifier = problem.classifier();
        this.head = classifier.spec().head();
        this.passes = trace.logits().length;
        this.logits = trace.logits()[0];
        this.activations = trace.activations();
        this.target = target;
        this.readout = Readout.of(target, classifier.spec());
        this.range = range(head.classLogits(logits));
        this.ofInput = values(trace)[0];
        this.findings = where(problem, target);
    }

    /** Of a map of scores, which part is explained. */
    private static Map<String, String> where(Problem problem, Target target) {
        return problem.classifier().spec().map().isEmpty() || target instanceof Target.Unit
                ? Map.of()
                : Map.of("where", problem.area().map(Area::description).orElse(EVERYWHERE));
    }

    static Target.Classes predicted(Classifier classifier, float[] logits) {
        Head head = classifier.spec().head();
        return Target.ofClass(head.predicted(head.classLogits(logits)), classifier.spec().labels());
    }

    /** By the faster way where no layer is looked at. */
    private Layers.Trace forward(Tensor image, Pass pass) {
        return pass.at().isEmpty()
                ? new Layers.Trace(classifier.logits(image), Map.of(), Map.of(), Optional.empty())
                : layers().run(pass, Layers.Feed.image(image));
    }

    /**
     * Reads a target and checks it against a classifier; nothing is computed.
     *
     * @return empty for the predicted class
     * @throws OptionException where the classifier has no such class, layer or unit
     */
    public static Optional<Target> target(Classifier classifier, String text) {
        Optional<Target> target = Target.parse(text, classifier.spec().labels());
        if (target.isPresent() && target.get() instanceof Target.Classes classes) {
            classifier.spec().unit(classes.weights());
        }
        if (target.isPresent() && target.get() instanceof Target.Unit unit) {
            Layer layer =
                    classifier
                            .layers()
                            .orElseThrow(
                                    () ->
                                            new OptionException(
                                                    "target '"
                                                            + text
                                                            + "': the layers of model '"
                                                            + classifier.spec().name()
                                                            + "' are out of reach; name a class."))
                            .named(unit.layer());
            Readout.requireUnit(unit, layer.axes(), layer.shape());
        }
        return target;
    }

    /** What is explained; for {@code predicted} the class that it turned out to be. */
    public Target target() {
        return target;
    }

    /** What a layer that was looked at computed for the problem's input. */
    public Tensor activations(String layer) {
        return activations.get(layer);
    }

    /** What the layers that were looked at computed for the problem's input, with its logits. */
    Layers.Trace ofInput(Map<String, Tensor> gradients) {
        return new Layers.Trace(new float[][] {logits}, activations, gradients, Optional.empty());
    }

    /** Counts what was computed for several scores together once. */
    void countOnce() {
        passes = 1;
    }

    private Layers layers() {
        return classifier.layers().orElseThrow();
    }

    private BackwardPasses backward() {
        return classifier
                .backward()
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "Model '"
                                                + classifier.spec().name()
                                                + "' is of an engine that runs no backward passes"
                                                + " through the layers."));
    }

    /** What runs found out about the network. */
    public Tuning tuning() {
        return classifier.tuning();
    }

    /** f(x) of the problem's input. */
    public double ofInput() {
        return ofInput;
    }

    /** What is explained: {@link Pass#LOGITS}, or the layer of a hidden unit. */
    public String place() {
        return readout.place();
    }

    /**
     * How far the class logits of the problem's input lie apart, or the activations of the unit's
     * layer; |f| where there is one only.
     */
    public double range() {
        return range;
    }

    private static double range(float[] values) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return high > low ? high - low : Math.abs(high);
    }

    /** f of one image. */
    public double of(Tensor image) {
        return ofAll(image)[0];
    }

    /** f of each image of a batch. */
    public double[] ofAll(Tensor batch) {
        passes += batch.size('b');
        return values(forward(batch, ending(Pass.forward())));
    }

    /**
     * f and its gradient for each image of a batch.
     *
     * @throws ModelException where the network has an op without gradient
     */
    public Gradient gradient(Tensor batch) {
        Classifier.Gradients gradients =
                classifier
                        .gradients()
                        .orElseThrow(
                                () ->
                                        new ModelException(
                                                classifier.whyNoGradients().orElseThrow()));
        if (!place().equals(Pass.LOGITS)) {
            Layers.Trace trace = trace(Pass.gradient(Pass.IMAGE), Layers.Feed.image(batch));
            return new Gradient(values(trace), trace.gradients().get(Pass.IMAGE));
        }
        int n = batch.size('b');
        passes += n;
        float[][] cotangents = new float[n][];
        Arrays.fill(cotangents, readout.weights().data());
        Classifier.Result result = gradients.gradient(batch, cotangents);
        return new Gradient(
                readout.values(Tensor.rows(Axes.ROWS, result.logits())), result.gradient());
    }

    /**
     * f of each image of a batch, and what a backward pass by other rules brings to the image.
     *
     * @throws ModelException where the network has an op without such a rule
     */
    public Gradient gradient(Tensor batch, Propagation rules) {
        if (rules == Propagation.Gradient.PLAIN) {
            return gradient(batch);
        }
        Layers.Trace trace = trace(Pass.gradient(Pass.IMAGE).by(rules), Layers.Feed.image(batch));
        return new Gradient(values(trace), trace.gradients().get(Pass.IMAGE));
    }

    /**
     * DeepLIFT's multipliers for each image of a batch.
     *
     * @param baselines one for each image
     * @throws ModelException where the network has an op without such a rule
     */
    public Multipliers multipliers(Tensor batch, Tensor baselines, Propagation.Multipliers rules) {
        passes += baselines.size('b');
        Layers.Trace trace =
                trace(
                        Pass.gradient(Pass.IMAGE).by(rules),
                        Layers.Feed.image(batch).withBaseline(baselines));
        return new Multipliers(
                readout.values(trace.ofBaseline().orElseThrow()),
                trace.gradients().get(Pass.IMAGE));
    }

    /**
     * @param baselineValues f of each baseline
     * @param multipliers of the batch's axes and shape, in units of f per unit of the input
     */
    public record Multipliers(double[] baselineValues, Tensor multipliers) {}

    /**
     * @param values f of each image
     * @param gradient df/dx, of the batch's axes and shape
     */
    public record Gradient(double[] values, Tensor gradient) {}

    /**
     * Runs a pass that ends, and starts backward, where f is computed.
     *
     * @param pass from where, and to where gradients of f are wanted
     * @param feed the image or activations; the cotangent is added here
     */
    public Layers.Trace trace(Pass pass, Layers.Feed feed) {
        int images = feed.image().or(feed::activations).orElseThrow().size('b');
        passes += images;
        Pass whole = ending(pass);
        Layers.Feed all = feed.withCotangent(readout.cotangent(images));
        return whole.to().isEmpty() ? layers().run(whole, all) : backward().run(whole, all);
    }

    /** The pass with its end where f is computed, so that {@link #values} can be read from it. */
    public Pass ending(Pass pass) {
        return place().equals(Pass.LOGITS) ? pass : pass.of(place()).at(place());
    }

    /** f of each image of a pass that ended where f is computed. */
    public double[] values(Layers.Trace trace) {
        return readout.values(
                place().equals(Pass.LOGITS)
                        ? Tensor.rows(Axes.ROWS, trace.logits())
                        : trace.activations().get(place()));
    }

    /** Wraps a map of a method without baseline. */
    public Attribution result(Declaration method, Settings settings, Tensor map) {
        return result(method, settings, map, Reference.NONE);
    }

    /** Wraps a map of a method that replaces parts of the image by a baseline. */
    public Attribution against(Declaration method, Settings settings, Tensor map, String baseline) {
        return result(method, settings, map, Reference.of(baseline));
    }

    /**
     * Wraps a map of a complete method.
     *
     * @param baselineScore f(baseline), or its mean over several
     */
    public Attribution complete(
            Declaration method,
            Settings settings,
            Tensor map,
            String baseline,
            double baselineScore) {
        double error = map.sum() - (ofInput - baselineScore);
        return result(method, settings, map, Reference.complete(baseline, baselineScore, error));
    }

    private Attribution result(
            Declaration method, Settings settings, Tensor map, Reference reference) {
        return new Attribution(
                map,
                method.quantity(),
                method.unit().replace("logit", readout.unit()),
                new Attribution.Run(method.name(), settings.toMap(), passes),
                new Attribution.Answer(
                        target,
                        ofInput,
                        head.classLogits(logits),
                        classifier.spec().hasProbabilities()
                                ? head.probabilities(logits)
                                : new double[0]),
                reference,
                List.of(),
                findings);
    }
}
