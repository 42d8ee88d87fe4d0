/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.Locale;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.archive.FileDigest;
import sc.fiji.attribution.model.archive.PackageFiles;

/**
 * An input that a model brings along, with the output that it must give. The files are read when
 * the case is run, so what was unpacked must still be there.
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
        public NumpyArray read() {
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
}
