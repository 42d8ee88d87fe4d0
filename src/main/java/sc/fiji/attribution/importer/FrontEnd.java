/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.ModelException;

/**
 * Reads models of one format into the graph that everything else works on. Nothing in a file is
 * ever executed. Implementations have a public constructor without arguments and carry
 * {@code @MetaInfServices}.
 */
public interface FrontEnd {

    /** For messages and facts: {@code "ONNX"}. */
    String name();

    /** bioimage.io's names of the weights that this reads, such as {@code onnx}. */
    List<String> weightFormats();

    /**
     * Why a path is not a model of this format: what was expected and, after a semicolon, what to
     * do; empty where it is one. Looks at names and first bytes only, loads nothing.
     */
    Optional<String> whyNot(Path path);

    /** The file or folder that the model goes by, whose name is the model's. */
    default Path location(Path path) {
        return path;
    }

    /** What is read and what goes into the digest: the file, and those beside it that it names. */
    default List<Path> files(Path path) {
        return List.of(path);
    }

    /**
     * Reads a model.
     *
     * @param path one for which {@link #whyNot} is empty
     * @param weights takes the weights as they are read; their values are not kept in memory
     * @throws ModelException where the file is broken, hostile, or holds what is not supported: all
     *     such ops at once, by name and layer
     */
    Imported read(Path path, WeightStore weights);

    /**
     * Reads a model for images of one shape; the same as {@link #read(Path, WeightStore)} where the
     * network does not depend on it.
     *
     * @param image extents of the image with the author's axes, -1 where any fits
     */
    default Imported read(Path path, WeightStore weights, int... image) {
        return read(path, weights);
    }
}
