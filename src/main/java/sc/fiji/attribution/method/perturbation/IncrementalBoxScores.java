/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Score;
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

    /** Values in the largest tensor of a model call. */
    private static final int BATCH_VALUES = 1 << 21;

    private static final int LARGEST_BATCH = 64;

    private final Score score;
    private final Layers layers;
    private final Replacement replacement;
    private final CropPlan plan;
    private final int batch;

    /** Activations of the whole image at each level. */
    private final Map<String, Tensor> whole;

    /** One per tensor that is handed to the network, reused from call to call. */
    private final Map<String, Batches> buffers = new HashMap<>();

    /**
     * @param wantedBatch boxes per model call, 0 for as many as suit the size of the crops
     */
    IncrementalBoxScores(
            Score score, Layers layers, Replacement replacement, CropPlan plan, int wantedBatch) {
        this.score = score;
        this.layers = layers;
        this.replacement = replacement;
        this.plan = plan;
        String[] names = plan.levels().stream().skip(1).map(Cut::layer).toArray(String[]::new);
        Tensor image = replacement.image();
        this.whole =
                new HashMap<>(
                        layers.run(Pass.forward(names), Layers.Feed.image(image)).activations());
        whole.put(Pass.IMAGE, image);
        this.batch = wantedBatch > 0 ? wantedBatch : automaticBatch();
    }

    private int automaticBatch() {
        List<Cut> levels = plan.levels();
        long largest = levels.get(levels.size() - 1).values();
        for (int i = 0; i < plan.crops().size(); i++) {
            long values = levels.get(i).channels();
            for (int extent : plan.crops().get(i)) {
                values *= extent;
            }
            largest = Math.max(largest, values);
        }
        return (int) Math.max(1, Math.min(LARGEST_BATCH, BATCH_VALUES / largest));
    }

    @Override
    public void score(List<Box> boxes, Pace pace, Sink sink) {
        for (int first = 0; first < boxes.size(); first += batch) {
            pace.next();
            long start = System.nanoTime();
            int n = Math.min(batch, boxes.size() - first);
            double[] values = values(boxes.subList(first, first + n));
            for (int i = 0; i < n; i++) {
                sink.accept(first + i, values[i]);
            }
            pace.did(n, (System.nanoTime() - start) / 1e9);
        }
    }

    private double[] values(List<Box> boxes) {
        List<Cut> levels = plan.levels();
        Tensor changed = null;
        for (int i = 0; i + 1 < levels.size(); i++) {
            Cut from = levels.get(i);
            Cut to = levels.get(i + 1);
            Tensor crops = crops(boxes, i, changed);
            Pass pass = Pass.between(from.layer(), to.layer());
            Layers.Feed feed = i == 0 ? Layers.Feed.image(crops) : Layers.Feed.activations(crops);
            changed = layers.run(pass, feed).activations().get(to.layer());
        }
        Cut last = levels.get(levels.size() - 1);
        Tensor full = batch(last, boxes.size(), last.extents());
        for (int k = 0; k < boxes.size(); k++) {
            int[] zeros = new int[last.extents().length];
            Patches.copy(whole.get(last.layer()), 0, zeros, full, k, zeros, last.extents());
            paste(boxes.get(k), levels.size() - 1, changed, k, full, zeros);
        }
        Pass rest = score.ending(Pass.forward().from(last.layer()));
        return score.values(layers.run(rest, Layers.Feed.activations(full)));
    }

    /** The crop of each box at a level: what is stored, with what the box changed. */
    private Tensor crops(List<Box> boxes, int level, Tensor changed) {
        Cut from = plan.levels().get(level);
        Cut to = plan.levels().get(level + 1);
        int[] crop = plan.crops().get(level);
        Tensor stored = whole.get(from.layer());
        Tensor crops = batch(from, boxes.size(), crop);
        int[] zeros = new int[crop.length];
        int[] start = new int[crop.length];
        for (int k = 0; k < boxes.size(); k++) {
            Box box = boxes.get(k);
            for (int a = 0; a < crop.length; a++) {
                start[a] = CropPlan.start(from, to, a, box, crop[a]);
            }
            Patches.copy(stored, 0, start, crops, k, zeros, crop);
            if (level == 0) {
                replacement.replace(box, crops, k, start);
            } else {
                paste(box, level, changed, k, crops, start);
            }
        }
        return crops;
    }

    /** Puts what the box changed at a level where it belongs in a tensor that begins at start. */
    private void paste(Box box, int level, Tensor changed, int k, Tensor target, int[] start) {
        Cut before = plan.levels().get(level - 1);
        Cut here = plan.levels().get(level);
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

    /** A tensor of that many crops of a level, to be filled. */
    private Tensor batch(Cut level, int count, int[] extents) {
        return buffers.computeIfAbsent(
                        level.layer(),
                        name -> {
                            Tensor like = whole.get(name);
                            int[] shape = like.shape().clone();
                            String axes = like.axes().spatial();
                            for (int a = 0; a < extents.length; a++) {
                                shape[like.axes().indexOf(axes.charAt(a))] = extents[a];
                            }
                            return new Batches(Tensor.zeros(like.axes(), shape));
                        })
                .of(count);
    }
}
