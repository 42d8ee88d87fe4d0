/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

/** What a metric needs beside the map. */
public enum Need {
    /** Which voxels are meant. */
    MASK("a mask"),
    /** The network's score of other images. */
    NETWORK("the model and the image"),
    /** Parts of the image that are taken away as a whole. */
    REGIONS("regions (regions=supervoxels 20 mm, or a label image)"),
    /** The method that made the map, for other images. */
    METHOD("a method that can make the map again"),
    /** The same network with its weights changed. */
    WEIGHTS("a model whose weights can be changed in a copy"),
    /** A network trained on labels in random order. */
    RANDOM_LABELS("a second model, trained on labels in random order (randomised=…)");

    private final String text;

    Need(String text) {
        this.text = text;
    }

    /** For people: {@code "a mask"}. */
    public String text() {
        return text;
    }
}
