/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Quantity;
import sc.fiji.attribution.core.RegionScore;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.SlicedMap;

/**
 * Takes a map over all inputs of a network apart: an image of each image, and the sum of what each
 * number got.
 *
 * @param parts which channels belong to which input; empty where there is one
 */
record InputMaps(List<InputPart> parts) {

    /** Names of the images; empty where there is one input. */
    List<String> names() {
        return images().stream().map(InputPart::name).toList();
    }

    private List<InputPart> images() {
        return parts.stream().filter(InputPart::isImage).toList();
    }

    private int channels() {
        return parts.stream().mapToInt(InputPart::channels).sum();
    }

    private boolean isJoined(int channels) {
        return !parts.isEmpty() && channels == channels();
    }

    /** A baseline of methods that replace parts of images, and leave numbers as they are. */
    Baseline holdNumbers(Baseline baseline) {
        int ofImages = images().stream().mapToInt(InputPart::channels).sum();
        return ofImages == channels() ? baseline : new Baseline.Held(baseline, ofImages);
    }

    /** The same with what the numbers got, which maps of amounts say. */
    Attribution withNumbers(Attribution attribution) {
        Tensor map = attribution.map();
        List<RegionScore> scores = new ArrayList<>();
        if (isJoined(map.size('c')) && attribution.quantity() == Quantity.AMOUNT) {
            for (InputPart part : parts) {
                for (int k = 0; !part.isImage() && k < part.channels(); k++) {
                    String name = part.name() + (part.channels() > 1 ? " " + (k + 1) : "");
                    double sum = sum(map, part.first() + k);
                    scores.add(new RegionScore(name, sum, OptionalDouble.empty(), 0));
                }
            }
        }
        if (scores.isEmpty()) {
            return attribution;
        }
        Attribution result = attribution.withRegions(scores);
        for (RegionScore score : scores) {
            result =
                    result.withFinding(
                            "input." + score.region().replace(' ', '.'),
                            String.format(Locale.ROOT, "%.6g", score.value()));
        }
        return result;
    }

    private static double sum(Tensor map, int channel) {
        Tensor.Along channels = map.along('c');
        double sum = 0;
        for (int i = 0; i < map.length(); i++) {
            sum += channels.place(i) == channel ? map.data()[i] : 0;
        }
        return sum;
    }

    /** The channels of images alone: of several images one for each, of one its own. */
    SlicedMap ofImages(SlicedMap map) {
        if (!isJoined(map.channels())) {
            return map;
        }
        List<InputPart> images = images();
        if (images.size() == 1) {
            InputPart only = images.get(0);
            return map.with(only.channels(), (c, z) -> map.slice(only.first() + c, z));
        }
        return map.with(images.size(), (i, z) -> sum(map, images.get(i), z));
    }

    private static float[] sum(SlicedMap map, InputPart image, int z) {
        float[] sum = map.slice(image.first(), z);
        for (int c = 1; c < image.channels(); c++) {
            float[] next = map.slice(image.first() + c, z);
            for (int k = 0; k < sum.length; k++) {
                sum[k] += next[k];
            }
        }
        return sum;
    }
}
