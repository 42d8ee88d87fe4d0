/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.nifti.Nifti;

/**
 * 8-bit voxels and where they lie.
 *
 * @param x extent to the subject's right or left, fastest in {@code data}
 * @param y extent
 * @param z extent, slowest
 * @param data {@code x * y * z} unsigned bytes
 * @param place voxel to world, millimetres
 */
record Volume(int x, int y, int z, byte[] data, VoxelToWorld place) {

    /** Reads an 8-bit NIfTI file. */
    static Volume read(Path file) {
        ImagePlus image = Nifti.read(file);
        int x = image.getWidth();
        int y = image.getHeight();
        int z = image.getNSlices();
        byte[] data = new byte[x * y * z];
        for (int slice = 0; slice < z; slice++) {
            System.arraycopy(image.getStack().getPixels(slice + 1), 0, data, slice * x * y, x * y);
        }
        return new Volume(x, y, z, data, VoxelToWorld.parse(image.getProp("nifti.affine")));
    }

    int index(int i, int j, int k) {
        return i + x * (j + y * k);
    }

    boolean contains(int i, int j, int k) {
        return i >= 0 && i < x && j >= 0 && j < y && k >= 0 && k < z;
    }

    /** Value from 0 to 255; 0 outside. */
    int get(int i, int j, int k) {
        return contains(i, j, k) ? data[index(i, j, k)] & 0xff : 0;
    }

    /**
     * Squared distance, in voxels, from each voxel to the nearest one of a set: the lower envelope
     * of parabolas along each axis in turn (Felzenszwalb and Huttenlocher, Theory of Computing 8,
     * 2012).
     *
     * @param set of indices into {@code data}
     */
    float[] squaredDistance(IntPredicate set) {
        float[] distance = new float[data.length];
        for (int i = 0; i < distance.length; i++) {
            distance[i] = set.test(i) ? 0 : 1e9f;
        }
        int[] extent = {x, y, z};
        int[] stride = {1, x, x * y};
        for (int axis = 0; axis < 3; axis++) {
            float[] line = new float[extent[axis]];
            for (int start = 0; start < distance.length; start++) {
                if (start / stride[axis] % extent[axis] == 0) {
                    for (int n = 0; n < line.length; n++) {
                        line[n] = distance[start + n * stride[axis]];
                    }
                    envelope(line, distance, start, stride[axis]);
                }
            }
        }
        return distance;
    }

    private static void envelope(float[] f, float[] out, int start, int stride) {
        int n = f.length;
        int[] vertex = new int[n];
        double[] from = new double[n + 1];
        int last = 0;
        from[0] = Double.NEGATIVE_INFINITY;
        from[1] = Double.POSITIVE_INFINITY;
        for (int q = 1; q < n; q++) {
            double cut = cut(f, q, vertex[last]);
            while (cut <= from[last]) {
                last--;
                cut = cut(f, q, vertex[last]);
            }
            last++;
            vertex[last] = q;
            from[last] = cut;
            from[last + 1] = Double.POSITIVE_INFINITY;
        }
        int parabola = 0;
        for (int q = 0; q < n; q++) {
            while (from[parabola + 1] < q) {
                parabola++;
            }
            int v = vertex[parabola];
            out[start + q * stride] = (float) (q - v) * (q - v) + f[v];
        }
    }

    private static double cut(float[] f, int q, int v) {
        return ((double) f[q] + (double) q * q - f[v] - (double) v * v) / (2.0 * q - 2.0 * v);
    }
}
