/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Area;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.ModelSpec;

/**
 * Where a network computes what is explained: f is a weighted sum of the logits, or of a layer's
 * activations.
 *
 * @param place {@link Pass#LOGITS}, {@link Pass#SCORES} or the layer's name
 * @param weights of what is there, of one image
 * @param unit of f: {@code logit}, {@code log-odds}, a number's own or {@code activation}
 */
record Readout(String place, Tensor weights, String unit) {

    private static final String SPACE = "xyz";

    static Readout of(Target.Classes target, ModelSpec spec) {
        float[] weights = spec.head().cotangent(target.weights());
        return new Readout(
                Pass.LOGITS,
                Tensor.rows(Axes.ROWS, new float[][] {weights}),
                spec.unit(target.weights()));
    }

    /**
     * Of a class, or a sum of classes, in a part of a map of scores.
     *
     * @param scores the map for one image, which tells its extents
     */
    static Readout of(Target.Classes target, Area area, Tensor scores, ModelSpec spec) {
        float[] ofOutputs = spec.head().cotangent(target.weights());
        Tensor weights = Tensor.zerosLike(scores);
        places(
                area,
                scores,
                (place, weight) -> {
                    for (int k = 0; k < ofOutputs.length; k++) {
                        weights.data()[place + k * weights.stride('c')] = weight * ofOutputs[k];
                    }
                });
        return new Readout(Pass.SCORES, weights, spec.unit(target.weights()));
    }

    /** The weighted sum over an area of each output of a map. */
    static float[] sums(Area area, Tensor scores) {
        double[] sums = new double[scores.size('c')];
        places(
                area,
                scores,
                (place, weight) -> {
                    for (int k = 0; k < sums.length; k++) {
                        sums[k] += (double) weight * scores.data()[place + k * scores.stride('c')];
                    }
                });
        float[] rounded = new float[sums.length];
        for (int k = 0; k < sums.length; k++) {
            rounded[k] = (float) sums[k];
        }
        return rounded;
    }

    /** Takes the places that have a weight. */
    private interface Places {
        /**
         * @param place of the first channel in the data of the map
         */
        void accept(int place, float weight);
    }

    private static void places(Area area, Tensor scores, Places sink) {
        Tensor weights = area.weights();
        for (int i = 0; i < weights.length(); i++) {
            if (weights.data()[i] == 0) {
                continue;
            }
            int place = 0;
            for (char axis : scores.axes().spatial().toCharArray()) {
                if (weights.size(axis) != scores.size(axis)) {
                    throw new IllegalArgumentException(weights + " does not fit " + scores);
                }
                place += weights.along(axis).place(i) * scores.stride(axis);
            }
            sink.accept(place, weights.data()[i]);
        }
    }

    /**
     * @param activations of the unit's layer for one image, which tell its extents
     */
    static Readout of(Target.Unit target, Tensor activations) {
        requireUnit(target, activations.axes(), activations.shape());
        Tensor weights = Tensor.zerosLike(activations);
        int channel = target.channel() * weights.stride('c');
        if (target.place().isEmpty()) {
            Tensor.Along channels = weights.along('c');
            float share = (float) channels.size() / weights.length();
            for (int i = 0; i < weights.length(); i++) {
                weights.data()[i] = channels.place(i) == target.channel() ? share : 0;
            }
        } else {
            int at = channel;
            for (int i = 0; i < target.place().size(); i++) {
                at += target.place().get(i) * weights.stride(SPACE.charAt(i));
            }
            weights.data()[at] = 1;
        }
        return new Readout(target.layer(), weights, "activation");
    }

    /**
     * Checks that a layer has a unit.
     *
     * @param shape of the layer, -1 for an extent that depends on the image
     * @throws OptionException where it has not
     */
    static void requireUnit(Target.Unit target, Axes axes, int[] shape) {
        String what = "target '" + target.description() + "': layer '" + target.layer() + "' ";
        int dimensions = axes.spatial().length();
        String order = String.join(", ", SPACE.substring(0, dimensions).split(""));
        if (!target.place().isEmpty() && target.place().size() != dimensions) {
            throw new OptionException(
                    what
                            + (dimensions == 0
                                    ? "has no axes of space; name its units"
                                    : "has the axes "
                                            + order
                                            + "; name a unit as layer[channel, "
                                            + order
                                            + "], or a whole channel")
                            + " as layer[channel].");
        }
        require(what, "channel", target.channel(), shape[axes.indexOf('c')]);
        for (int i = 0; i < target.place().size(); i++) {
            char axis = SPACE.charAt(i);
            require(what, "" + axis, target.place().get(i), shape[axes.indexOf(axis)]);
        }
        if (shape[axes.indexOf('b')] > 1) {
            throw new OptionException(
                    what + "holds the image in parts along the batch; choose the one behind it.");
        }
    }

    private static void require(String what, String axis, int index, int extent) {
        if (extent >= 0 && index >= extent) {
            throw new OptionException(
                    what + "goes from 0 to " + (extent - 1) + " along " + axis + ".");
        }
    }

    /**
     * f of each image.
     *
     * @param there what the network computed at the place
     */
    double[] values(Tensor there) {
        double[] values = new double[there.length() / weights.length()];
        for (int i = 0; i < there.length(); i++) {
            values[i / weights.length()] +=
                    (double) weights.data()[i % weights.length()] * there.data()[i];
        }
        return values;
    }

    /** The weights, once for each image of a batch. */
    Tensor cotangent(int images) {
        int[] shape = weights.shape().clone();
        shape[weights.axes().indexOf('b')] = images;
        Tensor all = Tensor.zeros(weights.axes(), shape);
        for (int i = 0; i < images; i++) {
            System.arraycopy(weights.data(), 0, all.data(), i * weights.length(), weights.length());
        }
        return all;
    }
}
