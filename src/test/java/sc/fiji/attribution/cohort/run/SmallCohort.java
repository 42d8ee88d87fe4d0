/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import sc.fiji.attribution.fiji.file.ImageFile;

/** Subjects for the sample classifier: its sample brains with noise. */
public final class SmallCohort {

    private static final Path SAMPLES = Path.of("sample-images");

    private SmallCohort() {}

    public static Path model() {
        return SAMPLES.resolve("lesion-classifier");
    }

    /**
     * Writes images and {@code subjects.csv}: lesions and healthy in turn, two sites in turn of
     * pairs, {@code age}, and masks of those with lesions.
     */
    public static Path write(Path folder, int subjects) throws IOException {
        Files.createDirectories(folder.resolve("images"));
        StringBuilder table = new StringBuilder("id,image,label,site,age,mask\n");
        for (int i = 0; i < subjects; i++) {
            boolean lesions = i % 2 == 0;
            int brain = lesions ? 1 + i / 2 % 3 : 1 + i / 2 % 2;
            String name = (lesions ? "brain-lesions-" : "brain-healthy-") + brain;
            ImagePlus image = ImageFile.open(SAMPLES.resolve(name + ".tif").toString());
            noise(image, i);
            ImageFile.save(image, folder.resolve("images/s" + i + ".tif").toString());
            String mask = "";
            if (lesions) {
                mask = "images/s" + i + "-mask.tif";
                Files.copy(
                        SAMPLES.resolve(name + "-mask.tif"),
                        folder.resolve(mask),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            table.append(
                    String.format(
                            "s%d,images/s%d.tif,%s,%s,%d,%s%n",
                            i,
                            i,
                            lesions ? "lesions" : "healthy",
                            i / 2 % 2 == 0 ? "A" : "B",
                            30 + i * 7 % 40,
                            mask));
        }
        return Files.writeString(folder.resolve("subjects.csv"), table);
    }

    /**
     * A run of that table by one method, with sites as the confound and few permutations.
     *
     * @param more further keys, each followed by its value
     */
    public static CohortSettings settings(Path table, Path output, String... more) {
        Map<String, String> said = new HashMap<>();
        said.put("table", table.toString());
        said.put("output", output.toString());
        said.put("method", "Gradient");
        said.put("confound", "site");
        said.put("permutations", "20");
        for (int i = 0; i < more.length; i += 2) {
            said.put(more[i], more[i + 1]);
        }
        return CohortSettings.of(said);
    }

    private static void noise(ImagePlus image, long seed) {
        Random random = new Random(seed);
        ImageStack stack = image.getStack();
        for (int z = 1; z <= stack.size(); z++) {
            byte[] pixels = (byte[]) stack.getPixels(z);
            for (int i = 0; i < pixels.length; i++) {
                int value = pixels[i] & 0xff;
                int noisy = value + (int) Math.round(random.nextGaussian() * 6);
                pixels[i] = (byte) (value == 0 ? 0 : Math.max(1, Math.min(255, noisy)));
            }
        }
    }
}
