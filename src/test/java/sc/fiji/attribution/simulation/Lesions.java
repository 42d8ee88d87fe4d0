/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Arrays;
import java.util.Random;
import sc.fiji.attribution.simulation.LesionShapes.Shape;

/**
 * Lesions of multiple sclerosis in the template's white matter: shapes of patients, mirrored,
 * resized and moved by some mm, until a load is reached.
 *
 * @param shapes to draw from
 * @param least smallest load, mm³
 * @param most largest load; loads are drawn evenly on a logarithmic scale
 */
record Lesions(LesionShapes shapes, int least, int most) {

    /** How far lesions are moved from where the patient had them: standard deviation, mm. */
    private static final double MOVED = 6;

    /** White matter of 0 to 255 from which on a voxel can be part of a lesion. */
    private static final int WHITE = 160;

    /** Lesions of a few mm³ would take thousands of draws to add up to a load. */
    private static final int DRAWS = 60;

    /** Places several lesions; the same seed gives the same. */
    Pathology draw(Template template, long seed) {
        Random random = new Random(seed);
        Pathology ill = Pathology.none(template);
        double wanted = least * StrictMath.pow((double) most / least, random.nextDouble());
        int load = 0;
        for (int draws = 0; draws < DRAWS && load < wanted; draws++) {
            load += place(template.white(), shapes.draw(random), random, ill);
        }
        return ill;
    }

    /** Puts one lesion near its old place, in either hemisphere; the result is its volume, mm³. */
    private static int place(Volume white, Shape shape, Random random, Pathology ill) {
        double size = 0.8 + 0.4 * random.nextDouble();
        double share = 0.8 + 0.2 * random.nextDouble();
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
                    Arrays.stream(voxels).filter(i -> (white.data()[i] & 0xff) >= WHITE).toArray();
            if (inWhite.length > 0.75 * voxels.length) {
                int before = 0;
                for (int voxel : inWhite) {
                    before += ill.tissue()[voxel] != 0 ? 1 : 0;
                    ill.put(voxel, Tissue.LESION, share);
                }
                return inWhite.length - before;
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
