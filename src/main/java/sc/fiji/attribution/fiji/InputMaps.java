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

    private boolean isJoined(Tensor map) {
        return !parts.isEmpty() && map.size('c') == channels();
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
        if (isJoined(map) && attribution.quantity() == Quantity.AMOUNT) {
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

    /**
     * The channels of images alone: of several images one for each, of one its own.
     *
     * @param map with the axes zcyx
     */
    Tensor ofImages(Tensor map) {
        if (!isJoined(map)) {
            return map;
        }
        List<InputPart> images = images();
        int kept = images.size() > 1 ? images.size() : images.get(0).channels();
        int plane = map.stride('c');
        Tensor result = Tensor.zeros(map.axes(), map.size('z'), kept, map.size('y'), map.size('x'));
        for (int z = 0; z < map.size('z'); z++) {
            for (int i = 0; i < images.size(); i++) {
                for (int c = 0; c < images.get(i).channels(); c++) {
                    int from = z * map.stride('z') + (images.get(i).first() + c) * plane;
                    int to = z * result.stride('z') + (images.size() > 1 ? i : c) * plane;
                    for (int k = 0; k < plane; k++) {
                        result.data()[to + k] += map.data()[from + k];
                    }
                }
            }
        }
        return result;
    }
}
