/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.picture;

import ij.ImagePlus;
import ij.ImageStack;
import ij.plugin.AVI_Reader;
import java.nio.file.Path;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.ImageMemory;

/** AVI by ImageJ's reader, all frames or none: where it fails it gives those that it has. */
public final class Film {

    private Film() {}

    /**
     * @throws ImageException where it is damaged, cut short, or too large for the memory
     */
    public static ImagePlus read(Path file) {
        SoundPicture.require(file);
        return whole(file, new AVI_Reader());
    }

    /** Null where the reader does not know its kind. */
    static ImagePlus whole(Path file, AVI_Reader reader) {
        ImageStack frames = reader.makeStack(file.toString(), 1, 0, false, false, false);
        String failure = reader.getErrorText();
        if (failure != null && failure.startsWith("Out of memory")) {
            throw ImageMemory.tooLarge("'" + file + "'", new OutOfMemoryError(failure));
        }
        if (frames == null) {
            return null;
        }
        if (failure != null || frames.size() == 0) {
            throw new ImageException(
                    "File '"
                            + file
                            + "' is cut short, damaged, or of a kind of AVI that ImageJ does not"
                            + " read: "
                            + (failure == null
                                    ? "it has no frames"
                                    : failure.replaceAll("\\p{Cntrl}+", " "))
                            + "; copy or download it again, or save it as TIFF.");
        }
        return new ImagePlus(String.valueOf(file.getFileName()), frames);
    }
}
