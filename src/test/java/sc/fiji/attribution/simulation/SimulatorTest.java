/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.tissue.TissueMixture;

/** On a template of two nested balls: what the simulator promises of every template. */
class SimulatorTest {

    private static final Template BALLS = balls();
    private static final BrainGrid GRID = BrainGrid.of(3);
    private static final Simulator SIMULATOR = new Simulator(BALLS, GRID);
    private static final Scanner A = Scanner.draw(1);

    /** White matter to 38 mm, grey matter to 50 mm, fluid to 56 mm, and a ventricle of 10 mm. */
    static Template balls() {
        int edge = 120;
        byte[][] maps = new byte[3][edge * edge * edge];
        for (int i = 0; i < maps[0].length; i++) {
            double x = i % edge - 59.5;
            double y = i / edge % edge - 59.5;
            double z = i / edge / edge - 59.5;
            double r = Math.sqrt(x * x + y * y + z * z);
            int tissue = r < 10 ? 2 : r < 38 ? 0 : r < 50 ? 1 : 2;
            if (r < 56) {
                maps[tissue][i] = (byte) 255;
            }
        }
        VoxelToWorld place =
                new VoxelToWorld(new double[] {1, 0, 0, -59.5, 0, 1, 0, -59.5, 0, 0, 1, -59.5});
        return new Template(
                new Volume(edge, edge, edge, maps[0], place),
                new Volume(edge, edge, edge, maps[1], place),
                new Volume(edge, edge, edge, maps[2], place));
    }

    private static Pathology spot(long seed) {
        Pathology ill = Pathology.none(BALLS);
        for (int n = 0; n < 1000; n++) {
            int voxel = BALLS.white().index(75 + n % 10, 60 + n / 10 % 10, 60 + n / 100);
            ill.put(voxel, Tissue.LESION, 1);
        }
        return ill;
    }

    /** The bytes of this machine are those of every other: there is no other source of chance. */
    @Test
    void theSameSeedGivesTheSameBytes() {
        Simulator.Images images = SIMULATOR.simulate(5, SimulatorTest::spot, A);
        Simulator.Images again = SIMULATOR.simulate(5, SimulatorTest::spot, A);
        assertArrayEquals(images.t1(), again.t1());
        assertArrayEquals(images.flair(), again.flair());
        CRC32 sum = new CRC32();
        for (float value : images.t1()) {
            sum.update(Math.round(value));
        }
        assertEquals(GOLDEN, sum.getValue());
        assertFalse(Arrays.equals(images.t1(), SIMULATOR.simulate(6, null, A).t1()));
    }

    private static final long GOLDEN = 2605802704L;

    /** Without its lesion a subject is the same wherever the lesion's blur does not reach. */
    @Test
    void aTwinWithoutLesionsDiffersInTheLesions() {
        Simulator.Images ill = SIMULATOR.simulate(5, SimulatorTest::spot, A);
        Simulator.Images well = SIMULATOR.simulate(5, null, A);
        float[] lesion = ill.anatomy().pathology();
        double volume = 0;
        for (float share : lesion) {
            volume += 27 * share;
        }
        // The deformation changes volumes by some per cent.
        assertEquals(1000, volume, 250);
        float[] near = lesion.clone();
        Acquisition.blur(near, GRID, 3);
        double inside = 0;
        int voxels = 0;
        for (int i = 0; i < lesion.length; i++) {
            double change = ill.flair()[i] - well.flair()[i];
            if (near[i] == 0) {
                // The median, to which both are scaled, moves a little.
                assertEquals(0, change, 0.02 * well.flair()[i] + 1e-3);
            } else if (lesion[i] > 0.9) {
                inside += change;
                voxels++;
            }
        }
        assertTrue(voxels > 5 && inside / voxels > 30, "lesions are bright in FLAIR");
    }

    @Test
    void sharesAddUpToTheBrain() {
        Anatomy anatomy = Anatomy.of(BALLS, new Deformation(3), spot(0), GRID);
        double volume = 0;
        for (float share : anatomy.brain()) {
            assertTrue(share >= 0 && share < 1 + 1e-5);
            volume += 27 * share;
        }
        double ball = 4.0 / 3 * Math.PI * 56 * 56 * 56;
        assertEquals(1, volume / ball, 0.2);
        Anatomy straight = Anatomy.of(BALLS, Deformation.NONE, Pathology.none(BALLS), GRID);
        volume = 0;
        for (float share : straight.brain()) {
            volume += 27 * share;
        }
        assertEquals(1, volume / ball, 0.01);
    }

    @Test
    void deformationsAreSmoothAndSmall() {
        Deformation deformation = new Deformation(9);
        Random random = new Random(1);
        for (int n = 0; n < 1000; n++) {
            double[] at = new double[3];
            for (int axis = 0; axis < 3; axis++) {
                at[axis] = 60 * (2 * random.nextDouble() - 1);
            }
            double[] from = at.clone();
            deformation.toTemplate(from);
            double[] next = {at[0] + 0.5, at[1], at[2]};
            deformation.toTemplate(next);
            // Half a mm further is about half a mm further in the template: nothing folds.
            assertTrue(next[0] > from[0] + 0.1 && next[0] < from[0] + 1.2);
            for (int axis = 0; axis < 3; axis++) {
                assertEquals(at[axis], from[axis], 20);
            }
        }
    }

    /** Two sites differ by far more than two days of one. */
    @Test
    void sitesDifferMoreThanDays() {
        float[] a = SIMULATOR.simulate(5, null, A).t1();
        float[] day = SIMULATOR.simulate(5, null, A.jitter(new Random(1))).t1();
        float[] b = SIMULATOR.simulate(5, null, Scanner.draw(2)).t1();
        assertTrue(difference(a, b) > 1.5 * difference(a, day));
    }

    private static double difference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum;
    }

    /** The segmentation finds the tissues that were put in, by Dice's overlap. */
    @Tag("long")
    @Test
    void tissueMapsAreThoseOfTheTruth() {
        BrainGrid fine = BrainGrid.of(2);
        Simulator.Images images = new Simulator(BALLS, fine).simulate(7, null, A);
        float[][] maps =
                TissueMixture.DEFAULT.segment(
                        images.t1(),
                        BALLS.priors(fine),
                        new int[] {fine.x(), fine.y(), fine.z()},
                        Progress.NONE);
        double[] dice = new double[3];
        for (int tissue = 0; tissue < 3; tissue++) {
            dice[tissue] = Dice.of(maps[tissue], images.anatomy().shares()[tissue], images.t1());
        }
        assertTrue(dice[0] > 0.97 && dice[1] > 0.93 && dice[2] > 0.85, Arrays.toString(dice));
    }
}
