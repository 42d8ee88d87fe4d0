/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.util.Arrays;
import java.util.Random;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;

/** What benchmarks measure with. */
final class Measured {

    private Measured() {}

    static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** An image of the extents that the model is made for, of numbers from 0 to 1. */
    static Tensor noise(Classifier classifier) {
        int[] shape = classifier.spec().shape().clone();
        shape[0] = 1;
        Tensor input = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(0);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
        }
        return input;
    }
}
