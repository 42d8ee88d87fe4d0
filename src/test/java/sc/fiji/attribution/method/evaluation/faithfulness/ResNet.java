/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** The network of Quantus' figures: the score of class 4, with voxels replaced by the minimum. */
public final class ResNet implements AutoCloseable {

    public static final int CLASS = 4;

    public final Classifier classifier;
    private final Map<String, Npy> golden;
    private final Map<String, Npy> maps;

    public ResNet() {
        var folder = Resources.shared("frameworks/ResNet2D");
        classifier = Engines.open(folder.resolve("model_legacy_opset17.onnx"), ModelOptions.NONE);
        golden = Npy.readAll(folder.resolve("golden.npz"));
        maps = Npy.readAll(Resources.shared("golden/quantus").resolve("maps.npz"));
    }

    public Tensor image(int number) {
        return tensor(golden.get("x" + number));
    }

    /** A map of three channels: {@code grad0}, {@code ig1} and so on. */
    public Tensor map(String name) {
        int digit = name.length() - 1;
        return tensor(golden.get(name.substring(0, digit) + "_top" + name.charAt(digit)));
    }

    /** That map's sum over the channels, said again in each of them, as Quantus takes it. */
    public Tensor sum(String name) {
        double[] sum = maps.get("sum_" + name).values();
        Tensor map = Tensor.zeros(new Axes("bcyx"), 1, 3, 64, 64);
        for (int i = 0; i < map.length(); i++) {
            map.data()[i] = (float) sum[i % sum.length];
        }
        return map;
    }

    public Tensor gradient(int number) {
        return map("grad" + number);
    }

    private static Tensor tensor(Npy array) {
        return new Tensor(new Axes("bcyx"), new int[] {1, 3, 64, 64}, array.floats());
    }

    /** The gradient map of an image, and its score before or after the softmax. */
    public Trial trial(int number, boolean softmax) {
        return trial(gradient(number), number, softmax);
    }

    /** Another map of that image. */
    public Trial trial(Tensor map, int number, boolean softmax) {
        Explained explained = new Score(classifier, image(number), softmax);
        return new Trial(map, Optional.empty(), Optional.of(explained), 10, 8, 0);
    }

    @Override
    public void close() {
        classifier.close();
    }

    private record Score(Classifier classifier, Tensor input, boolean softmax)
            implements Explained {

        @Override
        public Tensor reference() {
            Tensor black = input.copy();
            float least = Float.MAX_VALUE;
            for (float value : input.data()) {
                least = Math.min(least, value);
            }
            Arrays.fill(black.data(), least);
            return black;
        }

        @Override
        public double[] scores(Tensor batch) {
            float[][] logits = logits(batch);
            return Arrays.stream(logits).mapToDouble(this::score).toArray();
        }

        private double score(float[] logits) {
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            return softmax ? Math.exp(logits[CLASS]) / sum : logits[CLASS];
        }

        @Override
        public float[][] logits(Tensor batch) {
            return classifier.logits(batch);
        }

        @Override
        public Optional<Explainer> explainer() {
            return Optional.empty();
        }
    }
}
