/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Target;

/** What is said of maps when they are made: a line for each, and for what a method found. */
public final class MapSummary {

    private MapSummary() {}

    /**
     * The lines for people.
     *
     * @param labels the model's classes
     */
    public static List<String> lines(AttributionTool.Result result, List<String> labels) {
        List<String> lines = new ArrayList<>();
        for (Attribution attribution : result.attributions()) {
            lines.add(summary(attribution, labels));
            attribution.findings().forEach((key, text) -> lines.add(key + ": " + text));
        }
        if (result.perFrame() > 1) {
            lines.add("All classes together: " + result.passes() + " passes.");
        }
        return lines;
    }

    private static String summary(Attribution a, List<String> labels) {
        int predicted = Target.predicted(a.classLogits());
        String line =
                String.format(
                        Locale.ROOT,
                        "Class: %s (probability %.4f). %s for %s: score %.4f",
                        labels.get(predicted),
                        a.probabilities()[predicted],
                        a.method(),
                        a.target().description(),
                        a.score());
        if (a.completenessError().isPresent()) {
            double error = a.completenessError().getAsDouble();
            line += String.format(Locale.ROOT, ", completeness error %.2g", error);
        }
        if (a.relativeCompletenessError().isPresent()) {
            double share = a.relativeCompletenessError().getAsDouble();
            line += String.format(Locale.ROOT, " (%.2g %%)", 100 * share);
        }
        return line + ", " + a.passes() + " passes.";
    }
}
