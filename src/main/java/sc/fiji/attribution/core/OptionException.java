/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/** An option, a target or a baseline has a value that cannot be used. */
public class OptionException extends AttributionException {

    private static final long serialVersionUID = 1L;

    public OptionException(String message) {
        super(message);
    }
}
