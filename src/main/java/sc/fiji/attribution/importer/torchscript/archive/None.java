/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

/** The language's None. */
public enum None {
    NONE;

    @Override
    public String toString() {
        return "None";
    }
}
