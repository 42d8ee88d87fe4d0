/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import java.util.Random;

/**
 * Trains the classifier in two stages on pairs of one brain without and with lesions, so that
 * nothing but the lesions tells the classes apart. First the convolutions learn on crops to show
 * where a lesion is; then two numbers are set on whole brains, the gain and the threshold of the
 * dense layer.
 *
 * @param steps number of batches
 * @param triples crops of a lesion, of the same place without, and of any place, in a batch
 * @param learningRate at the start; falls to a hundredth along half a cosine
 */
record Training(int steps, int triples, float learningRate) {

    /** One brain, first healthy, then with lesions. */
    record Pair(SampleVolume healthy, SampleVolume lesions) {}

    /** Edge of a crop, in voxels. */
    private static final int CROP = 32;

    private static final int CELLS = CROP / LesionClassifier.CELL;

    /** Outer cells of a crop, which see its border, do not count. */
    private static final int MARGIN = 3;

    /** Evidence of 1 is to be a lesion, 0 is not: slope and offset of the logistic loss. */
    private static final float SLOPE = 6;

    /** Weight of the squared evidence away from lesions, which would add up in the mean. */
    private static final float QUIET = 3;

    /** Weight of a cell with lesion against one without. */
    private static final float RARE = 3;

    void run(LesionClassifier classifier, List<Pair> brains, long seed) {
        Random random = new Random(seed);
        Tracker rate =
                Tracker.cosine()
                        .setBaseValue(learningRate)
                        .optFinalValue(learningRate / 100)
                        .setMaxUpdates(steps)
                        .build();
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optDevices(new Device[] {Device.cpu()})
                        .optOptimizer(Optimizer.adam().optLearningRateTracker(rate).build());
        long start = System.nanoTime();
        double average = 1;
        try (Trainer trainer = classifier.model().newTrainer(config)) {
            trainer.initialize(new Shape(1, 3, CROP, CROP, CROP));
            for (int step = 1; step <= steps; step++) {
                average += 0.05 * (batch(trainer, brains, random) - average);
                if (step % 100 == 0) {
                    System.out.printf(
                            "batch %d of %d: loss %.4f, %.0f s%n",
                            step, steps, average, (System.nanoTime() - start) / 1e9);
                }
            }
        }
        calibrate(classifier, brains);
    }

    private float batch(Trainer trainer, List<Pair> brains, Random random) {
        int count = 3 * triples;
        int cells = CELLS * CELLS * CELLS;
        float[] input = new float[count * 3 * CROP * CROP * CROP];
        float[] target = new float[count * cells];
        float[] weight = new float[count * cells];
        for (int n = 0; n < count; n += 3) {
            Pair pair = brains.get(random.nextInt(brains.size()));
            int[] corner = corner(pair.lesions(), random, true);
            boolean mirror = random.nextBoolean();
            crop(pair.lesions(), corner, mirror, brightness(random), n, input, target, weight);
            crop(pair.healthy(), corner, mirror, brightness(random), n + 1, input, target, weight);
            Pair other = brains.get(random.nextInt(brains.size()));
            int[] any = corner(other.lesions(), random, false);
            crop(other.healthy(), any, mirror, brightness(random), n + 2, input, target, weight);
        }
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDArray volumes = scope.create(input, new Shape(count, 3, CROP, CROP, CROP));
            NDArray evidence = trainer.forward(new NDList(volumes)).singletonOrThrow();
            evidence.attach(scope);
            Shape shape = new Shape(count, 1, CELLS, CELLS, CELLS);
            NDArray lesion = scope.create(target, shape);
            NDArray score = evidence.sub(0.5f).mul(SLOPE);
            NDArray logistic = Activation.softPlus(score).sub(score.mul(lesion));
            NDArray quiet = evidence.square().mul(lesion.neg().add(1)).mul(QUIET);
            NDArray loss = logistic.add(quiet).mul(scope.create(weight, shape)).mean();
            collector.backward(loss);
            trainer.step();
            return loss.getFloat();
        }
    }

    /**
     * Dim brains are on the path from black to the brain, which Integrated Gradients walks: they
     * must count for nothing but their lesions.
     */
    private static float brightness(Random random) {
        return random.nextInt(3) == 0 ? 0.2f + 0.8f * random.nextFloat() : 1;
    }

    /** First voxel of a crop around a random voxel of a lesion, or of the brain. */
    private static int[] corner(SampleVolume volume, Random random, boolean lesion) {
        int voxel;
        do {
            voxel = random.nextInt(SampleVolume.VOXELS);
        } while (lesion ? volume.lesion()[voxel] == 0 : !volume.inBrain(voxel));
        int[] at = {
            voxel % SampleVolume.X,
            voxel / SampleVolume.X % SampleVolume.Y,
            voxel / SampleVolume.X / SampleVolume.Y
        };
        int[] extent = {SampleVolume.X, SampleVolume.Y, SampleVolume.Z};
        for (int axis = 0; axis < 3; axis++) {
            // Off the middle, so that a lesion may stand anywhere in the crop.
            int first = at[axis] - CROP / 2 + random.nextInt(9) - 4;
            at[axis] = Math.max(0, Math.min(extent[axis] - CROP, first));
        }
        return at;
    }

    private static void crop(
            SampleVolume volume,
            int[] corner,
            boolean mirror,
            float brightness,
            int position,
            float[] input,
            float[] target,
            float[] weight) {
        int cube = CROP * CROP * CROP;
        for (int i = 0; i < cube; i++) {
            int column = mirror ? CROP - 1 - i % CROP : i % CROP;
            int row = corner[1] + i / CROP % CROP;
            int plane = corner[2] + i / CROP / CROP;
            int voxel = corner[0] + column + SampleVolume.X * (row + SampleVolume.Y * plane);
            for (int channel = 0; channel < 3; channel++) {
                input[(3 * position + channel) * cube + i] =
                        (volume.tissue()[channel][voxel] & 0xff) * brightness / 255;
            }
            int x = i % CROP / LesionClassifier.CELL;
            int y = i / CROP % CROP / LesionClassifier.CELL;
            int z = i / CROP / CROP / LesionClassifier.CELL;
            int cell = x + CELLS * (y + CELLS * (z + CELLS * position));
            if (inside(x) && inside(y) && inside(z)) {
                boolean lesion = volume.lesion() != null && volume.lesion()[voxel] != 0;
                target[cell] = lesion ? 1 : target[cell];
                weight[cell] = target[cell] > 0 ? RARE : 1;
            }
        }
    }

    private static boolean inside(int cell) {
        return cell >= MARGIN && cell < CELLS - MARGIN;
    }

    /**
     * Sets the cut and the threshold where fewest brains are mistaken, with the widest gap, and the
     * gain so that the median brain with lesions has a logit of 4.
     */
    private static void calibrate(LesionClassifier classifier, List<Pair> brains) {
        List<float[]> healthy = brains.stream().map(b -> classifier.evidence(b.healthy())).toList();
        List<float[]> lesions = brains.stream().map(b -> classifier.evidence(b.lesions())).toList();
        double best = Double.NEGATIVE_INFINITY;
        int n = brains.size();
        for (int tenths = 2; tenths <= 11; tenths++) {
            double cut = tenths / 10.0;
            double[] below = means(healthy, cut);
            double[] above = means(lesions, cut);
            // A tie is a mistake. As many healthy brains above the threshold as brains with lesions
            // below it.
            int wrong = 0;
            while (wrong < n && above[wrong] <= below[n - 1 - wrong]) {
                wrong++;
            }
            double threshold = (below[n - 1 - wrong] + above[wrong]) / 2;
            double scale = above[n / 2] - threshold;
            double score = (above[wrong] - below[n - 1 - wrong]) / scale - wrong;
            System.out.printf(
                    "cut %.1f: %d of %d mistaken; evidence %.5f to %.5f without lesions, %.5f to"
                            + " %.5f with%n",
                    cut, 2 * wrong, 2 * n, below[0], below[n - 1], above[0], above[n - 1]);
            // A cut above all evidence separates nothing, however well it seems to.
            if (score > best && scale > 1e-5) {
                best = score;
                classifier.calibrate((float) cut, (float) (8 / scale), (float) threshold);
            }
        }
    }

    private static double[] means(List<float[]> evidence, double cut) {
        return evidence.stream()
                .mapToDouble(cells -> LesionClassifier.mean(cells, cut))
                .sorted()
                .toArray();
    }
}
