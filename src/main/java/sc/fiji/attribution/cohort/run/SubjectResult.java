/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.bias.ChannelGaps;

/**
 * What was found of a subject; one file in the run's folder.
 *
 * @param id the subject's
 * @param key of all that the scores follow from: model, image, mask
 * @param error one line where it failed, else empty; then nothing else is there
 * @param logits of the classes
 * @param probabilities of the classes
 * @param score of each class: log p − log (1 − p)
 * @param withoutLesions the same without what the mask marks; null without a mask
 * @param parts of the score by channel; null where that was not asked for
 * @param maps by method
 * @param warnings one line each
 */
record SubjectResult(
        String id,
        String key,
        String error,
        float[] logits,
        double[] probabilities,
        double[] score,
        double[] withoutLesions,
        Parts parts,
        Map<String, Found> maps,
        List<String> warnings) {

    /**
     * The score of the second of two classes over the first, divided among channels.
     *
     * @param layer of the channels
     * @param by how the parts were found
     */
    record Parts(String layer, ChannelGaps.By by, double[] channels) {}

    /**
     * A map of the subject.
     *
     * @param key of all that it follows from
     * @param file its name in the folder of maps
     * @param regions what it adds up to
     */
    record Found(String key, String file, List<Region> regions) {}

    /**
     * A region of a map.
     *
     * @param region label in the atlas, or a word
     * @param share of the sum of absolute values
     * @param density share divided by the share of the volume
     */
    record Region(
            String region,
            String name,
            long voxels,
            double volume,
            double sum,
            double positive,
            double negative,
            double share,
            double density) {}

    static SubjectResult failed(String id, String key, String error) {
        return new SubjectResult(
                id, key, error, null, null, null, null, null, new LinkedHashMap<>(), List.of());
    }

    /** The same with other maps and warnings. */
    SubjectResult with(Map<String, Found> maps, List<String> warnings) {
        return new SubjectResult(
                id,
                key,
                error,
                logits,
                probabilities,
                score,
                withoutLesions,
                parts,
                maps,
                warnings);
    }

    boolean ok() {
        return error.isEmpty();
    }
}
