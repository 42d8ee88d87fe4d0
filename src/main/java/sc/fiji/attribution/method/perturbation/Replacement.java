/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import sc.fiji.attribution.core.Tensor;

/** An image of which something is replaced that lies in a box. */
public interface Replacement {

    /** The image itself, batch 1. */
    Tensor image();

    /**
     * Replaces what a crop of the image shows of it; elsewhere the crop stays as it is.
     *
     * @param box in which all lies that is replaced
     * @param crops a batch of crops, which show the image
     * @param k which crop of the batch
     * @param start where the crop begins in the image
     */
    void replace(Box box, Tensor crops, int k, int[] start);
}
