/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * The networks that learned from labels alone, on the held-out subjects that are shipped with them:
 * how many they tell, and whether Integrated Gradients from the mean healthy image shows the
 * pathology.
 */
@Tag("long")
class SiteStudiesTest {

    private static final Path SAMPLES = Path.of("sample-images");

    @ParameterizedTest
    @CsvSource({
        "ms-study, maps, maps, 10",
        "ms-study, maps-constrained, maps, 10",
        "ms-study, t1-flair, t1-flair, 10",
        "tumour-study, maps, maps, 11"
    })
    void heldOutSubjectsAreToldForWhatTheyHave(
            String study, String network, String inputs, int least) throws IOException {
        Path folder = SAMPLES.resolve(study);
        Path images = folder.resolve("images").resolve(inputs);
        ImagePlus reference = ImageFile.open(images + "-reference.tif");
        List<String> rows = Files.readAllLines(folder.resolve("subjects.csv"));
        assertEquals("id,image,label,site,split,mask", rows.get(0));
        int right = 0;
        double ratio = 0;
        double net = 0;
        int ill = 0;
        try (Classifier classifier =
                Engines.open(folder.resolve("networks").resolve(network), ModelOptions.NONE)) {
            for (String row : rows.subList(1, rows.size())) {
                String[] cells = row.split(",", -1);
                ImagePlus image = ImageFile.open(images.resolve(cells[0] + ".tif").toString());
                boolean told =
                        Classification.of(classifier, image).get(0).predicted().equals(cells[2]);
                right += told ? 1 : 0;
                ImagePlus map =
                        new AttributionTool(classifier)
                                .target(classifier.spec().labels().get(1) + " - healthy")
                                .baseline(new BaselineChoice("images", 0, 1, List.of(reference)))
                                .run(image, Progress.NONE)
                                .image();
                if (cells[2].equals("healthy")) {
                    assertTrue(largest(map) > 1e-6, cells[0] + ": the map is zero");
                    continue;
                }
                double[] shares = shares(map, image, folder.resolve(cells[5]));
                System.out.printf(
                        "%s/%s, %s: told %b, %.1f times chance, net share %.2f%n",
                        study, network, cells[0], told, shares[0], shares[1]);
                ratio += shares[0];
                net += shares[1];
                ill++;
            }
        }
        System.out.printf(
                "%s/%s: %d of %d right, mean %.1f times chance, net share %.2f%n",
                study, network, right, rows.size() - 1, ratio / ill, net / ill);
        assertTrue(right >= least, right + " right");
        assertTrue(ratio / ill >= 10, "times chance " + ratio / ill);
        assertTrue(net > 0, "net share " + net / ill);
    }

    private static double largest(ImagePlus map) {
        double most = 0;
        for (int z = 1; z <= map.getStackSize(); z++) {
            for (float value : (float[]) map.getStack().getPixels(z)) {
                most = Math.max(most, Math.abs(value));
            }
        }
        return most;
    }

    /**
     * How many times the share of the positive attribution that lies in the mask is the mask's
     * share of the voxels that are not zero; and the share of the sum.
     */
    private static double[] shares(ImagePlus map, ImagePlus image, Path file) {
        ImageStack mask = ImageFile.open(file.toString()).getStack();
        double[] positive = new double[2];
        double[] sum = new double[2];
        double[] voxels = new double[2];
        int plane = image.getWidth() * image.getHeight();
        for (int i = 0; i < plane * mask.size(); i++) {
            int z = i / plane + 1;
            double value = map.getStack().getProcessor(z).getf(i % plane);
            int where = mask.getProcessor(z).get(i % plane) > 0 ? 1 : 0;
            positive[where] += Math.max(0, value);
            sum[where] += value;
            boolean tissue = false;
            for (int c = 1; c <= image.getNChannels(); c++) {
                int index = image.getStackIndex(c, z, 1);
                tissue |= image.getStack().getProcessor(index).get(i % plane) > 0;
            }
            voxels[where] += where == 1 || tissue ? 1 : 0;
        }
        double share = positive[1] / (positive[0] + positive[1]);
        return new double[] {
            share / (voxels[1] / (voxels[0] + voxels[1])), sum[1] / (sum[0] + sum[1])
        };
    }
}
