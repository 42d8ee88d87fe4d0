/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.List;

/**
 * What a caller may say about a model that its file does not, or says otherwise. Empty means: take
 * it from the file.
 *
 * @param axes the input's axes, for example {@code bzyxc}
 * @param labels class names in the order of the classes
 * @param signature which signature to use
 * @param scores which output holds the class scores
 */
public record ModelOptions(String axes, List<String> labels, String signature, String scores) {

    public static final ModelOptions NONE = new ModelOptions("", List.of(), "", "");

    public ModelOptions {
        labels = List.copyOf(labels);
    }
}
