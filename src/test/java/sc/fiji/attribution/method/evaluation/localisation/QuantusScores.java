/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sc.fiji.attribution.testing.Resources;

/** The figures that Quantus 0.6.0 gave; see the collection's own page on how they were made. */
public final class QuantusScores {

    private QuantusScores() {}

    /** A figure; true and false count as 1 and 0. */
    public static double of(String metric, String map) {
        JsonElement score = all(metric, map);
        return score.getAsJsonPrimitive().isBoolean()
                ? score.getAsBoolean() ? 1 : 0
                : score.getAsDouble();
    }

    /** A figure or a curve. */
    public static JsonElement all(String metric, String map) {
        Path file = Resources.shared("golden/quantus").resolve("scores.json");
        try {
            return JsonParser.parseString(Files.readString(file))
                    .getAsJsonObject()
                    .getAsJsonObject(metric)
                    .getAsJsonObject("scores")
                    .get(map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
