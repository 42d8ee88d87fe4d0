/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.Structure;
import sc.fiji.attribution.model.Tuning;

/**
 * A classifier for runs of one method, one after the other, that explain each class of one image:
 * it answers as the network would, but
 *
 * <ul>
 *   <li>an image, or activations, that were scored before are not scored again, since a forward
 *       pass gives the logits of all classes;
 *   <li>a backward pass from the image that is explained is made for all classes in one batch, if
 *       it is so small that this saves time, and handed out class by class.
 * </ul>
 *
 * <p>So a method needs to know nothing of it. Memory: some 200 bytes for each image that was
 * scored, up to a limit, and the backward passes that are not handed out yet.
 */
final class SharedPasses implements Classifier {

    /** Images whose logits are kept, some 50 MB; those beyond are scored again. */
    private static final int MOST_KEPT = 1 << 18;

    /** What logits were computed from. */
    private record Fed(Pass pass, Digest image, Digest activations) {}

    /** What a backward pass of the image depends on beside the class. */
    private record Back(Pass pass, Digest activations, Digest baseline) {}

    private final Classifier classifier;
    private final Tensor input;

    /** Weights of the logits, class by class. */
    private final float[][] cotangents;

    private final Map<Fed, float[]> logits = new HashMap<>();
    private final Map<Pass, Layers.Trace> ofInput = new HashMap<>();
    private final Map<Back, Layers.Trace[]> waiting = new HashMap<>();
    private long passes;

    /**
     * @param problem whose image is explained
     */
    SharedPasses(Problem problem) {
        this.classifier = problem.classifier();
        this.input = problem.input();
        List<String> labels = spec().labels();
        this.cotangents = new float[labels.size()][];
        Arrays.setAll(
                cotangents,
                k -> spec().head().cotangent(Target.ofClass(k, labels).weights().clone()));
    }

    /** Images, or activations, that went forward to the logits so far, and perhaps back again. */
    long passes() {
        return passes;
    }

    @Override
    public ModelSpec spec() {
        return classifier.spec();
    }

    @Override
    public float[][] logits(Tensor batch) {
        return scored(
                Pass.forward(),
                Layers.Feed.image(batch),
                feed -> classifier.logits(feed.image().orElseThrow()));
    }

    @Override
    public Optional<Gradients> gradients() {
        return classifier.gradients().map(this::shared);
    }

    private Gradients shared(Gradients real) {
        return (batch, weights) -> {
            Layers.Feed given =
                    Layers.Feed.image(batch).withCotangent(Tensor.rows(Axes.ROWS, weights));
            Layers.Trace trace =
                    backward(
                            Pass.gradient(Pass.IMAGE),
                            given,
                            (feed, rows) -> {
                                Result result = real.gradient(feed.image().orElseThrow(), rows);
                                return new Layers.Trace(
                                        result.logits(),
                                        Map.of(),
                                        Map.of(Pass.IMAGE, result.gradient()),
                                        Optional.empty());
                            },
                            weights);
            return new Result(trace.logits(), trace.gradients().get(Pass.IMAGE));
        };
    }

    @Override
    public Optional<String> whyNoGradients() {
        return classifier.whyNoGradients();
    }

    @Override
    public Tuning tuning() {
        return classifier.tuning();
    }

    @Override
    public Map<String, String> facts() {
        return classifier.facts();
    }

    @Override
    public Optional<Layers> layers() {
        return classifier.layers().map(real -> new SharedLayers(real, this));
    }

    @Override
    public Optional<BackwardPasses> backward() {
        return classifier.backward().map(real -> new SharedLayers.Backward(real, this));
    }

    @Override
    public Optional<Structure> structure() {
        return classifier.structure();
    }

    /** The network stays open, and the caller's. */
    @Override
    public void close() {}

    /** Runs a pass, or finds what it would give. */
    Layers.Trace run(
            BiFunction<Pass, Layers.Feed, Layers.Trace> real, Pass pass, Layers.Feed feed) {
        if (!pass.of().equals(Pass.LOGITS)) {
            return real.apply(pass, feed);
        }
        if (!Pick.isByImage(feed)) {
            return counted(real.apply(pass, feed), images(feed));
        }
        if (!pass.to().isEmpty()) {
            float[][] rows = rows(feed.cotangent().orElseThrow());
            return backward(
                    pass,
                    feed,
                    (all, weights) ->
                            real.apply(pass, all.withCotangent(Tensor.rows(Axes.ROWS, weights))),
                    rows);
        }
        if (pass.at().isEmpty()) {
            float[][] found = scored(pass, feed, some -> real.apply(pass, some).logits());
            return new Layers.Trace(found, Map.of(), Map.of(), Optional.empty());
        }
        if (pass.from().equals(Pass.IMAGE) && isInput(feed.image().orElseThrow())) {
            return ofInput.computeIfAbsent(pass, wanted -> counted(real.apply(pass, feed), 1));
        }
        return counted(real.apply(pass, feed), images(feed));
    }

    private Layers.Trace counted(Layers.Trace trace, int images) {
        passes += images;
        return trace;
    }

    /** The logits of each image: those not known yet go through the network together. */
    private float[][] scored(
            Pass pass, Layers.Feed feed, Function<Layers.Feed, float[][]> network) {
        Fed[] keys = new Fed[images(feed)];
        Arrays.setAll(
                keys, i -> new Fed(pass, digest(feed.image(), i), digest(feed.activations(), i)));
        int[] missing =
                IntStream.range(0, keys.length).filter(i -> !logits.containsKey(keys[i])).toArray();
        float[][] rows = new float[keys.length][];
        if (missing.length > 0) {
            passes += missing.length;
            float[][] found = network.apply(Pick.of(feed, missing));
            for (int i = 0; i < missing.length; i++) {
                rows[missing[i]] = found[i];
                if (logits.size() < MOST_KEPT) {
                    logits.put(keys[missing[i]], found[i].clone());
                }
            }
        }
        for (int i = 0; i < rows.length; i++) {
            rows[i] = rows[i] == null ? logits.get(keys[i]).clone() : rows[i];
        }
        return rows;
    }

    /**
     * A backward pass for one class, which perhaps was made with that for another.
     *
     * @param network takes a feed, and weights of the logits for each of its images
     */
    private Layers.Trace backward(
            Pass pass,
            Layers.Feed feed,
            BiFunction<Layers.Feed, float[][], Layers.Trace> network,
            float[][] weights) {
        int images = images(feed);
        int wanted = images == 1 ? wanted(weights[0]) : -1;
        int classes = cotangents.length;
        if (wanted < 0
                || feed.image().isEmpty()
                || !isInput(feed.image().get())
                || !Batches.together(classes, largest(feed))) {
            return counted(network.apply(feed, weights), images);
        }
        Back key = new Back(pass, digest(feed.activations(), 0), digest(feed.baseline(), 0));
        Layers.Trace[] traces = waiting.get(key);
        if (traces == null) {
            Layers.Feed copies = Pick.of(feed, new int[classes]);
            Layers.Trace all = counted(network.apply(copies, cotangents), classes);
            if (!Pick.isByImage(all, classes)) {
                waiting.put(key, new Layers.Trace[classes]);
                return counted(network.apply(feed, weights), 1);
            }
            traces = new Layers.Trace[classes];
            Arrays.setAll(traces, k -> Pick.of(all, k));
            waiting.put(key, traces);
        }
        Layers.Trace mine = traces[wanted];
        traces[wanted] = null;
        return mine != null ? mine : counted(network.apply(feed, weights), 1);
    }

    private int wanted(float[] weights) {
        for (int k = 0; k < cotangents.length; k++) {
            if (Arrays.equals(cotangents[k], weights)) {
                return k;
            }
        }
        return -1;
    }

    private boolean isInput(Tensor image) {
        return image == input || Arrays.equals(image.data(), input.data());
    }

    private static Tensor largest(Layers.Feed feed) {
        Tensor image = feed.image().orElseThrow();
        return feed.activations().filter(a -> a.length() > image.length()).orElse(image);
    }

    private static int images(Layers.Feed feed) {
        return feed.image().or(feed::activations).orElseThrow().size('b');
    }

    private static Digest digest(Optional<Tensor> batch, int image) {
        return batch.map(tensor -> Digest.of(tensor, image)).orElse(Digest.NOTHING);
    }

    private static float[][] rows(Tensor cotangent) {
        int width = cotangent.size('c');
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < cotangent.length(); from += width) {
            rows.add(Arrays.copyOfRange(cotangent.data(), from, from + width));
        }
        return rows.toArray(new float[0][]);
    }
}
