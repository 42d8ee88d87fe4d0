/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

/**
 * The grid of a simulated image: isotropic voxels over a field of view of 144 × 192 × 168 mm around
 * the middle of the template's brain; x fastest.
 *
 * @param x extent, towards the subject's right
 * @param y extent, to the front
 * @param z extent, upwards
 * @param size edge of a voxel, mm
 */
record BrainGrid(int x, int y, int z, double size) {

    /** Voxels of that many mm; 144, 192 and 168 are its multiples. */
    static BrainGrid of(double size) {
        int x = (int) Math.round(144 / size);
        int y = (int) Math.round(192 / size);
        int z = (int) Math.round(168 / size);
        if (x * size != 144 || y * size != 192 || z * size != 168) {
            throw new IllegalArgumentException(
                    "voxels of " + size + " mm do not fill 144 x 192 x 168 mm");
        }
        return new BrainGrid(x, y, z, size);
    }

    int voxels() {
        return x * y * z;
    }

    /** Place of a voxel's centre, in mm from the middle of the field of view. */
    double[] place(int voxel) {
        return new double[] {
            size * (voxel % x - (x - 1) / 2.0),
            size * (voxel / x % y - (y - 1) / 2.0),
            size * (voxel / x / y - (z - 1) / 2.0)
        };
    }

    /** A grid with voxels that many times as large. */
    BrainGrid coarser(int factor) {
        return of(size * factor);
    }

    /** Means over cubes of {@code factor} voxels: an image on the coarser grid. */
    float[] average(float[] image, int factor) {
        BrainGrid to = coarser(factor);
        float[] sums = new float[to.voxels()];
        for (int i = 0; i < image.length; i++) {
            int row = i / x % y / factor + to.y * (i / x / y / factor);
            sums[i % x / factor + to.x * row] += image[i];
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= factor * factor * factor;
        }
        return sums;
    }
}
