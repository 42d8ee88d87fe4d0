/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;
import sc.fiji.attribution.core.Tensor;

/** A tensor of one image as imglib2 sees it. */
final class TensorView {

    private TensorView() {}

    /**
     * The tensor's own values, nothing copied: the axes of space with the tensor's last one first,
     * as imglib2 has it, then the channels, one where the tensor has no such axis.
     *
     * @param tensor batch 1
     */
    static RandomAccessibleInterval<FloatType> of(Tensor tensor) {
        StringBuilder axes = new StringBuilder(tensor.axes().order()).reverse();
        long[] dimensions = axes.chars().mapToLong(axis -> tensor.size((char) axis)).toArray();
        RandomAccessibleInterval<FloatType> view = ArrayImgs.floats(tensor.data(), dimensions);
        int batch = axes.indexOf("b");
        if (batch >= 0) {
            view = Views.hyperSlice(view, batch, 0);
            axes.deleteCharAt(batch);
        }
        int channel = axes.indexOf("c");
        return channel < 0
                ? Views.addDimension(view, 0, 0)
                : Views.moveAxis(view, channel, axes.length() - 1);
    }
}
