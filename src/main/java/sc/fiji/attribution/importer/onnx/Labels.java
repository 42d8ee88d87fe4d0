/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Class names as files' metadata hold them: one per line, parted by commas, or a list or dictionary
 * as JSON or Python writes it. Nothing is evaluated.
 */
final class Labels {

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

    private Labels() {}

    static List<String> parse(String text) {
        String clean = text.strip();
        List<String> labels = new ArrayList<>();
        if (clean.startsWith("[") || clean.startsWith("{")) {
            // Of a dictionary the keys are numbers, quoted by JSON alone.
            Matcher matcher = QUOTED.matcher(clean.replaceAll("[\"']\\d+[\"']\\s*:", ""));
            while (matcher.find()) {
                labels.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
            }
            return labels;
        }
        for (String each : clean.split(clean.contains("\n") ? "\\R" : ",")) {
            if (!each.isBlank()) {
                labels.add(each.strip());
            }
        }
        return labels;
    }
}
