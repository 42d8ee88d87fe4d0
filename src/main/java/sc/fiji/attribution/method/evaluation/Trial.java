/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Optional;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;

/**
 * A map that is judged, and what is at hand to judge it by.
 *
 * @param map signed, batch 1; with the input's channels or without a channel axis
 * @param mask which voxels are meant, in the order of the map's axes without its channels; empty
 *     where nobody knows
 * @param explained the score and the method; empty where there is the map only
 * @param steps of curves, at least 2
 * @param samples of what is drawn at random, at least 2
 * @param seed start of the random numbers
 * @param shared what its metrics have made together
 */
public record Trial(
        Tensor map,
        Optional<boolean[]> mask,
        Optional<Explained> explained,
        int steps,
        int samples,
        long seed,
        Shared shared) {

    /** Usual number of steps of a curve. */
    public static final int STEPS = 50;

    /** Usual number of random samples. */
    public static final int SAMPLES = 10;

    /** Of which nothing is known yet. */
    public Trial(
            Tensor map,
            Optional<boolean[]> mask,
            Optional<Explained> explained,
            int steps,
            int samples,
            long seed) {
        this(map, mask, explained, steps, samples, seed, new Shared());
    }

    public Trial {
        if (map.size('b') != 1) {
            throw new IllegalArgumentException("expected one map, got " + map);
        }
        int voxels = map.length() / map.size('c');
        if (mask.isPresent() && mask.get().length != voxels) {
            throw new ImageException(
                    "The mask has "
                            + mask.get().length
                            + " voxels and the map "
                            + voxels
                            + ": use a mask on the map's grid.");
        }
    }

    /** A map and a mask alone. */
    public static Trial of(Tensor map, boolean[] mask) {
        return new Trial(map, Optional.ofNullable(mask), Optional.empty(), STEPS, SAMPLES, 0);
    }

    /** The same with another map of the same shape, such as a null map. */
    public Trial with(Tensor other) {
        return new Trial(other, mask, explained, steps, samples, seed);
    }

    /** The same of a map by another method, such as one that knows nothing. */
    public Trial by(Explained other, Tensor map) {
        return new Trial(map, mask, Optional.of(other), steps, samples, seed);
    }

    /**
     * What made the map.
     *
     * @throws IllegalStateException where that is not known; see {@link #has}
     */
    public Explainer explainer() {
        return maker().orElseThrow(
                        () -> new IllegalStateException("nobody knows what made the map"));
    }

    private Optional<Explainer> maker() {
        return explained.flatMap(Explained::explainer);
    }

    /** Whether that is at hand. */
    public boolean has(Need need) {
        return switch (need) {
            case MASK -> mask.isPresent();
            case NETWORK -> explained.isPresent();
            case REGIONS -> explained.flatMap(Explained::regions).isPresent();
            case METHOD -> maker().isPresent();
            case RANDOM_LABELS -> maker().filter(Explainer::hasRandomLabels).isPresent();
            case WEIGHTS -> maker().filter(m -> !m.layers().isEmpty()).isPresent();
        };
    }

    /** Whether the map is zero everywhere. */
    public boolean isSilent() {
        for (float value : map.data()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** The map's values voxel by voxel, channels added up. */
    public double[] voxels() {
        return voxels(map);
    }

    static double[] voxels(Tensor map) {
        Tensor.Along channels = map.along('c');
        double[] voxels = new double[map.length() / channels.size()];
        for (int i = 0; i < map.length(); i++) {
            voxels[channels.without(i)] += map.data()[i];
        }
        return voxels;
    }
}
