/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.machine.JavaHeap;

/** What is said of images that are too large for Java's memory. */
public final class ImageMemory {

    private static final String ADVICE =
            "give Fiji more memory (Edit > Options > Memory), or crop the image.";

    private ImageMemory() {}

    /**
     * @param name of the file, for people
     * @param bytes that reading the image takes
     * @throws ImageException where fewer are free
     */
    public static void require(String name, double bytes) {
        long free = JavaHeap.free();
        if (bytes > free) {
            throw new ImageException(
                    name
                            + ": its image takes "
                            + ((long) bytes >> 20)
                            + " MB, and "
                            + (free >> 20)
                            + " MB are free; "
                            + ADVICE);
        }
    }

    /** Where memory ended all the same. */
    public static ImageException tooLarge(String name, OutOfMemoryError cause) {
        return new ImageException(name + " is too large for the memory; " + ADVICE, cause);
    }
}
