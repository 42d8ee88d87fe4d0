/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import sc.fiji.attribution.core.ModelException;

/** The code needs an extent that depends on the image: it fits images of one size only. */
public final class SizeNeeded extends ModelException {

    private static final long serialVersionUID = 1L;

    private final int symbol;
    private final int extent;

    public SizeNeeded(String message) {
        this(message, 0, 0);
    }

    /**
     * @param symbol of the extent; 0 where it is not one alone
     * @param extent what it must be
     */
    public SizeNeeded(String message, int symbol, int extent) {
        super(message);
        this.symbol = symbol;
        this.extent = extent;
    }

    public int symbol() {
        return symbol;
    }

    public int extent() {
        return extent;
    }
}
