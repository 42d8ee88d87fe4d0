/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What runs found out about a network, so that others need not: how many images of a size it takes
 * together fastest on this machine, and its scores of images that are always the same. It is kept
 * as long as the network is open. Thread-safe.
 */
public final class Tuning {

    private record Work(String passes, List<Integer> image) {}

    private final Map<Work, Integer> batches = new ConcurrentHashMap<>();
    private final Map<Work, float[]> scores = new ConcurrentHashMap<>();

    /**
     * @param passes of what kind they are
     * @param image shape of one image
     * @return empty where it was not measured yet
     */
    public OptionalInt batch(String passes, int[] image) {
        Integer found = batches.get(work(passes, image));
        return found == null ? OptionalInt.empty() : OptionalInt.of(found);
    }

    /** Keeps what was measured. */
    public void remember(String passes, int[] image, int batch) {
        batches.put(work(passes, image), batch);
    }

    /**
     * Scores that were computed before.
     *
     * @param what of which image
     * @param image shape of it
     * @param otherwise computes them, where they were not
     */
    public float[] scores(String what, int[] image, Supplier<float[]> otherwise) {
        return scores.computeIfAbsent(work(what, image), missing -> otherwise.get()).clone();
    }

    private static Work work(String passes, int[] image) {
        return new Work(passes, Arrays.stream(image).boxed().toList());
    }
}
