/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.stream.IntStream;
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

                @Override
                public int[] groups(int length) {
                    return IntStream.range(0, length).toArray();
                }
            };

    /** From the gradient in x to that in v: Bᵀ. */
    void gather(double[] gradient);

    /** From a step in v to that in x: B. */
    void spread(double[] step);

    /**
     * Which values of v are of one kind, so that only their proportions say anything.
     *
     * @param length how many there are
     * @return the group of each, from 0
     */
    int[] groups(int length);

    /**
     * The basis of that name.
     *
     * @param like an image with the axes and extents
     */
    static Basis named(String name, Tensor like) {
        return name.equals("pixels") ? PIXELS : new FourierBasis(like);
    }
}
