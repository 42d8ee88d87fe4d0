/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * Something that a user can mend failed: a model, an image, a file, an option. The message is one
 * line that names what failed, where (file, axis, layer), and what to do next. A caller's
 * programming mistake is an {@link IllegalArgumentException} instead.
 */
public class AttributionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public AttributionException(String message) {
        super(message);
    }

    public AttributionException(String message, Throwable cause) {
        super(message, cause);
    }
}
