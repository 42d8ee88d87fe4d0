/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import java.util.SplittableRandom;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.sampling.SampleRandom;

/** Gaussian noise that depends on the seed and on the sample's number only, not on the batch. */
@FunctionalInterface
interface Noise {

    Option.Whole SEED = Declaration.SEED;

    /**
     * Adds the noise of sample {@code index} to data, from {@code offset}, {@code length} values.
     */
    void add(int index, float[] data, int offset, int length);

    /** White noise of that standard deviation; none where it is 0. */
    static Noise gaussian(double deviation, int seed) {
        if (deviation == 0) {
            return (index, data, offset, length) -> {};
        }
        return (index, data, offset, length) -> {
            SplittableRandom random = random(seed, index);
            for (int i = offset; i < offset + length; i++) {
                data[i] += (float) (deviation * random.nextGaussian());
            }
        };
    }

    /** The random numbers of one sample. */
    static SplittableRandom random(int seed, int index) {
        return SampleRandom.of(seed, index);
    }

    /**
     * The spread of an image's values, its largest minus its smallest; numbers beside it do not
     * count.
     */
    static double range(Problem problem) {
        Tensor input = problem.input();
        List<InputPart> parts = problem.classifier().spec().parts();
        int images =
                parts.isEmpty()
                        ? input.size('c')
                        : parts.stream()
                                .filter(InputPart::isImage)
                                .mapToInt(InputPart::channels)
                                .sum();
        Tensor.Along channels = input.along('c');
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < input.length(); i++) {
            if (channels.place(i) < images) {
                min = Math.min(min, input.data()[i]);
                max = Math.max(max, input.data()[i]);
            }
        }
        return (double) max - min;
    }
}
