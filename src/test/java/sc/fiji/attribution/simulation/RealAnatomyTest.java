/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.tissue.TissueMixture;

/** On real anatomy, where the volumes lie beside the repository. */
@Tag("long")
@EnabledIf(value = "volumes", disabledReason = "no ../shared/volumes beside the repository")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealAnatomyTest {

    private static final Path VOLUMES = Path.of("../shared/volumes");
    private static final BrainGrid GRID = BrainGrid.of(3);

    private Template template;

    static boolean volumes() {
        return Files.isDirectory(VOLUMES);
    }

    @BeforeAll
    void read() {
        template = Template.read(VOLUMES.resolve("nifti"));
    }

    private float[][] segment(Simulator.Images images) {
        return TissueMixture.DEFAULT.segment(
                images.t1(),
                template.priors(GRID),
                new int[] {GRID.x(), GRID.y(), GRID.z()},
                Progress.NONE);
    }

    /**
     * Three scanners: tissues are found, whatever the contrast and the bias field. Fluid at 3 mm
     * shares nearly all of its voxels with grey matter, where a mixture without a class for shared
     * voxels must choose.
     */
    @Test
    void tissueMapsFindTheTissues() {
        for (int scanner = 0; scanner < 3; scanner++) {
            Simulator.Images images =
                    new Simulator(template, GRID).simulate(scanner, null, Scanner.draw(scanner));
            float[][] maps = segment(images);
            double[] dice = new double[3];
            for (int tissue = 0; tissue < 3; tissue++) {
                dice[tissue] =
                        Dice.of(maps[tissue], images.anatomy().shares()[tissue], images.t1());
            }
            System.out.printf(
                    "scanner %d: Dice of white matter %.3f, grey matter %.3f, fluid %.3f%n",
                    scanner, dice[0], dice[1], dice[2]);
            assertTrue(
                    dice[0] > 0.8 && dice[1] > 0.75 && dice[2] > 0.4,
                    scanner + ": " + Arrays.toString(dice));
        }
    }

    /** There is no class for lesions: most of them goes to grey matter. */
    @Test
    void lesionsAreTakenForGreyMatter() {
        Lesions lesions =
                new Lesions(LesionShapes.read(VOLUMES.resolve("nifti_ms"), true), 10_000, 20_000);
        double[] tissues = new double[3];
        double voxels = 0;
        for (int scanner = 0; scanner < 3; scanner++) {
            Simulator.Images images =
                    new Simulator(template, GRID)
                            .simulate(
                                    scanner,
                                    seed -> lesions.draw(template, seed),
                                    Scanner.draw(scanner));
            float[][] maps = segment(images);
            float[] ill = images.anatomy().pathology();
            double volume = 0;
            for (int i = 0; i < ill.length; i++) {
                volume += 27 * ill[i];
                if (ill[i] > 0.7) {
                    voxels++;
                    for (int tissue = 0; tissue < 3; tissue++) {
                        tissues[tissue] += maps[tissue][i];
                    }
                }
            }
            assertTrue(volume > 7_000 && volume < 25_000, volume + " mm³");
        }
        System.out.printf(
                "lesions are segmented as white matter %.2f, grey matter %.2f, fluid %.2f%n",
                tissues[0] / voxels, tissues[1] / voxels, tissues[2] / voxels);
        assertTrue(tissues[1] / voxels > 0.6);
    }

    /** No lesion of a patient kept for testing is among those that networks are trained on. */
    @Test
    void patientsAreKeptApart() {
        int train = LesionShapes.read(VOLUMES.resolve("nifti_ms"), false).shapes().size();
        int test = LesionShapes.read(VOLUMES.resolve("nifti_ms"), true).shapes().size();
        assertTrue(train > 200 && test > 50 && train > test, train + " and " + test);
    }

    /** As large as patients' with their oedema, and not in fluid. */
    @Test
    void tumoursGrowInTissue() {
        Random random = new Random(4);
        for (int n = 0; n < 3; n++) {
            Pathology ill = Tumour.draw(template, random.nextLong());
            int fluid = 0;
            for (int i = 0; i < ill.tissue().length; i++) {
                int tissue =
                        (template.white().data()[i] & 0xff) + (template.grey().data()[i] & 0xff);
                fluid += ill.tissue()[i] != 0 && tissue == 0 ? 1 : 0;
            }
            assertTrue(ill.volume() > 10_000 && ill.volume() < 120_000, ill.volume() + " mm³");
            assertEquals(0, fluid, 0.1 * ill.volume());
        }
    }
}
