/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.ModelDescription;
import sc.fiji.attribution.model.description.TestCase;
import sc.fiji.attribution.model.engine.TestRun;

/** What there is to know of a model: its file, its layers, and what can be done with it. */
public final class ModelReport {

    private final Classifier classifier;

    /**
     * @param classifier stays open, and the caller's
     */
    public ModelReport(Classifier classifier) {
        this.classifier = classifier;
    }

    /**
     * The report, line by line.
     *
     * @param runTests whether to run the test arrays that the model brings along, and to tell how
     *     far its outputs are from those expected
     */
    public List<String> lines(boolean runTests) {
        ModelSpec spec = classifier.spec();
        List<String> lines = new ArrayList<>();
        lines.add("Model: " + spec.name());
        lines.add("SHA-256: " + spec.sha256());
        classifier.facts().forEach((what, text) -> lines.add(sentence(what) + ": " + text));
        if (!spec.parts().isEmpty()) {
            lines.add(
                    spec.parts().stream()
                            .map(ModelInput::described)
                            .collect(Collectors.joining(", ", "Together: ", "")));
        }
        lines.add("Axes: " + spec.axes() + " " + Arrays.toString(spec.shape()));
        lines.add(scores(spec));
        spec.map()
                .ifPresent(
                        map ->
                                lines.add(
                                        "Map: "
                                                + map.axes()
                                                + " "
                                                + Arrays.toString(map.shape())
                                                + ", scores for each place"));
        lines.add(
                "Explained: the "
                        + spec.head().score()
                        + (spec.head().isNumbers() ? " of an output" : " of a class")
                        + (spec.map().isPresent() ? ", everywhere or in a part of the map" : ""));
        description(spec.description(), lines);
        classifier.layers().ifPresent(layers -> layers(layers, lines));
        methods(lines);
        if (runTests) {
            tests(spec.description().testCases(), lines);
        }
        return lines;
    }

    private static String scores(ModelSpec spec) {
        List<String> names = new ArrayList<>();
        for (int k = 0; k < spec.classes(); k++) {
            String unit = spec.unit(k);
            names.add(spec.labels().get(k) + (unit.isEmpty() ? "" : " (" + unit + ")"));
        }
        String what = spec.head() == Head.SIGMOID ? "Classes, several at once: " : "Classes: ";
        return (spec.head().isNumbers() ? "Outputs: " : what) + String.join(", ", names);
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static void description(ModelDescription description, List<String> lines) {
        description
                .file()
                .ifPresent(
                        file ->
                                lines.add(
                                        "Description: "
                                                + file.getFileName()
                                                + " ("
                                                + description.format()
                                                + ")"));
        ModelDescription.Input input = description.input();
        if (!input.channels().isEmpty()) {
            lines.add("Channels: " + String.join(", ", input.channels()));
        }
        if (!input.preprocessing().isEmpty()) {
            lines.add("Preprocessing: " + input.steps());
        }
        input.orientation().ifPresent(text -> lines.add("Orientation: " + text));
        description.warnings().forEach(warning -> lines.add("Warning: " + warning));
    }

    private static void layers(Layers layers, List<String> lines) {
        lines.add(
                "Layers: "
                        + layers.list().size()
                        + layers.lastConvolution()
                                .map(layer -> ", the last convolution is " + layer.name())
                                .orElse(", none a convolution with a place in the image"));
        Map<String, Long> ops =
                layers.list().stream()
                        .filter(layer -> !layer.name().contains("/"))
                        .flatMap(layer -> layer.ops().stream())
                        .collect(
                                Collectors.groupingBy(
                                        op -> op, TreeMap::new, Collectors.counting()));
        lines.add(
                "Ops: "
                        + ops.entrySet().stream()
                                .map(op -> op.getValue() + " " + op.getKey())
                                .collect(Collectors.joining(", ")));
    }

    private void methods(List<String> lines) {
        List<String> works = AttributionMethods.names(classifier);
        lines.add("Works: " + (works.isEmpty() ? "Classify..." : String.join(", ", works)));
        for (AttributionMethod method : AttributionMethods.all()) {
            Optional<String> reason = method.whyNot(classifier);
            reason.ifPresent(
                    why -> lines.add("Does not work: " + method.declaration().name() + ": " + why));
        }
    }

    private void tests(List<TestCase> cases, List<String> lines) {
        if (cases.isEmpty()) {
            lines.add("Test: the model brings no test arrays");
        }
        for (TestCase test : cases) {
            try {
                lines.add("Test: " + test.given().source() + ": " + TestRun.of(test, classifier));
            } catch (ModelException e) {
                lines.add("Test: " + test.given().source() + ": " + e.getMessage());
            }
        }
    }

    /**
     * A row for each layer, in the order of computation: name, axes, extents (? where they depend
     * on the image), ops.
     */
    public ResultsTable layerTable() {
        ResultsTable table = new ResultsTable();
        for (Layer layer : classifier.layers().map(Layers::list).orElse(List.of())) {
            table.incrementCounter();
            table.addValue("Layer", layer.name());
            table.addValue("Axes", layer.axes().toString());
            table.addValue("Shape", shape(layer));
            table.addValue("Ops", String.join(", ", layer.ops()));
        }
        return table;
    }

    private static String shape(Layer layer) {
        return Arrays.stream(layer.shape())
                .mapToObj(extent -> extent < 0 ? "?" : Integer.toString(extent))
                .collect(Collectors.joining(" x "));
    }
}
