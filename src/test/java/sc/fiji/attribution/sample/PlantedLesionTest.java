/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * One lesion is put into a healthy brain, which has no other: the largest of its twin's. A method
 * that only looks at scores must show that place first.
 */
@Tag("long")
class PlantedLesionTest {

    private static final Path FOLDER = Path.of("sample-images");

    private static ImagePlus open(String name) {
        return ImageFile.open(FOLDER.resolve(name + ".tif").toString());
    }

    /** Against the brain without the lesion: what a method finds elsewhere is its own noise. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"Occlusion | window=12 stride=12", "RISE | masks=250 cell=8"})
    void lesionFirst(String method, String options) {
        ImagePlus brain = open("brain-healthy-1");
        List<int[]> lesion = largestLesion(open("brain-lesions-1-mask"));
        plant(lesion, open("brain-lesions-1"), brain);
        Map<String, String> texts = new HashMap<>();
        for (String option : options.split(" ")) {
            texts.put(option.split("=")[0], option.split("=")[1]);
        }
        ImagePlus map;
        try (Classifier classifier =
                Engines.open(FOLDER.resolve("lesion-classifier"), ModelOptions.NONE)) {
            map =
                    new AttributionTool(classifier)
                            .method(method)
                            .options(texts)
                            .baseline(
                                    new BaselineChoice(
                                            "images", 0, 1, List.of(open("brain-healthy-1"))))
                            .target("lesions")
                            .run(brain, Progress.NONE)
                            .image();
        }
        double nearest = Double.POSITIVE_INFINITY;
        for (int[] first : largest(map)) {
            for (int[] v : lesion) {
                double plane = Math.hypot(v[0] - first[0], v[1] - first[1]);
                nearest = Math.min(nearest, Math.hypot(plane, v[2] - first[2]));
            }
        }
        System.out.printf(
                "%s: the map's largest value lies %.1f voxels from the lesion of %d voxels%n",
                method, nearest, lesion.size());
        assertTrue(nearest <= 2, "nearest lesion voxel at " + nearest);
    }

    private static void plant(List<int[]> lesion, ImagePlus from, ImagePlus to) {
        for (int[] v : lesion) {
            for (int c = 1; c <= 3; c++) {
                int index = to.getStackIndex(c, v[2] + 1, 1);
                to.getStack()
                        .getProcessor(index)
                        .set(v[0], v[1], from.getStack().getProcessor(index).get(v[0], v[1]));
            }
        }
    }

    /** The voxels that share the largest value: all of a box, where the map is of boxes. */
    private static List<int[]> largest(ImagePlus map) {
        List<int[]> best = new ArrayList<>();
        float most = Float.NEGATIVE_INFINITY;
        for (int z = 0; z < map.getNSlices(); z++) {
            float[] slice = (float[]) map.getStack().getPixels(z + 1);
            for (int i = 0; i < slice.length; i++) {
                if (slice[i] > most) {
                    most = slice[i];
                    best.clear();
                }
                if (slice[i] == most) {
                    best.add(new int[] {i % map.getWidth(), i / map.getWidth(), z});
                }
            }
        }
        return best;
    }

    /**
     * The largest connected piece with the voxels around it, where the mask leaves partial ones.
     */
    private static List<int[]> largestLesion(ImagePlus mask) {
        List<int[]> best = List.of();
        Set<Integer> seen = new HashSet<>();
        int w = mask.getWidth();
        int h = mask.getHeight();
        for (int start = 0; start < w * h * mask.getNSlices(); start++) {
            List<int[]> piece = new ArrayList<>();
            ArrayDeque<Integer> open = new ArrayDeque<>(List.of(start));
            while (!open.isEmpty()) {
                int at = open.pop();
                int[] v = {at % w, at / w % h, at / w / h};
                if (inside(mask, v) && seen.add(at)) {
                    piece.add(v);
                    for (int d : new int[] {1, -1, w, -w, w * h, -w * h}) {
                        if (at + d >= 0 && at + d < w * h * mask.getNSlices()) {
                            open.push(at + d);
                        }
                    }
                }
            }
            best = piece.size() > best.size() ? piece : best;
        }
        Set<List<Integer>> around = new HashSet<>();
        for (int[] v : best) {
            for (int n = 0; n < 27; n++) {
                around.add(List.of(v[0] + n % 3 - 1, v[1] + n / 3 % 3 - 1, v[2] + n / 9 - 1));
            }
        }
        return around.stream().map(v -> new int[] {v.get(0), v.get(1), v.get(2)}).toList();
    }

    private static boolean inside(ImagePlus mask, int[] v) {
        return mask.getStack().getProcessor(v[2] + 1).get(v[0], v[1]) > 0;
    }
}
