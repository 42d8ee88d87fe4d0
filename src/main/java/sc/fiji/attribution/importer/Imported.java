/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.MetaGraphDef;

/**
 * What a front end made of a file.
 *
 * @param graph the network, with a signature that names inputs and outputs with types and shapes,
 *     -1 where any extent fits
 * @param variables the folder that holds the checkpoint of its variables; need not exist where it
 *     has none
 * @param channelsFirst whether the image has its channel axis before those of space; empty where
 *     only its convolutions tell
 * @param labels class names, where the file has them
 * @param facts what the file says of itself, for people, by what it is about: framework, exporter,
 *     opset
 * @param warnings one line each
 * @param perSize whether the network was read for one size of image out of several that it takes:
 *     its code counts by the extents, so that it is to be read once more for an image of another
 */
public record Imported(
        MetaGraphDef graph,
        Path variables,
        Optional<Boolean> channelsFirst,
        List<String> labels,
        Map<String, String> facts,
        List<String> warnings,
        boolean perSize) {

    /** Of a network that is the same for each size of image. */
    public Imported(
            MetaGraphDef graph,
            Path variables,
            Optional<Boolean> channelsFirst,
            List<String> labels,
            Map<String, String> facts,
            List<String> warnings) {
        this(graph, variables, channelsFirst, labels, facts, warnings, false);
    }

    public Imported {
        labels = List.copyOf(labels);
        facts = new LinkedHashMap<>(facts);
        warnings = List.copyOf(warnings);
    }

    /** The same, as one that is read anew for each size of image. */
    public Imported forEachSize() {
        return new Imported(graph, variables, channelsFirst, labels, facts, warnings, true);
    }
}
