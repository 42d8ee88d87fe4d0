/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.archive.FileDigest;
import sc.fiji.attribution.model.archive.PackageFiles;

/**
 * An input that a model brings along, with the output that it must give. The files are read when
 * the case is run, so the classifier must still be open.
 *
 * @param given the input, before pre-processing
 * @param expected the output, after post-processing
 * @param input how the input is described
 * @param output how the output is described
 */
public record TestCase(
        Array given, Array expected, ModelDescription.Input input, ModelDescription.Output output) {

    /**
     * A {@code .npy} file of a package.
     *
     * @param description the file that names it
     * @param source path from there
     * @param sha256 hexadecimal; empty where it is not said
     */
    public record Array(Path description, String source, String sha256) {

        /**
         * @throws ModelException where it lies outside the folder, or cannot be read
         */
        NumpyArray read() {
            Path file = PackageFiles.inside(description.toAbsolutePath().getParent(), source);
            if (!source.toLowerCase(Locale.ROOT).endsWith(".npy")) {
                throw new ModelException(
                        "Test array '"
                                + file
                                + "' is not of the format .npy: save it with np.save.");
            }
            NumpyArray array = NumpyArray.read(file);
            FileDigest.require(file, sha256, description);
            return array;
        }
    }

    /**
     * @param difference largest absolute difference of the outputs
     * @param scale largest absolute value that was expected
     * @param compared what was compared: {@code probabilities} or {@code logits}
     */
    public record Result(double difference, double scale, String compared) {

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
    }

    /**
     * Runs the case.
     *
     * @param classifier the one that brought it
     * @throws ModelException where an array cannot be read or does not fit the model
     */
    public Result run(Classifier classifier) {
        NumpyArray array = given.read();
        Axes axes = classifier.spec().axes();
        if (array.shape().length != axes.rank() || !axes.has('b')) {
            throw new ModelException(
                    "Test input '"
                            + given.source()
                            + "' has the shape "
                            + Arrays.toString(array.shape())
                            + ", but the model takes the axes "
                            + axes
                            + ": correct one of them.");
        }
        Tensor batch = new Tensor(axes, array.shape(), array.values());
        input.preprocess(batch);
        float[][] logits = classifier.logits(batch);
        NumpyArray wanted = expected.read();
        int width = logits[0].length;
        if (wanted.values().length != logits.length * width) {
            throw new ModelException(
                    "Test output '"
                            + expected.source()
                            + "' has the shape "
                            + Arrays.toString(wanted.shape())
                            + ", but the model gives "
                            + logits.length
                            + " x "
                            + width
                            + " scores: correct the description.");
        }
        return compare(classifier.spec().head(), logits, wanted.values());
    }

    private Result compare(Head head, float[][] logits, float[] wanted) {
        double probabilities = 0;
        double scores = 0;
        double scale = 0;
        int i = 0;
        for (float[] row : logits) {
            double[] p = head.probabilities(row);
            // A single output is the probability of the second of two classes.
            int skipped = p.length - row.length;
            float[] ps = new float[row.length];
            for (int k = 0; k < row.length; k++) {
                ps[k] = (float) p[k + skipped];
            }
            float[] raw = processed(row.clone());
            ps = processed(ps);
            for (int k = 0; k < row.length; k++, i++) {
                probabilities = Math.max(probabilities, Math.abs(ps[k] - wanted[i]));
                scores = Math.max(scores, Math.abs(raw[k] - wanted[i]));
                scale = Math.max(scale, Math.abs(wanted[i]));
            }
        }
        boolean closed = head == Head.SOFTMAX || head == Head.SIGMOID;
        // A single score may or may not have passed a sigmoid; the head does not tell.
        boolean open = head == Head.LINEAR || head == Head.BINARY_SIGMOID && scores < probabilities;
        return closed || !open
                ? new Result(probabilities, scale, "probabilities")
                : new Result(scores, scale, "logits");
    }

    private float[] processed(float[] row) {
        Tensor tensor = new Tensor(Axes.ROWS, new int[] {1, row.length}, row);
        output.postprocessing().forEach(step -> step.apply(tensor));
        return row;
    }
}
