/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;

/** Regions by the labels that a model's grid has. */
final class LabelsOnModel {

    private LabelsOnModel() {}

    /** Numbers the labels anew, and leaves out those that the model's grid lost. */
    static Regions regions(
            Tensor labels, TreeMap<Integer, String> names, String source, Consumer<String> warn) {
        TreeMap<Integer, Integer> numbers = new TreeMap<>();
        for (float label : labels.data()) {
            if (label > 0) {
                numbers.putIfAbsent((int) label, 0);
            }
        }
        if (numbers.isEmpty()) {
            throw new ImageException(
                    "'" + source + "' marks no voxel of the image: label what is meant.");
        }
        List<String> kept = new ArrayList<>();
        for (var entry : names.entrySet()) {
            if (numbers.containsKey(entry.getKey())) {
                kept.add(entry.getValue());
                numbers.put(entry.getKey(), kept.size());
            } else {
                warn.accept(
                        "Region '"
                                + entry.getValue()
                                + "' of "
                                + source
                                + " is left out: it has no voxel on the model's grid.");
            }
        }
        for (int i = 0; i < labels.length(); i++) {
            float label = labels.data()[i];
            labels.data()[i] = label > 0 ? numbers.get((int) label) : 0;
        }
        return new Regions(labels, kept);
    }
}
