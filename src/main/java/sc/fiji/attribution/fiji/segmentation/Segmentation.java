/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;

/**
 * What a network that puts out a map predicts for one frame, on the grid of the image: scores are
 * carried there by linear interpolation, and labels and probabilities are those of the scores.
 *
 * @param model what was asked
 * @param grid how the map lies in the image
 * @param scores of each output of the network on the image's grid, {@code zyx}
 */
record Segmentation(ModelSpec model, MapGrid grid, List<Tensor> scores) {

    /**
     * Runs the network once.
     *
     * @param frame from 0
     * @throws ModelException where the model does not put out a map
     */
    public static Segmentation of(Classifier classifier, ImagePlus image, int frame) {
        ModelInput input = ModelInput.of(classifier.spec(), image);
        return of(classifier, image, input, input.tensor(frame));
    }

    static Segmentation of(
            Classifier classifier, ImagePlus image, ModelInput input, Tensor tensor) {
        require(classifier);
        Pass pass = Pass.forward(Pass.SCORES).of(Pass.SCORES);
        Tensor map =
                classifier
                        .layers()
                        .orElseThrow()
                        .run(pass, Layers.Feed.image(tensor))
                        .activations()
                        .get(Pass.SCORES);
        MapGrid grid = MapGrid.of(classifier, image, input, tensor, map);
        List<Tensor> scores = new ArrayList<>();
        for (int k = 0; k < map.size('c'); k++) {
            scores.add(grid.onImage(map, k));
        }
        for (Tensor each : scores) {
            for (float value : each.data()) {
                if (!Float.isFinite(value)) {
                    throw new ImageException(
                            "'"
                                    + image.getTitle()
                                    + "': the network's scores are NaN or infinite: it overflows on"
                                    + " this input; check that the pixel values are on the scale"
                                    + " of the training.");
                }
            }
        }
        return new Segmentation(classifier.spec(), grid, scores);
    }

    /**
     * @throws ModelException where a model scores images as a whole
     */
    public static void require(Classifier classifier) {
        if (classifier.spec().map().isEmpty() || classifier.layers().isEmpty()) {
            throw new ModelException(
                    "Model '"
                            + classifier.spec().name()
                            + "' scores the whole image, not each place in it: use Classify..., or"
                            + " name an output that is a map (scores=…).");
        }
    }

    private ImagePlus image() {
        return grid.image();
    }

    /** The scores of a voxel, output by output. */
    private float[] at(int voxel) {
        float[] values = new float[scores.size()];
        for (int k = 0; k < values.length; k++) {
            values[k] = scores.get(k).data()[voxel];
        }
        return values;
    }

    /** Whether a voxel has a class: not where the scores are numbers, or may be a single one. */
    static boolean isLabelled(ModelSpec model) {
        boolean several = model.head() == Head.UNDECIDED && model.classes() > 1;
        return several || !model.head().isNumbers();
    }

    /** Whether labels are 0 for none of the classes, which then do not exclude one another. */
    private boolean isBackgroundZero() {
        return model.head() == Head.SIGMOID;
    }

    /** The label of a class: its index, or one more where 0 stands for none of the classes. */
    public int label(int index) {
        return isBackgroundZero() ? index + 1 : index;
    }

    /**
     * The predicted class of each voxel, as its label; x fastest.
     *
     * @throws ModelException where the map's scores are numbers, of no class
     */
    public int[] labels() {
        if (!isLabelled(model)) {
            throw new ModelException(
                    "Model '"
                            + model.name()
                            + "' gives numbers for each place, which are of no class: if they are"
                            + " logits, say head=classes or name the classes (labels=…).");
        }
        int[] labels = new int[scores.get(0).length()];
        for (int i = 0; i < labels.length; i++) {
            float[] logits = model.head().classLogits(at(i));
            int best = 0;
            for (int k = 1; k < logits.length; k++) {
                best = logits[k] > logits[best] ? k : best;
            }
            labels[i] = isBackgroundZero() && logits[best] <= 0 ? 0 : label(best);
        }
        return labels;
    }

    /**
     * The probability of each class at each voxel, or for numbers these; class by class, x fastest.
     */
    float[][] values() {
        int voxels = scores.get(0).length();
        float[][] values = new float[model.classes()][voxels];
        for (int i = 0; i < voxels; i++) {
            float[] outputs = at(i);
            double[] p = model.head().probabilities(outputs);
            for (int k = 0; k < values.length; k++) {
                values[k][i] = model.head().isNumbers() ? outputs[k] : (float) p[k];
            }
        }
        return values;
    }

    /** The components that are predicted to be of a class. */
    Components components(int index) {
        return components(labels(), index);
    }

    Components components(int[] labels, int index) {
        return Components.of(
                labels,
                label(index),
                image().getWidth(),
                image().getHeight(),
                image().getNSlices());
    }
}
