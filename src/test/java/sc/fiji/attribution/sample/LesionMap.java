/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import java.util.Arrays;
import java.util.Random;
import sc.fiji.attribution.sample.LesionShapes.Shape;

/**
 * Lesions placed in the template's white matter.
 *
 * @param severity of each template voxel: 0 for none, 255 for all white matter lost
 */
record LesionMap(byte[] severity) {

    private static final int FEWEST = 4;
    private static final int MOST = 10;

    /** Lesions stop adding up at this volume, and start again below the other; mm³. */
    private static final int LARGEST_LOAD = 10000;

    private static final int SMALLEST_LOAD = 4000;

    /** How far lesions are moved from where the patient had them: standard deviation, mm. */
    private static final double MOVED = 6;

    /** White matter of 0 to 255 from which on a voxel can be part of a lesion. */
    private static final int WHITE = 160;

    static LesionMap none(BrainTemplate template) {
        return new LesionMap(new byte[template.white().data().length]);
    }

    /** Places several lesions; the same seed gives the same. */
    static LesionMap draw(BrainTemplate template, LesionShapes shapes, long seed) {
        Random random = new Random(seed);
        byte[] severity = new byte[template.white().data().length];
        int wanted = FEWEST + random.nextInt(MOST - FEWEST + 1);
        int placed = 0;
        int load = 0;
        while (placed < wanted && load < LARGEST_LOAD || load < SMALLEST_LOAD) {
            load += place(template.white(), shapes.draw(random), random, severity);
            placed++;
        }
        return new LesionMap(severity);
    }

    /** Puts one lesion near its old place, in either hemisphere; the result is its volume, mm³. */
    private static int place(Volume white, Shape shape, Random random, byte[] severity) {
        double size = 0.8 + 0.4 * random.nextDouble();
        byte strength = (byte) (200 + random.nextInt(56));
        double[] flip = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            flip[axis] = random.nextBoolean() ? size : -size;
        }
        double side = random.nextBoolean() ? 1 : -1;
        for (int trial = 0; trial < 100; trial++) {
            double spread = MOVED * (1 + trial / 20.0);
            double[] centre = {
                side * shape.centre()[0] + spread * random.nextGaussian(),
                shape.centre()[1] + spread * random.nextGaussian(),
                shape.centre()[2] + spread * random.nextGaussian()
            };
            int[] voxels = voxels(white, shape, centre, flip);
            int[] inWhite =
                    Arrays.stream(voxels)
                            .filter(i -> (white.data()[i] & 0xff) >= WHITE)
                            .distinct()
                            .toArray();
            if (inWhite.length > 0.75 * voxels.length) {
                for (int voxel : inWhite) {
                    severity[voxel] = strength;
                }
                return inWhite.length;
            }
        }
        return 0;
    }

    private static int[] voxels(Volume white, Shape shape, double[] centre, double[] scale) {
        int[] voxels = new int[shape.offsets().length * 8];
        int count = 0;
        for (float[] offset : shape.offsets()) {
            // Two samples per mm and axis, so that a stretched lesion has no gaps.
            for (int n = 0; n < 8; n++) {
                double[] at =
                        white.place()
                                .voxel(
                                        centre[0] + scale[0] * (offset[0] + (n & 1) * 0.5 - 0.25),
                                        centre[1]
                                                + scale[1]
                                                        * (offset[1] + (n >> 1 & 1) * 0.5 - 0.25),
                                        centre[2] + scale[2] * (offset[2] + (n >> 2) * 0.5 - 0.25));
                int i = (int) Math.round(at[0]);
                int j = (int) Math.round(at[1]);
                int k = (int) Math.round(at[2]);
                if (white.contains(i, j, k)) {
                    voxels[count++] = white.index(i, j, k);
                }
            }
        }
        return Arrays.stream(voxels, 0, count).distinct().toArray();
    }
}
