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

    /** Names in a stranger's file may be of any length. */
    private static final int LONGEST = 4000;

    private static final int END = 500;

    public AttributionException(String message) {
        super(bounded(message));
    }

    public AttributionException(String message, Throwable cause) {
        super(bounded(message), cause);
    }

    /** Without its middle where it is too long for anybody: the end says what to do. */
    private static String bounded(String message) {
        return message == null || message.length() <= LONGEST
                ? message
                : message.substring(0, LONGEST - END)
                        + "…"
                        + message.substring(message.length() - END);
    }
}
