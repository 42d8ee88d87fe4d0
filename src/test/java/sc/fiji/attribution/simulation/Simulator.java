/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Random;
import java.util.function.LongFunction;

/**
 * Simulates subjects on a fine grid. Anatomy, pathology and acquisition draw from seeds of their
 * own, so the same subject can be had without its pathology, or from another scanner, all else
 * being equal to the bit.
 *
 * @param template real anatomy
 * @param grid of the images; 1.5 or 2 mm are fine enough for a segmentation
 */
record Simulator(Template template, BrainGrid grid) {

    /**
     * One subject.
     *
     * @param anatomy the truth
     * @param t1 grey values, 0 outside the stripped brain
     * @param flair the same brain in the other contrast
     */
    record Images(Anatomy anatomy, float[] t1, float[] flair) {}

    /**
     * @param seed of the subject
     * @param pathology from a seed to what is ill; null for a healthy brain
     * @param site the scanner before this subject's jitter
     */
    Images simulate(long seed, LongFunction<Pathology> pathology, Scanner site) {
        // Seeds that follow each other give random numbers that follow each other.
        Random seeds = new Random(7919 * seed + 1);
        long shape = seeds.nextLong();
        long illness = seeds.nextLong();
        long signal = seeds.nextLong();
        Pathology ill = pathology == null ? Pathology.none(template) : pathology.apply(illness);
        Anatomy anatomy = Anatomy.of(template, new Deformation(shape), ill, grid);
        Random random = new Random(signal);
        Scanner scanner = site.jitter(random);
        Acquisition acquisition = new Acquisition(scanner);
        float[] t1 = acquisition.image(anatomy, scanner.t1(), random);
        return new Images(anatomy, t1, acquisition.image(anatomy, scanner.flair(), random));
    }
}
