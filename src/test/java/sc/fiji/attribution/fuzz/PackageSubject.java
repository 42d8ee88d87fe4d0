/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** A small network with a description beside it, of which one is damaged: opened. */
public abstract class PackageSubject implements Subject {

    private static final byte[] DESCRIPTION =
            ("name: Lesions or healthy\naxes: byxc\nsizes: {y: {min: 3, step: 2}, x: 8, c: 2}\n"
                            + "range: [0, 4095]\npreprocessing:\n"
                            + "  - zero_mean_unit_variance: {axes: yx}\n"
                            + "  - clip: &limits {min: -3, max: 3}\n  - clip: *limits\n"
                            + "labels: [healthy, lesions]\n")
                    .getBytes(StandardCharsets.UTF_8);

    /** The description, in YAML. */
    public static final class Description extends PackageSubject {
        @Override
        public Path write(Random random, Path folder) throws IOException {
            network(folder, Damage.of(DESCRIPTION, random));
            return folder;
        }
    }

    /** A zip of both. */
    public static final class Archive extends PackageSubject {
        @Override
        public Path write(Random random, Path folder) throws IOException {
            Path inner = Files.createDirectory(folder.resolve("model"));
            network(inner, DESCRIPTION);
            Path zip = Packages.zip(folder, folder.resolve("model.zip"));
            return Files.write(zip, Damage.of(Files.readAllBytes(zip), random));
        }
    }

    private static void network(Path folder, byte[] description) throws IOException {
        Packages.network(folder, -1, -1, -1, 2);
        Files.write(folder.resolve("attribution.yaml"), description);
    }

    @Override
    public void use(Path file) {
        Engines.open(file, ModelOptions.NONE).close();
    }
}
