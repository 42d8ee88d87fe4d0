/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.model.ModelSpec;

/** What is said of maps when they are made: a line for each, and for what a method found. */
public final class MapSummary {

    /** Of more digits before the point none is read. */
    private static final double MANY = 1e7;

    private MapSummary() {}

    /**
     * The lines for people.
     *
     * @param model what was explained
     */
    public static List<String> lines(AttributionTool.Result result, ModelSpec model) {
        List<String> lines = new ArrayList<>();
        for (Attribution attribution : result.attributions()) {
            lines.add(summary(attribution, model));
            attribution.findings().forEach((key, text) -> lines.add(key + ": " + text));
        }
        if (result.perFrame() > 1) {
            lines.add(
                    (model.head().isNumbers() ? "All outputs" : "All classes")
                            + " together: "
                            + passes(result.passes())
                            + ".");
        }
        return lines;
    }

    private static String summary(Attribution a, ModelSpec model) {
        String line =
                String.format(
                        Locale.ROOT,
                        "%s: %s. %s for %s: score %s",
                        model.map().isPresent()
                                ? "Map"
                                : model.head().isNumbers() ? "Output" : "Class",
                        Classification.summary(model, a.classLogits(), a.probabilities())
                                + where(a),
                        a.method(),
                        a.target().description(),
                        score(a.score()));
        if (a.completenessError().isPresent()) {
            double error = a.completenessError().getAsDouble();
            line += String.format(Locale.ROOT, ", completeness error %.2g", error);
        }
        if (a.relativeCompletenessError().isPresent()) {
            double share = a.relativeCompletenessError().getAsDouble();
            line += String.format(Locale.ROOT, " (%.2g %%)", 100 * share);
        }
        return line + ", " + passes(a.passes()) + ".";
    }

    /** What the scores of a map are: its mean or sum, and where. */
    private static String where(Attribution a) {
        String where = a.findings().get("where");
        return where == null ? "" : " (" + where + ")";
    }

    private static String passes(long number) {
        return number + (number == 1 ? " pass" : " passes");
    }

    /** Four decimals, or five digits where those would be a row of figures without meaning. */
    static String score(double score) {
        return String.format(Locale.ROOT, Math.abs(score) < MANY ? "%.4f" : "%.4e", score);
    }
}
