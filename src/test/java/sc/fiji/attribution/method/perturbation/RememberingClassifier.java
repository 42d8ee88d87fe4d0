/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.testing.ClassifierAround;

/** Scores each image once; the same image again costs nothing. */
final class RememberingClassifier implements ClassifierAround {

    private final Classifier network;
    private final Map<Long, float[]> known = new HashMap<>();

    RememberingClassifier(Classifier network) {
        this.network = network;
    }

    int passes() {
        return known.size();
    }

    @Override
    public Classifier network() {
        return network;
    }

    @Override
    public float[][] logits(Tensor batch) {
        int n = batch.size('b');
        int length = batch.length() / n;
        float[][] logits = new float[n][];
        int[] shape = batch.shape().clone();
        shape[batch.axes().indexOf('b')] = 1;
        for (int i = 0; i < n; i++) {
            float[] image = Arrays.copyOfRange(batch.data(), i * length, (i + 1) * length);
            logits[i] =
                    known.computeIfAbsent(
                            hash(image),
                            key -> network.logits(new Tensor(batch.axes(), shape, image))[0]);
        }
        return logits;
    }

    private static long hash(float[] image) {
        long hash = 1;
        for (float value : image) {
            hash = 0x9E3779B97F4A7C15L * hash + Float.floatToRawIntBits(value);
        }
        return hash;
    }
}
