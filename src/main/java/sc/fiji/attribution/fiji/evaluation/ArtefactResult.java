/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.measure.ResultsTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What planted artefacts did to a network's score and to maps.
 *
 * @param effects one for each artefact
 * @param judged the maps of the planted images, by metrics against the artefact
 */
public record ArtefactResult(List<Effect> effects, EvaluationResult judged) {

    /** Of the difference of two maps: above this it is said to lie in the artefact. */
    private static final double FOUND = 0.75;

    /** Share of the score's distance from the baseline: below this it is said to stay. */
    private static final double MOVED = 0.05;

    /** Metric of the rows on the score. */
    public static final String SCORE = "Score Change";

    /** Metric of the rows on differences of maps. */
    public static final String DIFFERENCE = "Change AUC";

    /**
     * @param image the planted image's title
     * @param artefact for people
     * @param target what is scored
     * @param before f of the image
     * @param after f of the image with the artefact
     * @param baseline f of the baseline
     * @param share of the voxels that were changed
     * @param change for each method the area under the ROC curve of the absolute difference of its
     *     maps with and without the artefact, against the artefact; chance is 0.5
     * @param random the same of two random maps
     * @param edges the same of the edges of both images
     */
    public record Effect(
            String image,
            String artefact,
            String target,
            double before,
            double after,
            double baseline,
            double share,
            Map<String, Double> change,
            double random,
            double edges) {

        public Effect {
            change = new LinkedHashMap<>(change);
        }

        /** Whether the network looks at it. */
        public boolean moves() {
            return Math.abs(after - before) > MOVED * Math.abs(before - baseline);
        }

        /** Methods whose map changed there. */
        public List<String> shownBy() {
            return change.entrySet().stream()
                    .filter(e -> e.getValue() > FOUND)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** One line for people. */
        public String summary() {
            List<String> shown = shownBy();
            List<String> missed = change.keySet().stream().filter(m -> !shown.contains(m)).toList();
            String first =
                    String.format(
                            Locale.ROOT,
                            "%s (%.2g %% of the voxels): the score for %s goes from %.4f to %.4f;"
                                    + " that of the baseline is %.4f. ",
                            artefact,
                            100 * share,
                            target,
                            before,
                            after,
                            baseline);
            first = Character.toUpperCase(first.charAt(0)) + first.substring(1);
            return first
                    + (moves()
                            ? "The network looks at it; maps that show it: "
                                    + names(shown)
                                    + "; that miss it: "
                                    + names(missed)
                                    + "."
                            : "The network hardly looks at it; maps that change there all the"
                                    + " same: "
                                    + names(shown)
                                    + ".");
        }

        private static String names(List<String> methods) {
            return methods.isEmpty() ? "none" : String.join(", ", methods);
        }
    }

    /** A row for the score of each image, and one for each method and metric. */
    public ResultsTable table() {
        ResultsTable table = judged.table();
        for (Effect effect : effects) {
            double none = Double.NaN;
            add(table, effect, "", SCORE, effect.after() - effect.before(), none, none, "neither");
            effect.change()
                    .forEach(
                            (method, auc) ->
                                    add(
                                            table,
                                            effect,
                                            method,
                                            DIFFERENCE,
                                            auc,
                                            effect.random(),
                                            effect.edges(),
                                            "higher"));
        }
        return table;
    }

    private static void add(
            ResultsTable table,
            Effect effect,
            String method,
            String metric,
            double value,
            double random,
            double edges,
            String better) {
        EvaluationResult.add(
                table,
                List.of(effect.image(), method, metric),
                new double[] {value, Double.NaN, Double.NaN, random, edges},
                better,
                metric.equals(SCORE) ? 2 : 0);
    }
}
