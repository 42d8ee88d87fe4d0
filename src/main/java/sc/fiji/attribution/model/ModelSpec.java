/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Printable;
import sc.fiji.attribution.model.description.ModelDescription;

/**
 * What is known of a model before it runs.
 *
 * @param name its folder's name
 * @param sha256 digest over its files, hexadecimal
 * @param axes the order of the input's axes
 * @param shape extents of the input in that order, -1 where the model takes any
 * @param head what closes the network
 * @param labels one name per class, or number
 * @param description what a file beside the model says; {@link ModelDescription#NONE} without one
 * @param said what the caller said of the model; {@link ModelOptions#NONE} where it was nothing
 * @param map the scores of each place, named {@link
 *     sc.fiji.attribution.core.propagation.Pass#SCORES}, whose means the logits are; empty where
 *     the network scores the whole image
 * @param parts which channels belong to which of several inputs; empty where there is one
 */
public record ModelSpec(
        String name,
        String sha256,
        Axes axes,
        int[] shape,
        Head head,
        List<String> labels,
        ModelDescription description,
        ModelOptions said,
        Optional<Layer> map,
        List<InputPart> parts) {

    /** Without a description and a word of the caller's. */
    public ModelSpec(
            String name, String sha256, Axes axes, int[] shape, Head head, List<String> labels) {
        this(name, sha256, axes, shape, head, labels, ModelDescription.NONE, ModelOptions.NONE);
    }

    /** Of a network that scores one whole image. */
    public ModelSpec(
            String name,
            String sha256,
            Axes axes,
            int[] shape,
            Head head,
            List<String> labels,
            ModelDescription description,
            ModelOptions said) {
        this(
                name,
                sha256,
                axes,
                shape,
                head,
                labels,
                description,
                said,
                Optional.empty(),
                List.of());
    }

    public ModelSpec {
        if (shape.length != axes.rank()) {
            throw new IllegalArgumentException(
                    "axes " + axes + " do not fit the input shape " + Arrays.toString(shape));
        }
        // A stranger's words, which go to terminals, properties and tables.
        name = Printable.line(name);
        parts = List.copyOf(parts);
        labels = labels.stream().map(Printable::line).toList();
    }

    /** Extent of the axis, -1 where any fits, 1 where the model has no such axis. */
    public int size(char axis) {
        int position = axes.indexOf(axis);
        return position < 0 ? 1 : shape[position];
    }

    /**
     * Extent that the model is to see along an axis of space, for an image of that extent: the
     * fixed one, or the nearest that the description allows.
     */
    public int extent(char axis, int image) {
        int fixed = size(axis);
        return fixed >= 0
                ? fixed
                : description.input().size(axis).map(size -> size.nearest(image)).orElse(image);
    }

    /** Whether an image has probabilities: neither numbers nor the places of a map have one. */
    public boolean hasProbabilities() {
        return !head.isNumbers() && map.isEmpty();
    }

    public int classes() {
        return labels.size();
    }

    /**
     * What one unit of a score means: {@code logit}, {@code log-odds}, the unit of a number such as
     * {@code years}, or its name where it has no unit.
     *
     * @param weights of the scores in what is explained; those that are zero do not matter
     * @throws OptionException where numbers of different units are weighed against each other
     */
    public String unit(float[] weights) {
        if (!head.isNumbers()) {
            return head.score();
        }
        Set<String> units = new LinkedHashSet<>();
        for (int k = 0; k < weights.length; k++) {
            if (weights[k] != 0) {
                String said = unit(k);
                units.add(said.isEmpty() ? labels.get(k) : said);
            }
        }
        boolean mixed = IntStream.range(0, weights.length).anyMatch(k -> !unit(k).isEmpty());
        if (units.size() > 1 && mixed) {
            throw new OptionException(
                    "target",
                    "A difference of numbers in "
                            + String.join(" and ", units)
                            + " has no unit: explain one of "
                            + String.join(", ", labels)
                            + " alone.");
        }
        return units.size() == 1 ? units.iterator().next() : head.score();
    }

    /** The unit of a number as the description says it; empty where it says none. */
    public String unit(int index) {
        List<String> units = description.output().units();
        return index < units.size() ? Printable.line(units.get(index)) : "";
    }
}
