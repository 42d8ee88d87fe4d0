/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Cut;
import sc.fiji.attribution.core.Pass;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Space;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * Scores boxes without sending the whole image through the network again. A box changes only a
 * small part of the early activations, and early layers cost most: from cut to cut only a crop
 * around the change is computed, with a margin as wide as the layers between see, and what came out
 * replaces that part of the whole image's activations, which are stored. Behind the last cut the
 * rest of the network runs. The scores are those of the plain way up to rounding; borders too,
 * since a crop that touches the border of the image is padded there as the image is.
 */
final class IncrementalBoxScores implements BoxScores {

    /** Where the estimated cost is not clearly below that of the plain way, that one is taken. */
    private static final double WORTH = 0.8;

    /** Share of the score's range that the two ways may differ by. */
    private static final double TOLERANCE = 1e-4;

    private static final int CHECKED_BOXES = 4;

    /** Values in the largest tensor of a model call. */
    private static final int BATCH_VALUES = 1 << 21;

    private static final int LARGEST_BATCH = 64;

    private final Score score;
    private final Layers layers;
    private final Tensor input;
    private final Tensor fill;
    private final ChannelGroups groups;
    private final CropPlan plan;
    private final Progress progress;
    private final int batch;

    /** Activations of the whole image at each level. */
    private final Map<String, Tensor> whole;

    private IncrementalBoxScores(
            Score score,
            Layers layers,
            Tensor input,
            Tensor fill,
            ChannelGroups groups,
            CropPlan plan,
            int wantedBatch,
            Progress progress) {
        this.score = score;
        this.layers = layers;
        this.input = input;
        this.fill = fill;
        this.groups = groups;
        this.plan = plan;
        this.progress = progress;
        String[] names =
                plan.levels().stream().skip(1).map(CropPlan.Level::name).toArray(String[]::new);
        this.whole =
                new HashMap<>(
                        layers.run(Pass.forward(names), Layers.Feed.image(input)).activations());
        whole.put(Pass.IMAGE, input);
        this.batch = wantedBatch > 0 ? wantedBatch : automaticBatch();
    }

    private int automaticBatch() {
        List<CropPlan.Level> levels = plan.levels();
        double largest = levels.get(levels.size() - 1).values();
        for (int i = 0; i < plan.crops().size(); i++) {
            double volume = 1;
            for (int extent : plan.crops().get(i)) {
                volume *= extent;
            }
            largest = Math.max(largest, volume * levels.get(i).channels());
        }
        return (int) Math.max(1, Math.min(LARGEST_BATCH, BATCH_VALUES / largest));
    }

    /**
     * The way to score boxes that is estimated to cost least, checked against the plain one.
     *
     * @param plain sends the whole image through the network
     * @param findings told which way it is and why
     */
    static BoxScores orPlain(
            BoxScores plain,
            Classifier classifier,
            Score score,
            Tensor input,
            Tensor fill,
            ChannelGroups groups,
            List<Box> boxes,
            int batch,
            Progress progress,
            Map<String, String> findings) {
        Optional<Layers> layers = classifier.layers();
        if (layers.isEmpty() || boxes.isEmpty()) {
            return plain;
        }
        List<Cut> cuts = before(score.place(), layers.get(), input);
        int[] extents = Space.of(input).extents();
        Optional<CropPlan> plan = CropPlan.cheapest(cuts, extents, input.size('c'), boxes);
        if (plan.isEmpty() || plan.get().share() > WORTH) {
            return plain;
        }
        try {
            IncrementalBoxScores incremental =
                    new IncrementalBoxScores(
                            score, layers.get(), input, fill, groups, plan.get(), batch, progress);
            double difference = incremental.differenceTo(plain, boxes);
            if (difference <= TOLERANCE * score.range()) {
                findings.put("occlusion.cuts", plan.get().cutsText());
                findings.put(
                        "occlusion.saved",
                        String.format(
                                "about %.0f of %d passes, checked on %d boxes to %.1g",
                                (1 - plan.get().share()) * boxes.size(),
                                boxes.size(),
                                Math.min(CHECKED_BOXES, boxes.size()),
                                difference));
                return incremental;
            }
            findings.put(
                    "occlusion.fallback",
                    String.format(
                            "whole passes, since crops at %s gave scores that differ by %.1g",
                            plan.get().cutsText(), difference));
        } catch (CancelledException e) {
            throw e;
        } catch (AttributionException e) {
            findings.put("occlusion.fallback", "whole passes, since crops fail: " + e.getMessage());
        }
        return plain;
    }

    /** The cuts that stand before the place; none before a layer that is not in the list. */
    private static List<Cut> before(String place, Layers layers, Tensor input) {
        List<Cut> cuts = layers.cuts(input);
        if (place.equals(Pass.LOGITS)) {
            return cuts;
        }
        List<String> order = layers.list().stream().map(Layer::name).toList();
        return cuts.stream()
                .filter(cut -> order.indexOf(cut.layer()) < order.indexOf(place))
                .toList();
    }

    private double differenceTo(BoxScores plain, List<Box> boxes) {
        List<Box> checked = new ArrayList<>();
        Random random = new Random(0);
        checked.add(boxes.get(0));
        checked.add(boxes.get(boxes.size() - 1));
        while (checked.size() < Math.min(CHECKED_BOXES, boxes.size())) {
            checked.add(boxes.get(random.nextInt(boxes.size())));
        }
        double[] expected = new double[checked.size()];
        plain.score(checked, (index, value) -> expected[index] = value);
        AtomicReference<Double> largest = new AtomicReference<>(0.0);
        score(
                checked,
                (index, value) ->
                        largest.set(Math.max(largest.get(), Math.abs(value - expected[index]))));
        return largest.get();
    }

    @Override
    public void score(List<Box> boxes, Sink sink) {
        for (int first = 0; first < boxes.size(); first += batch) {
            progress.update(first, boxes.size(), "Occlusion");
            int n = Math.min(batch, boxes.size() - first);
            double[] values = values(boxes.subList(first, first + n));
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, values[i]);
            }
        }
    }

    private double[] values(List<Box> boxes) {
        List<CropPlan.Level> levels = plan.levels();
        Tensor changed = null;
        for (int i = 0; i + 1 < levels.size(); i++) {
            CropPlan.Level from = levels.get(i);
            CropPlan.Level to = levels.get(i + 1);
            Tensor crops = crops(boxes, i, changed);
            Pass pass = Pass.between(from.name(), to.name());
            Layers.Feed feed = i == 0 ? Layers.Feed.image(crops) : Layers.Feed.activations(crops);
            changed = layers.run(pass, feed).activations().get(to.name());
        }
        CropPlan.Level last = levels.get(levels.size() - 1);
        Tensor full = batch(whole.get(last.name()), boxes.size(), last.extents());
        for (int k = 0; k < boxes.size(); k++) {
            int[] zeros = new int[last.extents().length];
            Patches.copy(whole.get(last.name()), 0, zeros, full, k, zeros, last.extents());
            paste(boxes.get(k), levels.size() - 1, changed, k, full, zeros);
        }
        Pass rest = score.ending(Pass.forward().from(last.name()));
        return score.values(layers.run(rest, Layers.Feed.activations(full)));
    }

    /** The crop of each box at a level: what is stored, with what the box changed. */
    private Tensor crops(List<Box> boxes, int level, Tensor changed) {
        CropPlan.Level from = plan.levels().get(level);
        CropPlan.Level to = plan.levels().get(level + 1);
        int[] crop = plan.crops().get(level);
        Tensor stored = whole.get(from.name());
        Tensor crops = batch(stored, boxes.size(), crop);
        int[] zeros = new int[crop.length];
        int[] start = new int[crop.length];
        for (int k = 0; k < boxes.size(); k++) {
            Box box = boxes.get(k);
            for (int a = 0; a < crop.length; a++) {
                start[a] = CropPlan.start(from, to, a, box, crop[a]);
            }
            Patches.copy(stored, 0, start, crops, k, zeros, crop);
            if (level == 0) {
                Patches.fill(fill, box, groups, crops, k, start, crop);
            } else {
                paste(box, level, changed, k, crops, start);
            }
        }
        return crops;
    }

    /** Puts what the box changed at a level where it belongs in a tensor that begins at start. */
    private void paste(Box box, int level, Tensor changed, int k, Tensor target, int[] start) {
        CropPlan.Level before = plan.levels().get(level - 1);
        CropPlan.Level here = plan.levels().get(level);
        int n = start.length;
        int[] from = new int[n];
        int[] to = new int[n];
        int[] size = new int[n];
        for (int a = 0; a < n; a++) {
            int crop = plan.crops().get(level - 1)[a];
            int origin =
                    CropPlan.start(before, here, a, box, crop) / CropPlan.step(before, here, a);
            String axes = target.axes().spatial();
            int first = here.first(a, box.from()[a]);
            int end = here.last(a, box.to()[a] - 1) + 1;
            // No further than the target reaches.
            first = Math.max(first, start[a]);
            end = Math.min(end, start[a] + target.size(axes.charAt(a)));
            from[a] = first - origin;
            to[a] = first - start[a];
            size[a] = Math.max(0, end - first);
        }
        Patches.copy(changed, k, from, target, k, to, size);
    }

    private static Tensor batch(Tensor like, int count, int[] extents) {
        int[] shape = like.shape().clone();
        shape[like.axes().indexOf('b')] = count;
        String axes = like.axes().spatial();
        for (int a = 0; a < extents.length; a++) {
            shape[like.axes().indexOf(axes.charAt(a))] = extents[a];
        }
        return Tensor.zeros(like.axes(), shape);
    }
}
