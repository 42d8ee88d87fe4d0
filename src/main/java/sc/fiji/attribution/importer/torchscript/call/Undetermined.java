/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

/** A truth value that is not known without an image. */
public enum Undetermined {
    /** It depends on the extents of the image. */
    SIZE,
    /** It depends on its values. */
    VALUES
}
