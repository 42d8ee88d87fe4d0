/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import sc.fiji.attribution.core.Tensor;

/**
 * In which coordinates an image is changed: x = B·v with a symmetric positive B·Bᵀ, so that uphill
 * in v is uphill in x. Arrays have the tensor's order and are overwritten.
 */
interface Basis {

    /** Each value by itself. */
    Basis PIXELS =
            new Basis() {
                @Override
                public void gather(double[] gradient) {}

                @Override
                public void spread(double[] step) {}
            };

    /** From the gradient in x to that in v: Bᵀ. */
    void gather(double[] gradient);

    /** From a step in v to that in x: B. */
    void spread(double[] step);

    /**
     * The basis of that name.
     *
     * @param like an image with the axes and extents
     */
    static Basis named(String name, Tensor like) {
        return name.equals("pixels") ? PIXELS : new FourierBasis(like);
    }
}
