/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.List;

/**
 * A small 3-D network in PyTorch: blocks of convolution, batch normalisation, ReLU and max pooling
 * give the evidence for lesions in each cell; its mean above a cut, over all cells, sets the two
 * logits. Inputs are {@code [b, c, z, y, x]}, probabilities from 0 to 1 in the order of {@link
 * SampleVolume#tissue()}.
 */
final class LesionClassifier implements AutoCloseable {

    static final List<String> LABELS = List.of("healthy", "lesions");

    /** Feature maps of each block. */
    static final int[] FILTERS = {8, 16, 16, 16};

    /** Edge of each convolution's kernel. */
    static final int[] KERNELS = {3, 3, 3, 3};

    /** Whether the block closes with a pooling that halves every extent. */
    static final boolean[] POOLED = {true, false, false, false};

    /** Step from one cell of the last feature maps to the next, in voxels. */
    static final int CELL = 2;

    /** Under the root of the batch normalisation. */
    static final float EPSILON = 1e-3f;

    private static final Shape SHAPE =
            new Shape(1, 3, SampleVolume.Z, SampleVolume.Y, SampleVolume.X);

    private final Model model;
    private final NDManager manager;

    /** Factor and threshold of the mean evidence; see {@link #calibrate}. */
    private float gain = 1;

    private float threshold;

    private float cut;

    LesionClassifier(int seed) {
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(seed);
        model = Model.newInstance("lesion-classifier", Device.cpu(), "PyTorch");
        model.setBlock(network());
        manager = engine.newBaseManager(Device.cpu());
    }

    /** Gives the evidence for lesions in each cell. */
    private static Block network() {
        SequentialBlock features = new SequentialBlock();
        for (int n = 0; n < FILTERS.length; n++) {
            long pad = KERNELS[n] / 2;
            features.add(
                            Conv3d.builder()
                                    .setFilters(FILTERS[n])
                                    .setKernelShape(new Shape(KERNELS[n], KERNELS[n], KERNELS[n]))
                                    .optPadding(new Shape(pad, pad, pad))
                                    .build())
                    .add(BatchNorm.builder().optEpsilon(EPSILON).optMomentum(0.9f).build())
                    .add(Activation.reluBlock());
            if (POOLED[n]) {
                Shape two = new Shape(2, 2, 2);
                features.add(Pool.maxPool3dBlock(two, two, new Shape(0, 0, 0)));
            }
        }
        // Without a bias: the cut, set after the training, is one.
        Block evidence =
                Conv3d.builder()
                        .setFilters(1)
                        .setKernelShape(new Shape(1, 1, 1))
                        .optBias(false)
                        .build();
        return new SequentialBlock().add(features).add(evidence);
    }

    /**
     * Sets what the convolutions did not learn. Evidence below the cut counts for nothing; logits
     * are ∓ gain / 2 · (mean of the rest - threshold).
     */
    void calibrate(float newCut, float newGain, float newThreshold) {
        cut = newCut;
        gain = newGain;
        threshold = newThreshold;
    }

    float cut() {
        return cut;
    }

    float gain() {
        return gain;
    }

    float threshold() {
        return threshold;
    }

    Model model() {
        return model;
    }

    /** Tissue probabilities as the network takes them. */
    private static float[] input(SampleVolume volume) {
        float[] input = new float[3 * SampleVolume.VOXELS];
        for (int channel = 0; channel < 3; channel++) {
            byte[] bytes = volume.tissue()[channel];
            int offset = channel * SampleVolume.VOXELS;
            for (int i = 0; i < bytes.length; i++) {
                input[offset + i] = (bytes[i] & 0xff) / 255f;
            }
        }
        return input;
    }

    /** Evidence of each cell of one volume, before the cut. */
    float[] evidence(SampleVolume volume) {
        try (NDManager scope = manager.newSubManager()) {
            return evidence(scope, scope.create(input(volume), SHAPE)).toFloatArray();
        }
    }

    /** Mean over the cells of what is left of the evidence above a cut. */
    static double mean(float[] evidence, double cut) {
        double sum = 0;
        for (float cell : evidence) {
            sum += Math.max(0, cell - cut);
        }
        return sum / evidence.length;
    }

    /** Logits of one volume. */
    float[] logits(SampleVolume volume) {
        float half = (float) (gain / 2 * (mean(evidence(volume), cut) - threshold));
        return new float[] {-half, half};
    }

    /** Probabilities of one volume. */
    double[] probabilities(SampleVolume volume) {
        float[] logits = logits(volume);
        double odds = Math.exp(logits[0] - logits[1]);
        return new double[] {odds / (1 + odds), 1 / (1 + odds)};
    }

    private NDArray evidence(NDManager scope, NDArray input) {
        return model.getBlock()
                .forward(new ParameterStore(scope, false), new NDList(input), false)
                .singletonOrThrow();
    }

    /**
     * Integrated Gradients of the logit of "lesions", by Gauss-Legendre quadrature.
     *
     * @param baseline where the path begins; {@code null} for black
     * @return attribution of each voxel, summed over channels; volume order of {@link SampleVolume}
     */
    float[] integratedGradients(SampleVolume volume, SampleVolume baseline, int steps) {
        float[] end = input(volume);
        float[] start = baseline == null ? new float[end.length] : input(baseline);
        double[] sum = new double[end.length];
        double[][] rule = Quadrature.gaussLegendre(steps);
        for (int step = 0; step < steps; step++) {
            float[] at = new float[end.length];
            for (int i = 0; i < at.length; i++) {
                at[i] = start[i] + (float) rule[0][step] * (end[i] - start[i]);
            }
            float[] gradient = gradient(at);
            for (int i = 0; i < at.length; i++) {
                sum[i] += rule[1][step] * gradient[i];
            }
        }
        float[] map = new float[SampleVolume.VOXELS];
        for (int i = 0; i < sum.length; i++) {
            map[i % map.length] += (float) (sum[i] * (end[i] - start[i]));
        }
        return map;
    }

    private float[] gradient(float[] at) {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray input = scope.create(at, SHAPE);
            input.setRequiresGradient(true);
            collector.backward(
                    Activation.relu(evidence(scope, input).sub(cut)).mean().mul(gain / 2));
            return input.getGradient().toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
        model.close();
    }
}
