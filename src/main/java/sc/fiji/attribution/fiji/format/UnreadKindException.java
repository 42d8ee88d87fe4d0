/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.nio.file.Path;
import sc.fiji.attribution.core.ImageException;

/** A sound file of a kind that this plug-in does not read itself; another reader may. */
public final class UnreadKindException extends ImageException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message what the file is, by name
     */
    public UnreadKindException(String message) {
        super(message);
    }

    /**
     * @param kind what the file is: the format, and what is special about it
     */
    public UnreadKindException(Path file, String kind) {
        this("'" + file + "' is " + kind);
    }
}
