/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/**
 * A kind of file, how it is damaged, and what a user does with it. Implementations have a
 * constructor without arguments; they run in a process of their own.
 */
public interface Subject {

    /**
     * Writes one damaged file, the same for the same random numbers.
     *
     * @param folder empty
     * @return what a user would name
     */
    Path write(Random random, Path folder) throws IOException;

    /**
     * Does what a user does with it. Errors of the product's own family are right; anything else
     * that is thrown is a fault.
     */
    void use(Path file);
}
