/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/** The user ended the run; nothing was written. */
public class CancelledException extends AttributionException {

    private static final long serialVersionUID = 1L;

    public CancelledException() {
        super("Cancelled: no map was made.");
    }
}
