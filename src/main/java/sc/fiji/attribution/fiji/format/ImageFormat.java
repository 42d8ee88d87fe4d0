/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.ImagePlus;
import java.nio.file.Path;

/** A format of image files that this plug-in reads itself, in every host alike. */
public interface ImageFormat {

    /** For people: {@code "NRRD"}. */
    String name();

    /**
     * Whether a file is of this format, by its first bytes and, where these do not tell, its name.
     */
    boolean recognises(FileHead file);

    /** Whether {@link #read} takes files that are packed by gzip, too. */
    default boolean readsPacked() {
        return false;
    }

    /**
     * Reads an image. Values are those that the file means: scaled, signed and masked as it says.
     * Where it says where the voxels lie in the world, the image says so too.
     *
     * @param series which of the file's images
     * @throws UnreadKindException where the file is sound, but of a kind that another reader opens
     * @throws sc.fiji.attribution.core.ImageException where it is damaged, cut short or too large
     */
    ImagePlus read(Path file, Series series);

    /**
     * The image without its values, all of which are zero: extents, calibration, place in the
     * world. Formats whose header stands in front of the values read no more than that; of others
     * all is read.
     */
    default ImagePlus outline(Path file) {
        return read(file, Series.ANY);
    }
}
