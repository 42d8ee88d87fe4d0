/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.util.Arrays;
import java.util.Locale;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.description.ModelDescription;
import sc.fiji.attribution.model.description.NumpyArray;
import sc.fiji.attribution.model.description.TestCase;

/**
 * How well a model gives the output that its description promises for an input.
 *
 * @param difference largest absolute difference of the outputs
 * @param scale largest absolute value that was expected
 * @param compared what was compared: {@code probabilities} or {@code logits}
 */
public record TestRun(double difference, double scale, String compared) {

    /** For people: {@code largest difference 1.2e-07 of probabilities up to 0.98}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "largest difference %.3g of %s up to %.3g",
                difference,
                compared,
                scale);
    }

    /**
     * Runs a case.
     *
     * @param classifier the open one that brought it
     * @throws ModelException where an array cannot be read or does not fit the model
     */
    public static TestRun of(TestCase test, Classifier classifier) {
        NumpyArray array = test.given().read();
        Axes axes = classifier.spec().axes();
        if (array.shape().length != axes.rank() || !axes.has('b')) {
            throw new ModelException(
                    "Test input '"
                            + test.given().source()
                            + "' has the shape "
                            + Arrays.toString(array.shape())
                            + ", but the model takes the axes "
                            + axes
                            + ": correct one of them.");
        }
        Tensor batch = new Tensor(axes, array.shape(), array.values());
        test.input().preprocess(batch);
        float[][] logits = classifier.logits(batch);
        NumpyArray wanted = test.expected().read();
        int width = logits[0].length;
        if (wanted.values().length != logits.length * width) {
            throw new ModelException(
                    "Test output '"
                            + test.expected().source()
                            + "' has the shape "
                            + Arrays.toString(wanted.shape())
                            + ", but the model gives "
                            + logits.length
                            + " x "
                            + width
                            + " scores: correct the description.");
        }
        return compare(test.output(), classifier.spec().head(), logits, wanted.values());
    }

    private static TestRun compare(
            ModelDescription.Output output, Head head, float[][] logits, float[] wanted) {
        double probabilities = 0;
        double scores = 0;
        double scale = 0;
        int i = 0;
        for (float[] row : logits) {
            double[] p = head.isNumbers() ? new double[row.length] : head.probabilities(row);
            // A single output is the probability of the second of two classes.
            int skipped = p.length - row.length;
            float[] ps = new float[row.length];
            for (int k = 0; k < row.length; k++) {
                ps[k] = (float) p[k + skipped];
            }
            float[] raw = processed(output, row.clone());
            ps = processed(output, ps);
            for (int k = 0; k < row.length; k++, i++) {
                probabilities = Math.max(probabilities, Math.abs(ps[k] - wanted[i]));
                scores = Math.max(scores, Math.abs(raw[k] - wanted[i]));
                scale = Math.max(scale, Math.abs(wanted[i]));
            }
        }
        boolean closed = head == Head.SOFTMAX || head == Head.SIGMOID;
        // A single score may or may not have passed a sigmoid; the head does not tell.
        boolean open =
                head == Head.LINEAR
                        || head.isNumbers()
                        || head == Head.BINARY_SIGMOID && scores < probabilities;
        return closed || !open
                ? new TestRun(probabilities, scale, "probabilities")
                : new TestRun(scores, scale, head.isNumbers() ? "numbers" : "logits");
    }

    private static float[] processed(ModelDescription.Output output, float[] row) {
        Tensor tensor = new Tensor(Axes.ROWS, new int[] {1, row.length}, row);
        output.postprocessing().forEach(step -> step.apply(tensor));
        return row;
    }
}
