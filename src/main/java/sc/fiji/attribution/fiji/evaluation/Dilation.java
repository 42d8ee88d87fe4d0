/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import ij.ImageStack;
import sc.fiji.attribution.fiji.input.ImageView;

/** A mask that has grown by some voxels along each axis: by cubes, so also around corners. */
final class Dilation {

    private Dilation() {}

    static ImagePlus of(ImagePlus mask, int reach) {
        ImageView view = ImageView.of(mask);
        int[] extents = {view.size('x'), view.size('y'), view.size('z')};
        int plane = extents[0] * extents[1];
        boolean[] in = new boolean[plane * extents[2]];
        for (int z = 0; z < extents[2]; z++) {
            float[] slice = view.slice(0, z, 0);
            for (int i = 0; i < plane; i++) {
                in[z * plane + i] = slice[i] > 0;
            }
        }
        for (int axis = 0, stride = 1; axis < 3; stride *= extents[axis++]) {
            in = along(in, stride, extents[axis], reach);
        }
        ImageStack stack = new ImageStack(extents[0], extents[1]);
        for (int z = 0; z < extents[2]; z++) {
            byte[] slice = new byte[plane];
            for (int i = 0; i < plane; i++) {
                slice[i] = (byte) (in[z * plane + i] ? 255 : 0);
            }
            stack.addSlice(slice(mask, z), slice);
        }
        ImagePlus grown =
                new ImagePlus(mask.getTitle() + ", dilated by " + reach + " voxels", stack);
        grown.setDimensions(1, extents[2], 1);
        return grown;
    }

    private static String slice(ImagePlus mask, int z) {
        return mask.getStack().getSliceLabel(z + 1);
    }

    private static boolean[] along(boolean[] in, int stride, int extent, int reach) {
        boolean[] out = new boolean[in.length];
        for (int i = 0; i < in.length; i++) {
            if (in[i]) {
                int place = i / stride % extent;
                int low = Math.max(-reach, -place);
                int high = Math.min(reach, extent - 1 - place);
                for (int step = low; step <= high; step++) {
                    out[i + step * stride] = true;
                }
            }
        }
        return out;
    }
}
