/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.preprocessing;

import java.util.Arrays;
import sc.fiji.attribution.core.Tensor;

/**
 * One step from pixel values to what the network sees, as bioimage.io defines it. Each changes the
 * tensor's values in place, computes in double precision, and treats every image of a batch by
 * itself. {@code toString()} is for people and for provenance.
 */
public sealed interface Preprocessing {

    /** Letters of all axes of an image; those that a tensor lacks do not matter. */
    String ALL = "zyxc";

    /**
     * What keeps a division from failing on a constant image, where the description says nothing.
     */
    double EPS = 1e-6;

    /** Replaces the tensor's values. */
    void apply(Tensor tensor);

    /**
     * x ← (x − mean) / (sd + eps), with mean and standard deviation (over n, not n − 1) of the
     * values along the joint axes.
     */
    record ZeroMeanUnitVariance(String axes, double eps) implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            JointValues joint = new JointValues(tensor, axes);
            float[] data = tensor.data();
            double count = (double) data.length / joint.groups();
            double[] mean = new double[joint.groups()];
            double[] deviation = new double[joint.groups()];
            for (int i = 0; i < data.length; i++) {
                mean[joint.group(i)] += data[i] / count;
            }
            for (int i = 0; i < data.length; i++) {
                double difference = data[i] - mean[joint.group(i)];
                deviation[joint.group(i)] += difference * difference / count;
            }
            for (int i = 0; i < data.length; i++) {
                int group = joint.group(i);
                data[i] = (float) ((data[i] - mean[group]) / (Math.sqrt(deviation[group]) + eps));
            }
        }

        @Override
        public String toString() {
            return "zero_mean_unit_variance(axes " + axes + ", eps " + eps + ")";
        }
    }

    /** x ← (x − mean) / (sd + eps), with mean and standard deviation of the training data. */
    record FixedZeroMeanUnitVariance(StepConstants mean, StepConstants deviation, double eps)
            implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            char axis = (mean.values().size() > 1 ? mean : deviation).axis();
            double[] means = new StepConstants(mean.values(), axis).along(tensor);
            double[] deviations = new StepConstants(deviation.values(), axis).along(tensor);
            Tensor.Along along = tensor.along(axis);
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                int at = along.place(i);
                data[i] = (float) ((data[i] - means[at]) / (deviations[at] + eps));
            }
        }

        @Override
        public String toString() {
            return "fixed_zero_mean_unit_variance(mean "
                    + mean
                    + ", std "
                    + deviation
                    + ", eps "
                    + eps
                    + ")";
        }
    }

    /** x ← gain x + offset. */
    record ScaleLinear(StepConstants gain, StepConstants offset) implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            char axis = (gain.values().size() > 1 ? gain : offset).axis();
            double[] gains = new StepConstants(gain.values(), axis).along(tensor);
            double[] offsets = new StepConstants(offset.values(), axis).along(tensor);
            Tensor.Along along = tensor.along(axis);
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                int at = along.place(i);
                data[i] = (float) (gains[at] * data[i] + offsets[at]);
            }
        }

        @Override
        public String toString() {
            return "scale_linear(gain " + gain + ", offset " + offset + ")";
        }
    }

    /**
     * x ← (x − l) / (u − l + eps), with l and u the percentiles of the values along the joint axes,
     * interpolated linearly between the sorted values (NumPy's default). Not clipped.
     */
    record ScaleRange(String axes, double minPercentile, double maxPercentile, double eps)
            implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            JointValues joint = new JointValues(tensor, axes);
            float[][] values = joint.collect(tensor);
            double[] low = new double[values.length];
            double[] high = new double[values.length];
            for (int group = 0; group < values.length; group++) {
                Arrays.sort(values[group]);
                low[group] = percentile(values[group], minPercentile);
                high[group] = percentile(values[group], maxPercentile);
            }
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                int group = joint.group(i);
                data[i] = (float) ((data[i] - low[group]) / (high[group] - low[group] + eps));
            }
        }

        private static double percentile(float[] sorted, double percentile) {
            double position = percentile / 100 * (sorted.length - 1);
            int below = (int) Math.floor(position);
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]);
        }

        @Override
        public String toString() {
            return "scale_range(axes "
                    + axes
                    + ", percentiles "
                    + StepConstants.number(minPercentile)
                    + " to "
                    + StepConstants.number(maxPercentile)
                    + ", eps "
                    + eps
                    + ")";
        }
    }

    /** x ← min(max(x, lower), upper); either may be infinite. */
    record Clip(double lower, double upper) implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) Math.min(Math.max(data[i], lower), upper);
            }
        }

        @Override
        public String toString() {
            return "clip("
                    + StepConstants.number(lower)
                    + " to "
                    + StepConstants.number(upper)
                    + ")";
        }
    }

    /** x ← 1 where x &gt; threshold, else 0. */
    record Binarize(StepConstants threshold) implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            double[] thresholds = threshold.along(tensor);
            Tensor.Along along = tensor.along(threshold.axis());
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = data[i] > thresholds[along.place(i)] ? 1 : 0;
            }
        }

        @Override
        public String toString() {
            return "binarize(threshold " + threshold + ")";
        }
    }

    /** x ← 1 / (1 + e^−x). */
    record Sigmoid() implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) (1 / (1 + Math.exp(-(double) data[i])));
            }
        }

        @Override
        public String toString() {
            return "sigmoid";
        }
    }

    /**
     * Rounds to what a number type holds: toward zero and at most to its limits for integers, not
     * at all for float32 and float64. {@code bool} is 1 where x is not 0.
     */
    record EnsureDtype(NumberType type) implements Preprocessing {
        @Override
        public void apply(Tensor tensor) {
            float[] data = tensor.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = type.round(data[i]);
            }
        }

        @Override
        public String toString() {
            return "ensure_dtype(" + type.key() + ")";
        }
    }
}
