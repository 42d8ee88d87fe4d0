/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.util.List;

/**
 * A model, or a model within one.
 *
 * @param name the author's
 * @param layers in the order of the file
 * @param inputs names of the layers that are fed, in order
 * @param outputs what it gives, in order
 * @param sequential whether it is a plain sequence
 */
public record LayerGraph(
        String name,
        List<SavedLayer> layers,
        List<Argument.Of> inputs,
        List<Argument.Of> outputs,
        boolean sequential) {}
