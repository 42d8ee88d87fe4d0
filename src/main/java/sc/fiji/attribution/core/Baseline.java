/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The input that stands for "nothing there", against which a map is measured. Made from the tensor
 * that the model sees, on the model's grid and in its units.
 */
public sealed interface Baseline {

    /** The reference tensors for an input, at least one, each of its axes and shape. */
    List<Tensor> references(Tensor input);

    /** Number of references. */
    default int count() {
        return 1;
    }

    /** For people and for provenance. */
    String description();

    /** The same value everywhere. */
    record Constant(float value) implements Baseline {
        @Override
        public List<Tensor> references(Tensor input) {
            Tensor reference = Tensor.zerosLike(input);
            Arrays.fill(reference.data(), value);
            return List.of(reference);
        }

        @Override
        public String description() {
            return value == 0 ? "zero" : "constant " + value;
        }
    }

    /** The mean of each channel, everywhere. */
    record Mean() implements Baseline {
        @Override
        public List<Tensor> references(Tensor input) {
            Tensor.Along channels = input.along('c');
            double[] sums = new double[channels.size()];
            float[] data = input.data();
            for (int i = 0; i < data.length; i++) {
                sums[channels.place(i)] += data[i];
            }
            Tensor reference = Tensor.zerosLike(input);
            for (int i = 0; i < data.length; i++) {
                reference.data()[i] =
                        (float) (sums[channels.place(i)] / (data.length / channels.size()));
            }
            return List.of(reference);
        }

        @Override
        public String description() {
            return "mean";
        }
    }

    /**
     * The input after a Gaussian blur over its spatial axes.
     *
     * @param sigma standard deviation in voxels of the model's grid, positive
     */
    record Blurred(double sigma) implements Baseline {
        public Blurred {
            if (!(sigma > 0)) {
                throw new OptionException("sigma=" + sigma + ": expected a positive number.");
            }
        }

        @Override
        public List<Tensor> references(Tensor input) {
            return List.of(GaussianBlur.blur(input, sigma));
        }

        @Override
        public String description() {
            return "blurred, sigma " + sigma + " voxels";
        }
    }

    /**
     * The mean of the voxels around each, in a cube, channel by channel.
     *
     * @param radius voxels to each side on the model's grid, at least 1
     */
    record LocalMean(int radius) implements Baseline {
        public LocalMean {
            if (radius < 1) {
                throw new OptionException("sigma: expected at least 1 voxel for a local mean.");
            }
        }

        @Override
        public List<Tensor> references(Tensor input) {
            return List.of(GaussianBlur.mean(input, radius));
        }

        @Override
        public String description() {
            return "local mean, " + (2 * radius + 1) + " voxels wide";
        }
    }

    /**
     * White noise with the mean and the standard deviation of each channel.
     *
     * @param seed start of the random numbers
     */
    record Noise(int seed) implements Baseline {
        @Override
        public List<Tensor> references(Tensor input) {
            Tensor reference = new Mean().references(input).get(0);
            Tensor.Along channels = input.along('c');
            double[] squares = new double[channels.size()];
            for (int i = 0; i < input.length(); i++) {
                double difference = (double) input.data()[i] - reference.data()[i];
                squares[channels.place(i)] += difference * difference;
            }
            SplittableRandom random = new SplittableRandom(seed);
            int voxels = input.length() / channels.size();
            for (int i = 0; i < input.length(); i++) {
                double deviation = Math.sqrt(squares[channels.place(i)] / voxels);
                reference.data()[i] += (float) (deviation * random.nextGaussian());
            }
            return List.of(reference);
        }

        @Override
        public String description() {
            return "noise, seed " + seed;
        }
    }

    /**
     * Another one for the first channels; the others keep the values of the input.
     *
     * @param other of the first channels
     * @param first of the channels that are held
     */
    record Held(Baseline other, int first) implements Baseline {

        @Override
        public int count() {
            return other.count();
        }

        @Override
        public List<Tensor> references(Tensor input) {
            List<Tensor> references = other.references(input).stream().map(Tensor::copy).toList();
            Tensor.Along channels = input.along('c');
            for (Tensor reference : references) {
                for (int i = 0; i < input.length(); i++) {
                    if (channels.place(i) >= first) {
                        reference.data()[i] = input.data()[i];
                    }
                }
            }
            return references;
        }

        @Override
        public String description() {
            return other.description();
        }
    }

    /**
     * Other images, each as the model sees it.
     *
     * @param images of the input's shape
     * @param description which images
     */
    record Images(List<Tensor> images, String description) implements Baseline {
        public Images {
            images = List.copyOf(images);
        }

        @Override
        public int count() {
            return images.size();
        }

        @Override
        public List<Tensor> references(Tensor input) {
            for (Tensor image : images) {
                if (!image.sameShape(input)) {
                    throw new ImageException(
                            "The baseline image ("
                                    + image
                                    + ") and the input ("
                                    + input
                                    + ") differ in shape: use baselines of the input's size.");
                }
            }
            if (images.isEmpty()) {
                throw new OptionException("No baseline image was given.");
            }
            return images;
        }
    }
}
