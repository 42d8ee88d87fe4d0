/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.fiji.map.Provenance;

/** What a map says of itself, in the words that stand beside it. */
public record MapFacts(ImagePlus map) {

    private String of(String key, int frame) {
        String text = map.getProp("attribution." + key);
        if (text == null) {
            return "";
        }
        String[] each = text.split("; ");
        return each[Math.min(frame, each.length - 1)];
    }

    /** For example {@code "Integrated Gradients for lesions"}; the title where it is no map. */
    public String heading(int frame) {
        String method = map.getProp(Provenance.METHOD);
        String target = of("target", frame);
        return method == null
                ? map.getTitle()
                : method + (target.isEmpty() ? "" : " for " + target);
    }

    /**
     * For example {@code "p(lesions) 0.990"}, {@code "score 2.31 logit"} and {@code "completeness
     * error -0.025"}: what the record has of them.
     */
    public List<String> facts(int frame) {
        List<String> facts = new ArrayList<>();
        for (String each : of("probabilities", frame).split(", ")) {
            int end = each.lastIndexOf(' ');
            if (end > 0) {
                facts.add("p(" + each.substring(0, end) + ") " + number(each.substring(end + 1)));
            }
        }
        if (facts.size() > 3) {
            facts.subList(3, facts.size()).clear();
            facts.add("…");
        }
        String score = of("score", frame);
        if (!score.isEmpty()) {
            facts.add("score " + number(score) + " " + scoreUnit());
        }
        String error = of("completeness.error", frame);
        if (!error.isEmpty()) {
            facts.add("completeness error " + number(error));
        }
        return facts;
    }

    private String scoreUnit() {
        return unit().replaceFirst(" per .*| times .*", "");
    }

    /** Of the map's values, such as {@code "logit"}. */
    public String unit() {
        return of("unit", 0);
    }

    /** Three digits that count, as {@code 0.990} and {@code 2.31}. */
    private static String number(String text) {
        double value = Double.parseDouble(text);
        if (value != 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        int before = Math.abs(value) < 1 ? 0 : (int) Math.log10(Math.abs(value)) + 1;
        return String.format(Locale.ROOT, "%." + Math.max(0, 3 - before) + "f", value);
    }
}
