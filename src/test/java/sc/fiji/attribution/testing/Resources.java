/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where test data lies. */
public final class Resources {

    private Resources() {}

    /** A file or folder under {@code src/test/resources/sc/fiji/attribution}. */
    public static Path bundled(String name) {
        try {
            return Path.of(Resources.class.getResource("/sc/fiji/attribution/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A folder of the larger collection beside the checkout; the test is skipped without it. */
    public static Path shared(String name) {
        Path path = Path.of("..", "shared").resolve(name);
        Assumptions.assumeTrue(
                Files.isDirectory(path), "skipped: the data collection " + path + " is not there");
        return path;
    }
}
